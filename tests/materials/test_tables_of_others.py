"""Tabulated data are checked when loaded, and misprints are repaired with a note."""

import numpy as np
import pytest
import xraylib

from evanesce.errors import InvalidValueError
from evanesce.materials import ATOMIC_MOMENTUM, atomic_weight, compound, electron_shells, material, table_notes
from evanesce.materials.profile_table import KNOTS, SHELLS, profile_notes, profile_row
from evanesce.materials.xray_library import XRAYLIB

EU, L2 = 63, SHELLS.index("L2")


def test_the_profile_of_europium_is_repaired() -> None:
    """J(30 a.u.) of L2 is 0.0046, not 4.61: one per cent of two digits; elsewhere the row is the table's to 5 %."""
    row = profile_row(EU, L2)
    repaired = row.values(np.array(KNOTS))
    assert repaired[KNOTS.index(30.0)] == pytest.approx(0.00461, rel=0.01)
    sound = np.array(KNOTS) != 30.0
    theirs = np.array([xraylib.ComptonProfile_Partial(EU, L2, p) for p in KNOTS])
    assert repaired[sound] == pytest.approx(theirs[sound], rel=0.05)
    assert np.all(np.diff(repaired) <= 1e-9)  # the table holds single precision


def test_a_shell_of_europium_is_as_wide_as_its_neighbours_are() -> None:
    """<|p_z|> of the L2 shell grows as Z does, 1.6 % from element to element, and J(0) is as the table has it."""
    width = {
        symbol: next(s for s in electron_shells(compound(symbol, density=5.0)) if s.name.endswith(" L2"))
        for symbol in ("Sm", "Eu", "Gd")
    }
    moments = [shell.profile.moment(1.0) for shell in width.values()]
    assert moments[1] == pytest.approx(np.sqrt(moments[0] * moments[2]), rel=2e-3)
    at_rest = width["Eu"].profile(np.array(0.0)) * ATOMIC_MOMENTUM
    assert at_rest == pytest.approx(xraylib.ComptonProfile_Partial(EU, L2, 0.0), rel=0.01)


def test_it_is_the_only_one() -> None:
    """Of every row up to Z = 99; the scan takes a fifth of a second."""
    assert [Z for Z in range(1, 100) if profile_notes(Z)] == [EU]
    assert profile_notes(EU) == (
        "Eu L2: the tabulated Compton profile rises to 4.61 at 30 atomic units from 0.011; "
        "the mean of the neighbouring elements' is used",
    )


def test_notes_of_materials() -> None:
    for name in ("CsI", "Pb", "W", "PbWO4", "LYSO"):
        assert table_notes(material(name)) == ()
    (note,) = table_notes(compound("Eu2O3", density=7.4))
    assert note.startswith("Eu L2")


@pytest.mark.parametrize(
    ("value", "fault"), [(-1.0, "is -1 at 20"), (float("nan"), "is nan at 20"), (9.0, "rises to 9 at 20")]
)
def test_a_row_that_cannot_be_mended_is_an_error(monkeypatch: pytest.MonkeyPatch, value: float, fault: str) -> None:
    def broken(Z: int, shell: int, momentum: float) -> float:
        return value if momentum == 20.0 else float(np.exp(-momentum))

    monkeypatch.setattr(XRAYLIB, "ComptonProfile_Partial", broken)
    profile_row.cache_clear()
    try:
        with pytest.raises(InvalidValueError, match=f"Compton profile of Z = 40, K: {fault} .*, and so do its neigh"):
            profile_row(40, 0)
    finally:
        profile_row.cache_clear()


def test_weights() -> None:
    """Thulium's is not erbium's; every element with stable isotopes weighs more than 1.9 and less than 2.7 Z."""
    assert atomic_weight(69) == pytest.approx(168.934, rel=1e-4)
    assert compound("Tm", density=9.3).nuclei[0].atomic_weight == atomic_weight(69)
    for Z in range(2, 104):
        assert 1.9 * Z < atomic_weight(Z) < 2.7 * Z
    weights = [atomic_weight(Z) for Z in range(1, 84)]
    falls = [Z for Z in range(2, 84) if weights[Z - 1] <= weights[Z - 2]]
    assert falls == [19, 28, 53]  # K after Ar, Ni after Co, I after Te: as in nature


def test_binding_energies_fall_outwards() -> None:
    """From each principal quantum number to the next, L1 to M1 and so on, and below Z² Rydberg."""
    for Z in range(11, 100):
        energies = [xraylib.EdgeEnergy(Z, SHELLS.index(name)) for name in ("K", "L1", "L2", "L3")]
        assert energies == sorted(energies, reverse=True)
        assert energies[0] < 1.25 * 13.6e-3 * Z**2  # 1.25: relativity, of heavy elements
