"""The paper's exposure and components, section 3 and appendix D of arXiv:2212.04252."""

import pytest

from evanesce.backgrounds import ChargedPair, Exposure, Factor, MuonConversion, Neutrons, Photons
from evanesce.materials import material
from evanesce.sources import Bhabha


@pytest.fixture
def exposure() -> Exposure:
    source = Bhabha()
    return Exposure(
        tracks=source.count,
        luminosity=source.luminosity,
        material=material("CsI"),
        thickness=16.0,
        missing_fraction=0.95,
    )


@pytest.fixture
def beam_exposure() -> Exposure:
    return Exposure(tracks=1e11, material=material("CsI"), thickness=16.0, missing_fraction=0.95)


@pytest.fixture
def photons() -> Photons:
    return Photons(veto_efficiency=4.5e-4, reference="arXiv:0808.0017")


@pytest.fixture
def neutrons() -> Neutrons:
    return Neutrons(
        simulated_positrons=1e9,
        simulated_energy=4.35,
        simulated_material="CsI",
        simulated_thickness=1.0,
        simulated_missing_fraction=0.95,
        fast_neutron=4950,
        low_deposit=100,
        no_charged=64,
        single=13,
        multiple=51,
        penetration=0.01,
        veto_depth=3.9,
        calorimeter_depth=0.8,
        calorimeter_thickness=16.0,
        reference="arXiv:2212.04252, section 3.2",
    )


@pytest.fixture
def pions() -> ChargedPair:
    factors = (Factor(name="misidentification", value=3e-5), Factor(name="low deposit", value=1e-5))
    return ChargedPair(label="pi+pi-", cross_section=0.3, factors=factors, reference="appendix D")


@pytest.fixture
def muons() -> ChargedPair:
    factors = tuple(Factor(name=n, value=v) for n, v in (("mimics", 1e-7), ("deposit", 0.9), ("veto", 4.5e-4)))
    return ChargedPair(label="mu+mu-", cross_section=500.0, factors=factors, reference="appendix D")


@pytest.fixture
def conversion() -> MuonConversion:
    return MuonConversion(cross_section=3e5, veto_efficiency=4.5e-4, reference="appendix D")
