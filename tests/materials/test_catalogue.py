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


# A steel has no X0 and no nuclear length in its source.
CITED = [name for name in material_names() if "radiation_length" in _rows()[name]]
MIXED = [name for name in material_names() if name not in CITED]


@pytest.mark.parametrize("name", CITED)
def test_radiation_length_agrees_with_tsai(name: str) -> None:
    row = _rows()[name]
    computed = compound(row["formula"], density=row["density"]).radiation_length
    assert computed == pytest.approx(row["radiation_length"], rel=TSAI_TOLERANCE.get(name, 2e-3))


@pytest.mark.parametrize("name", CITED)
def test_interaction_length_is_near_the_geometric_estimate(name: str) -> None:
    # The rule of thumb 35 g/cm2 A^(1/3) is good to about 10 %: it catches a wrong unit or a swapped row.
    # Nothing shadows the nucleon of hydrogen, which has 52.0 g/cm2 in the same source.
    target = material(name)
    assert target.interaction_length is not None
    inverse = sum(
        n.number_density * n.atomic_weight / (52.0 if n.Z == 1 else 35.0 * n.atomic_weight ** (1 / 3))
        for n in target.nuclei
    ) / sum(n.number_density * n.atomic_weight for n in target.nuclei)
    assert target.interaction_length * target.density == pytest.approx(1 / inverse, rel=0.12)


@pytest.mark.parametrize("name", CITED)
def test_rows_are_physical_and_cited(name: str) -> None:
    target = material(name)
    assert target.name == name
    assert 0.5 < target.density < 25
    assert 0.1 < target.radiation_length < 50
    assert target.interaction_length is not None
    assert target.interaction_length > target.radiation_length
    assert re.search(r"Particle Data Group, .*, PTEP 20\d\d, \w+ \(20\d\d\)$", target.reference)


@pytest.mark.parametrize("name", MIXED)
def test_mixtures_are_iron_with_a_little_of_other_metals(name: str) -> None:
    # Both steels are iron within 2 %, and their densities are those of iron within 2 %.
    target, iron = material(name), material("Fe")
    assert target.radiation_length == pytest.approx(iron.radiation_length, rel=0.02)
    assert target.density == pytest.approx(iron.density, rel=0.02)
    assert target.interaction_length is None
    assert sum(_rows()[name]["formula"].values()) == pytest.approx(1, abs=2e-5)
    assert re.search(r"Compendium .*, PNNL-15870 Rev\. 1 \(2011\)", target.reference)


def test_names_as_the_field_uses_them() -> None:
    # By hand: 2.200 g/cm3, 60.08 g/mol, 30 electrons; 1.060 g/cm3, 104.15 g/mol, 56 electrons.
    quartz, scintillator = material("quartz"), material("scintillator")
    assert quartz is material("fused silica")
    assert scintillator is material("polystyrene")
    assert quartz.electron_density == pytest.approx(2.2 / 60.08 * 30 * 6.02214e23, rel=5e-4)
    assert scintillator.electron_density == pytest.approx(1.06 / 104.15 * 56 * 6.02214e23, rel=5e-4)
    # A bar of 20 mm of the source's 12.29 cm.
    assert 2.0 / quartz.radiation_length == pytest.approx(0.163, abs=5e-4)
    # NIST's compound has the same density; its X0 is Tsai's formula, within the 2e-3 of all.
    assert scintillator.radiation_length == pytest.approx(material("Polystyrene").radiation_length, rel=2e-3)
    assert material("steel") is material("carbon steel")


def test_caesium_iodide_is_the_paper_s() -> None:
    csi = material("CsI")
    assert (csi.density, csi.radiation_length, csi.interaction_length) == (4.51, 1.86, 38.04)
    assert csi.electron_density == pytest.approx(1.129e24, rel=PAPER_DIGITS)
    assert [n.Z for n in csi.nuclei] == [53, 55]
    assert [n.mass_number for n in csi.nuclei] == [127, 133]
    for nucleus in csi.nuclei:
        assert nucleus.number_density == pytest.approx(1.045e22, rel=PAPER_DIGITS)


@pytest.mark.parametrize(
    "name", ["Pb", "W", "PbWO4", "C", "Al", "Fe", "Si", "NaI", "BGO", "LYSO", "Cu", "SiO2", "C8H8"]
)
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
