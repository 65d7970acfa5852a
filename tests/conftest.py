"""How Hypothesis draws examples: the same ones each time, few by default, many when asked."""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("exhaustive", max_examples=500, deadline=None, derandomize=True)
settings.load_profile("exhaustive" if os.environ.get("TIDU_EXHAUSTIVE") == "1" else "quick")
