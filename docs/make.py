"""Make what the documentation shows: the picture of the README, the paper's numbers, and the tables of three pages.

``python docs/make.py`` makes all of it, ``python docs/make.py cards`` one page.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import cards
import comparison
import ingredients

from evanesce.reproduce import run

HERE = Path(__file__).parent
TITLE = """# The paper's numbers

Made by `make tables`; `make reproduce` computes the same table with the figures.

"""


def numbers() -> None:
    """Compute the paper and copy two of its files here."""
    with tempfile.TemporaryDirectory() as folder:
        run(output=Path(folder) / "paper")
        shutil.copy(Path(folder) / "paper/figures/fig03-dark-photon.png", HERE / "limit.png")
        table = (Path(folder) / "paper/table.md").read_text(encoding="utf-8")
    (HERE / "numbers.md").write_text(TITLE + table, encoding="utf-8")


def compare() -> None:
    """Write the page and the picture of the comparison with published curves."""
    (HERE / "comparison.md").write_text(comparison.make(), encoding="utf-8")
    (HERE / "comparison.png").write_bytes(comparison.figure()["png"])


PAGES: Final[dict[str, Callable[[], object]]] = {
    "numbers": numbers,
    "ingredients": lambda: (HERE / "ingredients.md").write_text(ingredients.make(), encoding="utf-8"),
    "comparison": compare,
    "cards": lambda: (HERE / "cards.md").write_text(cards.make(), encoding="utf-8"),
}


def main(names: Sequence[str]) -> None:
    """Make the pages of these names, or all."""
    for name in names or PAGES:
        PAGES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
