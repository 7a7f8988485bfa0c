import pytest


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory):
    """Never the user's cache: computed results, shared by the tests of one run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVANESCE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield
