"""Which inputs a score rests on: gradients, integrated gradients, occlusion.

Each function explains one score of each sample: by default that of the class that is predicted. A
score is what comes before softmax or sigmoid. The network acts as when it predicts, in float64.
"""

from tidu.attribution.gradients import input_gradient, integrated_gradients
from tidu.attribution.occluded import occlusion
from tidu.attribution.result import Attribution

__all__ = ["Attribution", "input_gradient", "integrated_gradients", "occlusion"]
