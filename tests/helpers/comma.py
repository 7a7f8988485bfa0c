"""A process whose locale has a decimal comma, as in most of Europe, whether the machine has such a locale or not."""

import contextlib
import locale
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

_SOURCE = """comment_char %
escape_char /
LC_NUMERIC
decimal_point ","
thousands_sep "."
grouping 3;3
END LC_NUMERIC
"""
_INSTALLED = ("de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE")


def make_locale(folder: Path) -> str:
    """Name of a locale with a decimal comma in ``folder``, for LOCPATH, made by the C library's own tool."""
    compiler = shutil.which("localedef")
    assert compiler is not None, "no locale has a decimal comma and there is no localedef: install the package locales"
    (folder / "source").write_text(_SOURCE)
    # it warns about all that the source does not define
    subprocess.run(
        [compiler, "--no-archive", "-c", "-i", str(folder / "source"), str(folder / "comma")],
        check=False,
        capture_output=True,
    )
    return "comma"


@pytest.fixture
def comma(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Numbers of this process have a decimal comma."""
    folder = tmp_path_factory.mktemp("locale")
    before = locale.setlocale(locale.LC_NUMERIC)
    for name in _INSTALLED:
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_NUMERIC, name)
            break
    else:
        monkeypatch.setenv("LOCPATH", str(folder))
        locale.setlocale(locale.LC_NUMERIC, make_locale(folder))
    assert locale.localeconv()["decimal_point"] == ","
    yield ","
    locale.setlocale(locale.LC_NUMERIC, before)
