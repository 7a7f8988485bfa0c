"""Make the tables of the orbitals: ``python -m evanesce.materials.orbitals [FOLDER]``, about twenty minutes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from evanesce.materials.orbitals.make import (
    MomentumRow,
    Row,
    columns,
    element_momenta,
    element_rows,
    momentum_columns,
)
from evanesce.materials.orbitals.table import HEAVIEST


def main(folder: Path) -> None:
    """Compute every element and write both tables to ``folder``."""
    rows: list[Row] = []
    momenta: list[MomentumRow] = []
    for Z in range(1, HEAVIEST + 1):
        made = element_rows(Z)
        rows += made
        momenta += element_momenta(Z)
        worst = max(row.error for row in made)
        sys.stderr.write(f"Z = {Z}: {len(made)} shells, largest error {worst:.1e}\n")
    # its types take the names of a mapping for those of its options
    np.savez_compressed(folder / "light_cone.npz", **columns(rows))  # type: ignore[arg-type]
    np.savez_compressed(folder / "momenta.npz", **momentum_columns(momenta))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
