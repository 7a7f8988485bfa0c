"""A small scan of belle2 with the fastest physics, and what is in its store, file by file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evanesce as ev

MASSES = np.geomspace(0.03, 0.15, 24)
COUPLINGS = [1e-3, 0.1]
AXES = {"source.luminosity": [1.0, 50.0]}


@pytest.fixture(scope="package")
def run() -> Callable[..., Any]:
    """Run the scan into a store, with some of its options changed."""

    def scan(output: Path, **changes: Any) -> Any:
        options = {"mass": MASSES, "axes": AXES, "physics": "published", **changes}
        mass = options.pop("mass")
        photon = ev.DarkPhoton(alpha_d=options.pop("alpha_d", COUPLINGS))
        return ev.scan("belle2", photon, mass, output=output, **options)

    return scan


@pytest.fixture(scope="package")
def whole(run, tmp_path_factory) -> Path:
    """The store of a run that nothing interrupted."""
    store = tmp_path_factory.mktemp("scan") / "whole.zarr"
    run(store)
    return store
