"""What is wrong with a network or a run, in sentences, each with the number that shows it.

`observe` passes one batch through a network and records what every layer did. `trials` runs short
trials on copies. A `Case` holds both and computes them when they are first needed. Each disease is
one function from a case to a sentence or None. `diagnose` calls them stage by stage, data first and
learning last, since an early finding often causes the later ones. `Doctor` is a callback that does
the same while a network learns. A network is never changed by a diagnosis.
"""

from tidu.doctor.case import Case
from tidu.doctor.diagnosis import Diagnosis, Finding, diagnose
from tidu.doctor.range_test import RangeTest, lr_range_test
from tidu.doctor.watch import Doctor

__all__ = ["Case", "Diagnosis", "Doctor", "Finding", "RangeTest", "diagnose", "lr_range_test"]
