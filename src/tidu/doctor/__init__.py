"""What is wrong with a network or a run, in sentences, each with the number that made it say so.

`observe` passes one batch through a network and writes down what every layer did; `trials` takes
short tries on copies; a `Case` holds both, made when first asked for. Each disease is one function
from a case to a sentence or None, and `diagnose` asks them stage by stage: data first, learning
last, since what is found early explains much of what would be found late. `Doctor` is a callback
that does the same while a network learns. A network that is looked at stays as it is.
"""

from tidu.doctor.case import Case
from tidu.doctor.diagnosis import Diagnosis, Finding, diagnose
from tidu.doctor.range_test import RangeTest, lr_range_test
from tidu.doctor.watch import Doctor

__all__ = ["Case", "Diagnosis", "Doctor", "Finding", "RangeTest", "diagnose", "lr_range_test"]
