"""Stand-ins for the official data sets of Geant4, in its formats, for particles above 1 GeV.

Geant4 joins its two models of bremsstrahlung at 1 GeV, so the cross sections of ``brem_SB`` must have the right scale
there: an error propagates to higher energies as 1/E. We take bremsstrahlung from the cascade and the photoelectric
effect from xraylib, and leave out Rayleigh scattering, which changes no energy. The nuclear sets have no levels, no
giant dipole resonance, and inelastic cross sections of J. R. Letaw, R. Silberberg and C. H. Tsao, Astrophys. J.
Suppl. 51 (1983) 271. They are not valid below 1 GeV.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import xraylib

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions.atom import atomic_bremsstrahlung
from evanesce.validation import FloatArray

__all__ = ["VERSION", "inelastic", "write_stand_ins"]

VERSION: Final[str] = "2"
"""Version of the stand-ins, to be increased with every change of their content."""
_ELEMENTS: Final = range(1, 99)
_LOG_MEV: Final[FloatArray] = np.linspace(np.log(1e-3), np.log(1e4), 57)
_FRACTIONS: Final[FloatArray] = np.concatenate(
    [
        [0.0, 1e-6, 1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.02, 0.03, 0.05, 0.075],
        np.linspace(0.1, 0.9, 17),
        [0.925, 0.95, 0.97, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99995, 0.99999, 1.0],
    ]
)
_PHOTONS: Final[FloatArray] = np.geomspace(1e-3, 0.8, 120)
"""Photon energies in MeV; xraylib's tables end at 1 MeV."""
_NUCLEAR: Final[tuple[str, ...]] = ("neutron/inel", "neutron/el", "proton/inel")
_IONS: Final[dict[str, int]] = {"deuteron": 2, "triton": 3, "He3": 3, "alpha": 4}


def write_stand_ins(folder: Path) -> None:
    """Write every set into ``folder``."""
    low = folder / "G4EMLOW"
    for part in ("brem_SB", "epics2017/phot", "epics2017/rayl"):
        (low / part).mkdir(parents=True)
    (folder / "PhotonEvaporation").mkdir()
    (folder / "G4ENSDFSTATE").mkdir()
    _put(folder / "G4ENSDFSTATE" / "ENSDFSTATE.dat", "")
    for z in _ELEMENTS:
        _put(low / "brem_SB" / f"br{z}", _bremsstrahlung(z))
        for name, text in _photoelectric(z).items():
            _put(low / "epics2017" / "phot" / f"pe-{name}-{z}.dat", text)
        _put(low / "epics2017" / "rayl" / f"re-cs-{z}.dat", _vector([1e-3, 1.0, 1e5], [0.0, 0.0, 0.0]))
    _write_nuclear(folder / "G4PARTICLEXS")


def inelastic(mass_number: float, kinetic: FloatArray) -> FloatArray:
    """Inelastic cross section of a nucleon of ``kinetic`` energy in MeV on a nucleus, in mb.

    Letaw's 45 A^0.7 (1 + 0.016 sin(5.3 - 2.63 ln A)) [1 - 0.62 exp(-T/200) sin(10.9 T^-0.28)], constant below 10 MeV.

    >>> float(inelastic(12.0, np.array(1000.0)).round())
    251.0
    """
    energy = np.maximum(kinetic, 10.0)
    high = 45.0 * mass_number**0.7 * (1.0 + 0.016 * np.sin(5.3 - 2.63 * np.log(mass_number)))
    result: FloatArray = high * (1.0 - 0.62 * np.exp(-energy / 200.0) * np.sin(10.9 * energy**-0.28))
    return result


def _bremsstrahlung(z: int) -> str:
    """(β/Z)² k dσ/dk in mb over k/T and ln(T/MeV)."""
    kinetic = np.exp(_LOG_MEV)[:, None] * 1e-3
    photon = np.clip(_FRACTIONS, 1e-9, 1.0 - 1e-9) * kinetic
    beta2 = 1.0 - (ELECTRON_MASS / (kinetic + ELECTRON_MASS)) ** 2
    table = atomic_bremsstrahlung(z, kinetic, photon) * beta2 / z**2
    rows = "\n".join(_line(row) for row in table)
    return f"0 {len(_FRACTIONS)} {len(_LOG_MEV)}\n{_line(_FRACTIONS)}\n{_line(_LOG_MEV)}\n{rows}\n"


def _photoelectric(z: int) -> dict[str, str]:
    """E³σ in barn MeV³ up to 0.8 MeV, beyond it σ ~ 1/E²; one shell."""
    sigma = np.array([xraylib.CSb_Photo(z, 1e3 * energy) for energy in _PHOTONS])
    end = _PHOTONS[-1]
    fit = f"1 1 {end:.9g}\n{_PHOTONS[0]:.9g} 0 {sigma[-1] * end**2:.9g} 0 0 0 0\n"
    return {"cs": _vector(_PHOTONS, _PHOTONS**3 * sigma), "high": fit, "low": fit}


def _write_nuclear(folder: Path) -> None:
    energy = np.geomspace(1.0, 2000.0, 34)
    barn = 1e-22  # in mm², the unit of Geant4
    for name in (*_NUCLEAR, "neutron/cap", "gamma/inel", *(f"{ion}/inel" for ion in _IONS)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    for z in _ELEMENTS:
        a = float(xraylib.AtomicWeight(z))
        sigma = inelastic(a, energy) * 1e-3 * barn if z > 1 else np.full_like(energy, 0.03 * barn)
        for name in _NUCLEAR:
            _put(folder / f"{name}{z}", _vector(energy, sigma))
        for ion, nucleons in _IONS.items():
            radii = (a ** (1 / 3) + nucleons ** (1 / 3)) ** 2 / (a ** (1 / 3) + 1.0) ** 2
            _put(folder / f"{ion}/inel{z}", _vector(energy, sigma * radii))
        nothing = np.zeros_like(energy)
        _put(folder / f"neutron/cap{z}", _vector(energy, nothing))
        # uniform steps: Geant4 reads most of these as a linear vector and uses its own cross section above 150 MeV
        _put(folder / f"gamma/inel{z}", _vector([1.0, 65.5, 130.0], [0.0, 0.0, 0.0]))


def _vector(energy: FloatArray | list[float], value: FloatArray | list[float]) -> str:
    """A physics vector in Geant4's format."""
    rows = "\n".join(f"{x:.9g} {y:.9g}" for x, y in zip(energy, value, strict=True))
    return f"{energy[0]:.9g} {energy[-1]:.9g} {len(energy)}\n{len(energy)}\n{rows}\n"


def _line(values: Iterable[float]) -> str:
    return " ".join(f"{value:.9g}" for value in values)


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="ascii")
