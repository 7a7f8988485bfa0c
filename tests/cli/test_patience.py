"""A word on a terminal while work takes longer, and none otherwise."""

import io
import sys
import time

import pytest

from evanesce.cli.output import patience


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "work", "said"), [(Terminal(), 0.5, True), (Terminal(), 0.0, False), (io.StringIO(), 0.2, False)]
)
def test_long_work_is_announced_on_a_terminal(monkeypatch, stream, work, said):
    monkeypatch.setattr(sys, "stderr", stream)
    with patience("limits", seconds=0.05):
        time.sleep(work)
    assert ("limits" in stream.getvalue()) is said


def test_an_error_passes_and_the_watcher_ends(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ValueError, match="work"), patience("limits", seconds=30):
        raise ValueError("work")
