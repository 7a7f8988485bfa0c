"""User compounds: composition from the formula, number densities from the density."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evanesce.errors import InvalidValueError
from evanesce.materials import compound

FORMULAE = st.lists(
    st.tuples(st.sampled_from(["H", "C", "O", "Si", "Y", "I", "Cs", "Lu", "Pb"]), st.integers(1, 9)),
    min_size=1,
    max_size=4,
    unique_by=lambda pair: pair[0],
)
# H20 is refused as a misspelt H2O: of one element alone, these factors are left out
FACTORS = st.sampled_from([2, 3, 7])
# Sums of a few float64 terms in another order.
ROUNDING = 1e-12


def spell(atoms: list[tuple[str, int]], factor: int = 1) -> str:
    return "".join(f"{symbol}{factor * count}" for symbol, count in atoms)


def test_lyso() -> None:
    lyso = compound("Lu1.8Y0.2SiO5", density=7.1, interaction_length=21.0, name="LYSO 10 %")
    assert lyso.name == "LYSO 10 %"
    assert [n.symbol for n in lyso.nuclei] == ["O", "Si", "Y", "Lu"]
    assert [n.atoms_per_unit for n in lyso.nuclei] == pytest.approx([5, 1, 0.2, 1.8])
    # By hand: 440.85 g/mol, 189.6 electrons a unit; four digits of the atomic weights.
    assert lyso.formula_unit_density == pytest.approx(7.1 * 6.02214e23 / 440.85, rel=1e-4)
    assert lyso.electron_density == pytest.approx(lyso.formula_unit_density * 189.6, rel=ROUNDING)
    # The makers quote 1.14 to 1.22 cm for densities of 7.4 to 7.1 g/cm3.
    assert lyso.radiation_length == pytest.approx(1.22, rel=0.01)
    assert lyso.radiation_length_g_cm2 == pytest.approx(7.1 * lyso.radiation_length)
    assert lyso.interaction_length == 21.0


def test_given_radiation_length_wins_and_nothing_is_guessed() -> None:
    csi = compound("CsI", density=4.5, radiation_length=1.85)
    assert csi.radiation_length == 1.85
    assert csi.interaction_length is None
    assert csi.reference == "given by the user"
    assert "Tsai" in compound("CsI", density=4.5).reference
    assert compound("CsI", density=4.5, reference="here").reference == "here"


def test_equal_compounds_are_equal_and_hashable() -> None:
    one, other = compound("PbF2", density=7.77), compound("PbF2", density=7.77)
    assert one == other
    assert len({one, other}) == 1


@given(FORMULAE, FACTORS)
def test_scaling_the_formula_changes_only_the_unit(atoms: list[tuple[str, int]], factor: int) -> None:
    one = compound(spell(atoms), density=3.0)
    many = compound(spell(atoms, factor), density=3.0)
    assert many.electron_density == pytest.approx(one.electron_density, rel=ROUNDING)
    assert many.radiation_length == pytest.approx(one.radiation_length, rel=ROUNDING)
    assert many.formula_unit_density * factor == pytest.approx(one.formula_unit_density, rel=ROUNDING)
    assert [n.number_density for n in many.nuclei] == pytest.approx(
        [n.number_density for n in one.nuclei], rel=ROUNDING
    )


@given(FORMULAE, st.floats(1e-3, 25.0), st.floats(0.1, 10.0))
def test_everything_scales_with_density(atoms: list[tuple[str, int]], density: float, factor: float) -> None:
    thin = compound(spell(atoms), density=density)
    dense = compound(spell(atoms), density=density * factor)
    assert dense.electron_density == pytest.approx(factor * thin.electron_density, rel=ROUNDING)
    assert dense.formula_unit_density == pytest.approx(factor * thin.formula_unit_density, rel=ROUNDING)
    assert dense.radiation_length * factor == pytest.approx(thin.radiation_length, rel=ROUNDING, abs=0)
    assert dense.radiation_length_g_cm2 == pytest.approx(thin.radiation_length_g_cm2, rel=ROUNDING)


@given(FORMULAE)
def test_order_does_not_matter(atoms: list[tuple[str, int]]) -> None:
    forwards = compound(spell(atoms), density=3.0, name="same")
    backwards = compound(spell(atoms[::-1]), density=3.0, name="same")
    assert [n.Z for n in forwards.nuclei] == sorted(n.Z for n in forwards.nuclei)
    assert forwards.electron_density == pytest.approx(backwards.electron_density, rel=ROUNDING)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"density": 0.0}, "density of CsI = 0.0: must be a finite number greater than 0"),
        ({"density": float("nan")}, "density of CsI = nan"),
        ({"density": "4.51"}, "density of CsI = '4.51': must be a number"),
        ({"density": 4.51, "radiation_length": -1.86}, "radiation length of CsI = -1.86"),
        ({"density": 4.51, "interaction_length": float("inf")}, "interaction length of CsI = inf"),
    ],
)
def test_bad_numbers(numbers: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        compound("CsI", **numbers)
