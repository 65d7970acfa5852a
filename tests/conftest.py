"""The same for all tests: how Hypothesis draws examples, and that sentences are in English."""

import os

from hypothesis import settings

os.environ["TIDU_LANG"] = "en"  # also where the locale is another
settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("exhaustive", max_examples=500, deadline=None, derandomize=True)
settings.load_profile("exhaustive" if os.environ.get("TIDU_EXHAUSTIVE") == "1" else "quick")
