"""What holds for every test."""

import os
import tempfile

from hypothesis import settings

# tables of the cascade go to a folder of this run, never to the user's cache
os.environ["EVANESCE_CACHE_DIR"] = tempfile.mkdtemp(prefix="evanesce-tests-")

settings.register_profile("evanesce", deadline=None)  # a shared core may be slow at any moment
settings.load_profile("evanesce")
