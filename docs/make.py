"""Make what the documentation shows: the picture of the README, the paper's numbers, the ingredients of the limit."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import ingredients

from evanesce.reproduce import run

HERE = Path(__file__).parent
TITLE = """# The paper's numbers

Made by `make docs`; `make reproduce` computes the same table with the figures.

"""


def main() -> None:
    """Compute the paper and copy two of its files here."""
    with tempfile.TemporaryDirectory() as folder:
        run(output=Path(folder) / "paper")
        shutil.copy(Path(folder) / "paper/figures/fig03-dark-photon.png", HERE / "limit.png")
        table = (Path(folder) / "paper/table.md").read_text(encoding="utf-8")
    (HERE / "numbers.md").write_text(TITLE + table, encoding="utf-8")
    (HERE / "ingredients.md").write_text(ingredients.make(), encoding="utf-8")


if __name__ == "__main__":
    main()
