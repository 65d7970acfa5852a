"""The same for all tests: how Hypothesis draws examples, English sentences, what Ctrl-C does."""

import os
import signal

from hypothesis import settings

os.environ["TIDU_LANG"] = "en"  # also where the locale is another
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("exhaustive", max_examples=500, deadline=None, derandomize=True)
settings.load_profile("exhaustive" if os.environ.get("TIDU_EXHAUSTIVE") == "1" else "quick")
