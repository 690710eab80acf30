"""How every test runs: hypothesis on machines that may be slow and shared."""

import os

from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("torture", deadline=None, max_examples=1000)

if os.environ.get("COUNTERPOISE_TORTURE"):
    settings.load_profile("torture")
else:
    settings.load_profile("ci" if os.environ.get("CI") else "here")
