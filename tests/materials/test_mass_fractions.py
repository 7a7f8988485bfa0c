"""Mixtures by mass fractions: against layers, against formulas, and what is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evanesce.channels.plain import plain
from evanesce.errors import InvalidValueError
from evanesce.experiments.schema import Compound, build
from evanesce.materials import Material, compound, mass_fractions, material
from evanesce.setups import Target

# Sums of a few float64 terms in another order.
ROUNDING = 1e-12
# Fractions of elements are kept to 12 decimals; the rarest element of these tests has 1 %.
DECIMALS = 1e-9

PARTS = st.lists(
    st.tuples(st.sampled_from(["Pb", "C8H8", "SiO2", "H2O", "CsI", "W"]), st.floats(0.01, 1.0)),
    min_size=1,
    max_size=6,
    unique_by=lambda pair: pair[0],
)


def test_a_mixture_is_its_layers_stirred() -> None:
    """1.5 mm of lead and 1.5 mm of scintillator: electrons per area and thickness in X0 are those of the two layers."""
    lead, plastic = material("Pb"), material("scintillator")
    weight = lead.density + plastic.density
    mixed = compound({"Pb": lead.density / weight, "C8H8": plastic.density / weight}, density=0.5 * weight)
    assert mixed.electron_density == pytest.approx(0.5 * (lead.electron_density + plastic.electron_density), rel=1e-10)
    # the cited X0 of the layers are Tsai's within the 2e-3 of the catalogue
    layers = 0.15 / lead.radiation_length + 0.15 / plastic.radiation_length
    assert 0.3 / mixed.radiation_length == pytest.approx(layers, rel=2e-3)


def test_the_parts_of_a_formula_give_its_compound() -> None:
    """Caesium iodide from its elements: 132.91 and 126.90 g/mol."""
    csi = compound("CsI", density=4.51)
    mixed = compound({"Cs": 132.91 / 259.81, "I": 126.90 / 259.81}, density=4.51)
    assert mixed.electron_density == pytest.approx(csi.electron_density, rel=1e-5)
    assert mixed.radiation_length == pytest.approx(csi.radiation_length, rel=1e-5)
    assert compound({"CsI": 1}, density=4.51).electron_density == pytest.approx(csi.electron_density, rel=DECIMALS)


def test_one_word_is_the_same_mixture() -> None:
    mapping, text = (compound(f, density=5.9) for f in ({"Pb": 0.9, "C8H8": 0.1}, "Pb=0.9, C8H8=0.1"))
    assert mapping == text
    assert text.name == "Pb=0.9,C8H8=0.1"
    # the name is a formula again
    assert compound(text.name, density=5.9) == text


def test_a_sum_off_by_rounding_is_normalised() -> None:
    thirds = compound({"Pb": 0.333, "W": 0.333, "Cu": 0.333}, density=10.0)
    assert list(mass_fractions(thirds).values()) == pytest.approx([1 / 3] * 3, rel=DECIMALS)
    assert sum(n.number_density * n.atomic_weight for n in thirds.nuclei) / 6.02214076e23 == pytest.approx(10.0)


@given(PARTS)
def test_every_mixture_is_read_back_as_itself(parts: list[tuple[str, float]]) -> None:
    total = sum(share for _, share in parts)
    mixed = compound({part: share / total for part, share in parts}, density=3.0, name="mine")
    card = plain(mixed)
    assert build(Target, {"material": card, "thickness": 1.0}, "card").material == mixed
    assert plain(build(Target, {"material": card, "thickness": 1.0}, "card").material) == card
    assert sum(mass_fractions(mixed).values()) == pytest.approx(1.0, abs=ROUNDING * 100)


def test_a_card_shows_mass_fractions_of_a_mixture_and_the_formula_of_a_compound() -> None:
    assert plain(compound({"Pb": 0.9, "W": 0.1}, density=12.0))["formula"] == {"W": 0.1, "Pb": 0.9}
    assert plain(compound("PbF2", density=7.77))["formula"] == "F2Pb1"
    assert plain(material("steel")) == "carbon steel"


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ({"Pb": 90, "C8H8": 10}, r"Pb = 90: must be a mass fraction in \(0, 1\].*divide a number in percent by 100"),
        ({"Pb": "90%", "C8H8": "10%"}, "Pb = 90%: must be a mass fraction"),
        ({"Pb": 1.0, "C8H8": 0}, "C8H8 = 0: must be a mass fraction"),
        ({"Pb": 1.1, "C8H8": -0.1}, "Pb = 1.1: must be a mass fraction"),
        ({"Pb": True}, "Pb = True: must be a mass fraction"),
        ({"Pb": float("nan")}, "Pb = nan: must be a mass fraction"),
        ({"Pb": 0.9}, "Pb=0.9 add up to 0.9, must be 1; a part is missing"),
        ({"Pb": 0.9, "C8H8": 0.2}, "add up to 1.1, must be 1; are they numbers of atoms"),
        ({"Pb": 0.99, "W": 0.0085}, "add up to 0.9985, must be 1"),
        ({}, "a mixture must have parts"),
        ({"Xx": 1.0}, "unknown symbol Xx"),
        ({"BGO": 0.5, "Pb": 0.5}, "BGO is an abbreviation, write Bi4Ge3O12"),
        ({82: 1.0}, "formula = 82: must be plain text"),
        ("Pb=90%", "'Pb=90%' must be a part and its mass fraction"),
        ("Pb=0.9,", "'' must be a part and its mass fraction"),
        ("=1", "'=1' must be a part and its mass fraction"),
        ("Pb=0.5,Pb=0.5", "Pb is there twice; add the two up"),
        ("Pb=nan", "'Pb=nan' must be a part and its mass fraction"),
        (["Pb", 0.9], "must be plain text such as CsI, or mass fractions such as"),
    ],
)
def test_what_is_refused(formula: object, why: str) -> None:
    with pytest.raises(InvalidValueError, match=why) as caught:
        compound(formula, density=5.0)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert re.match("formula[ :]", str(caught.value))


def test_a_mixture_without_density_is_refused_on_a_card() -> None:
    card = {"material": {"formula": {"Pb": 0.9, "C8H8": 0.1}}, "thickness": 1.0}
    with pytest.raises(Exception, match="card: material.density: is missing; required: formula, density"):
        build(Target, card, "card")


def test_fields_of_a_compound_on_a_card_are_those_of_the_function() -> None:
    made = compound(**{"formula": {"Pb": 1.0}, "density": 11.35})
    assert isinstance(made, Material)
    assert set(Compound.__dataclass_fields__) <= set(compound.__annotations__)
