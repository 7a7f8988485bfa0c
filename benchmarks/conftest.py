"""References of the benchmarks."""

from __future__ import annotations

import time
import warnings

import pytest
from naive import naive_annihilation, naive_bremsstrahlung

import evanesce as ev

BELLE2 = ev.experiment("belle2")
PHOTON = ev.DarkPhoton(alpha_d=1e-3)


@pytest.fixture(scope="session")
def naive() -> dict[str, float]:
    """Seconds and value of the transcription at one mass near the peak; bremsstrahlung at one energy only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        annihilation = naive_annihilation(BELLE2, PHOTON, 0.0667)
        middle = time.perf_counter()
        naive_bremsstrahlung(BELLE2, PHOTON, 0.0667)
        end = time.perf_counter()
    return {
        "annihilation": annihilation,
        "annihilation_seconds": middle - start,
        "bremsstrahlung_seconds_at_one_energy": end - middle,
    }
