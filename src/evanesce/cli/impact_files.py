"""Impacts in a file: its suffix selects the format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evanesce.cli.limit_files import checked_path, reported
from evanesce.representation import strict
from evanesce.scratch import replacing

if TYPE_CHECKING:
    from evanesce.statistics.impacts import Impacts

__all__ = ["check_impact_output", "write_impacts"]

_ROW: Final[float] = 0.45
"""Height of a nuisance in a figure, in inches."""
_FRAME: Final[float] = 2.2


def check_impact_output(output: str) -> None:
    """Raise, before the computation, if a file of impacts cannot be written; as for limits."""
    checked_path(output, "format of impacts", _WRITERS)


def write_impacts(found: Impacts, output: str) -> None:
    """Write impacts to a file, completely or not at all.

    Raises
    ------
    DataFileError
        The file cannot be written.
    MissingExtraError
        A figure without matplotlib.

    """
    path = Path(output)
    with reported(path), replacing(path) as staged:
        _WRITERS[path.suffix.lower()](found, staged)


def _json(found: Impacts, path: Path) -> None:
    path.write_text(json.dumps(strict(found.as_dict()), allow_nan=False) + "\n", encoding="utf-8")


def _figure(found: Impacts, path: Path) -> None:
    from evanesce.figures import MOST_IMPACTS, draw_impacts, render

    height = _FRAME + _ROW * min(len(found.names), MOST_IMPACTS)
    files = render([lambda ax: draw_impacts(ax, found)], height=height)
    path.write_bytes(files[path.suffix.lower().removeprefix(".")])


_WRITERS: Final[dict[str, Callable[[Impacts, Path], None]]] = {".json": _json, ".pdf": _figure, ".png": _figure}
