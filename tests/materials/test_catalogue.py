"""Every row of the catalogue is physical, cited, and agrees with an independent computation."""

import re

import pytest

from evanesce.errors import UnknownNameError
from evanesce.materials import Material, compound, material, material_names, nist_material_names
from evanesce.materials.catalogue import _aliases, _nist, _rows

# Tsai's formula against the tabulated X0: both are quoted to four digits, and the table was made with
# slightly different atomic weights; gold is the worst at 1.3e-3. The yttrium content of LYSO is assumed.
TSAI_TOLERANCE = {"LYSO": 0.02}
# Four digits of the paper's numbers.
PAPER_DIGITS = 5e-4


@pytest.mark.parametrize("name", material_names())
def test_radiation_length_agrees_with_tsai(name: str) -> None:
    row = _rows()[name]
    computed = compound(row["formula"], density=row["density"]).radiation_length
    assert computed == pytest.approx(row["radiation_length"], rel=TSAI_TOLERANCE.get(name, 2e-3))


@pytest.mark.parametrize("name", material_names())
def test_interaction_length_is_near_the_geometric_estimate(name: str) -> None:
    # The rule of thumb 35 g/cm2 A^(1/3) is good to about 10 %: it catches a wrong unit or a swapped row.
    target = material(name)
    assert target.interaction_length is not None
    inverse = sum(
        n.number_density * n.atomic_weight / (35.0 * n.atomic_weight ** (1 / 3)) for n in target.nuclei
    ) / sum(n.number_density * n.atomic_weight for n in target.nuclei)
    assert target.interaction_length * target.density == pytest.approx(1 / inverse, rel=0.12)


@pytest.mark.parametrize("name", material_names())
def test_rows_are_physical_and_cited(name: str) -> None:
    target = material(name)
    assert target.name == name
    assert 0.5 < target.density < 25
    assert 0.1 < target.radiation_length < 50
    assert target.interaction_length is not None
    assert target.interaction_length > target.radiation_length
    assert re.search(r"Particle Data Group, .*, PTEP 20\d\d, \w+ \(20\d\d\)$", target.reference)


def test_caesium_iodide_is_the_paper_s() -> None:
    csi = material("CsI")
    assert (csi.density, csi.radiation_length, csi.interaction_length) == (4.51, 1.86, 38.04)
    assert csi.electron_density == pytest.approx(1.129e24, rel=PAPER_DIGITS)
    assert [n.Z for n in csi.nuclei] == [53, 55]
    assert [n.mass_number for n in csi.nuclei] == [127, 133]
    for nucleus in csi.nuclei:
        assert nucleus.number_density == pytest.approx(1.045e22, rel=PAPER_DIGITS)


@pytest.mark.parametrize("name", ["Pb", "W", "PbWO4", "C", "Al", "Fe", "Si", "NaI", "BGO", "LYSO", "Cu"])
def test_usual_targets_are_there(name: str) -> None:
    assert name in material_names()


def test_aliases_name_one_material_each() -> None:
    aliases = [alias for row in _rows().values() for alias in row["aliases"]]
    assert len(set(aliases)) == len(aliases)
    assert not set(aliases) & (set(_rows()) | _nist())
    assert not set(_rows()) & _nist()
    assert material("caesium iodide") is material("CsI")
    assert all(material(alias).name == name for alias, name in _aliases().items())


def test_a_material_passes_through() -> None:
    own = compound("Ge", density=5.323)
    assert material(own) is own


@pytest.mark.parametrize("name", nist_material_names())
def test_nist_compounds_are_physical(name: str) -> None:
    target = material(name)
    assert isinstance(target, Material)
    assert "NIST" in target.reference
    assert sum(n.atoms_per_unit for n in target.nuclei) == pytest.approx(1, rel=1e-12)
    # Z/A is 1 for hydrogen, between 0.38 and 0.51 for anything else.
    assert 0.38 < target.electron_density / (target.density * 6.022e23) < 0.99


def test_nist_water_is_the_catalogue_s() -> None:
    # xraylib rounds hydrogen's atomic weight to 1.01, NIST's mass fractions do not: 2e-3 in the hydrogen.
    nist, cited = material("Water, Liquid"), material("H2O")
    assert nist.electron_density == pytest.approx(cited.electron_density, rel=2e-3)
    assert nist.radiation_length == pytest.approx(cited.radiation_length, rel=2e-3)
    assert nist.formula_unit_density == pytest.approx(3 * cited.formula_unit_density, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CsJ", "did you mean 'CsI'"),
        ("Water", "did you mean 'water'"),
        ("Cesium Jodide", "did you mean 'Cesium Iodide'"),
        (82, "unknown material '82': known are Al, Au"),
        (["CsI"], "unknown material"),
    ],
)
def test_unknown_name_says_which_exist(name: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=hint) as caught:
        material(name)
    assert "\n" not in str(caught.value)
