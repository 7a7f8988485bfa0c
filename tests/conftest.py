"""What holds for every test."""

from hypothesis import settings

settings.register_profile("evanesce", deadline=None)  # a shared core may be slow at any moment
settings.load_profile("evanesce")
