"""``make help`` lists every job, and no job hides."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def make(*arguments: str) -> str:
    return subprocess.run(["make", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_help_lists_every_job() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    listed = re.findall(r"^make ([a-z-]+) +\S", make("help"), re.MULTILINE)
    assert sorted(listed) == sorted(phony.split())


def test_the_first_use_says_what_it_installs_before_it_does() -> None:
    planned = make("--dry-run", "--always-make", "reproduce")
    assert planned.index("from the Python Package Index: 1.3 GB") < planned.index("pip install")
    assert planned.index("evanesce reproduce --output") < planned.index("Try next")
