"""Settings for all tests."""

import atexit
import os
import shutil
import tempfile

from hypothesis import settings

if "PYTEST_XDIST_WORKER" not in os.environ:
    # tables go to a folder of this run, which its workers share, never to the user's cache
    os.environ["EVANESCE_CACHE_DIR"] = tempfile.mkdtemp(prefix="evanesce-tests-")
    atexit.register(shutil.rmtree, os.environ["EVANESCE_CACHE_DIR"], ignore_errors=True)
    # and curves of the user are not those of the tests
    os.environ["EVANESCE_DATA_DIR"] = os.environ["EVANESCE_CACHE_DIR"] + "/data"

# a shared core may be slow at any moment; the examples are the same in every run, new ones are tried by make test-all
settings.register_profile("evanesce", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("evanesce")
