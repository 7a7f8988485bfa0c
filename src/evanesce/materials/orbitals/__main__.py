"""Make the table of light-cone distributions: ``python -m evanesce.materials.orbitals [FILE]``, about ten minutes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from evanesce.materials.orbitals.make import Row, columns, element_rows
from evanesce.materials.orbitals.table import HEAVIEST


def main(path: Path) -> None:
    """Compute every element and write the table to ``path``."""
    rows: list[Row] = []
    for Z in range(1, HEAVIEST + 1):
        made = element_rows(Z)
        rows += made
        worst = max(row.error for row in made)
        sys.stderr.write(f"Z = {Z}: {len(made)} shells, largest error {worst:.1e}\n")
    np.savez_compressed(path, **columns(rows))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("light_cone.npz"))
