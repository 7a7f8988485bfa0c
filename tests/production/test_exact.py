"""Exact bremsstrahlung against brute force in other variables, analytic limits, and published totals."""

import numpy as np
import pytest
from scipy.integrate import quad

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2, PB_CM2
from evanesce.errors import InvalidValueError
from evanesce.materials import compound, material
from evanesce.mediators import AxialVector, DarkPhoton, Pseudoscalar, Scalar
from evanesce.mediators.splitting import complete_splitting
from evanesce.numerics import panel_nodes
from evanesce.production import (
    angular_cross_section,
    bremsstrahlung_cross_section,
    differential_cross_section,
)
from evanesce.production.amplitudes import squared_amplitude
from evanesce.production.cross_section import exact_total
from evanesce.production.exact import emission_spectrum
from evanesce.production.form_factors import FormFactor
from evanesce.production.kinematics import energy_range
from evanesce.production.scatterers import Scatterer, scatterers

CSI, LEAD, CARBON = material("CsI"), material("Pb"), material("C")
KINDS = {kind.vertex: kind for kind in (DarkPhoton, Scalar, Pseudoscalar, AxialVector)}


def brute_force(vertex, target, energy, mass, order=10):
    """σ in GeV⁻² over all of phase space: pair mass, t, and the angles of the mediator in the pair's rest frame.

    No kinematics in common with the package: two two-body phase spaces in sequence, the amplitude at
    explicit invariants of four-vectors (itself checked against Dirac matrices).
    """
    m, me, big = mass, ELECTRON_MASS, target.mass
    s = big**2 + me**2 + 2 * big * energy
    flux = big * np.sqrt(energy**2 - me**2)  # p_cm √s
    # pair mass, logarithmic from both of its ends to the middle
    least, most = (m + me) ** 2, (np.sqrt(s) - big) ** 2
    middle = 0.5 * (most - least)
    logs, weight2 = (a.ravel() for a in panel_nodes(np.linspace(np.log(1e-6 * m * m), np.log(middle), 8), order))
    near, weight2 = np.exp(logs), weight2 * np.exp(logs)
    pair2, weight2 = np.concatenate([least + near, most - near]), np.concatenate([weight2, weight2])
    total = 0.0
    for w2, weight in zip(pair2, weight2, strict=True):
        final2 = (s - (big + np.sqrt(w2)) ** 2) * (s - (big - np.sqrt(w2)) ** 2) / (4 * s)
        initial2 = flux**2 / s
        if final2 <= 0:
            continue
        start, end = np.sqrt(initial2 + big**2), np.sqrt(final2 + big**2)
        t_high = 2 * (start * end + np.sqrt(initial2 * final2)) - 2 * big**2
        t_low = big**2 * (w2 - me**2) ** 2 / (s * t_high)
        high = min(t_high, max(target.window[1], 300 * t_low))
        at = max(t_low, target.window[0])
        if at >= high:
            continue
        parts = 1 + int(np.log(high / at) / 3)
        log_t, weight_t = (a.ravel() for a in panel_nodes(np.linspace(np.log(at), np.log(high), parts + 1), order))
        t = np.exp(log_t)
        inner = decay_integral(vertex, target, energy, m, np.sqrt(w2), t, order)
        total += weight / (2 * np.pi) * np.sum(weight_t * t * inner * target(t) / t**2)
    return (4 * np.pi * ALPHA) ** 3 / (4 * flux) / (16 * np.pi * flux) * total


def decay_integral(vertex, target, energy, m, w, t, order):
    """∫ dΩ k*/(16π² w) A over the mediator's direction in the rest frame of the pair; t of shape (n,)."""
    me, big = ELECTRON_MASS, target.mass
    p_pair = 0.5 * (w**2 + me**2 + t)  # p·(p + q)
    p0 = p_pair / w
    p_abs = np.sqrt((w**2 - me**2 - t) ** 2 + 4 * w**2 * t) / (2 * w)
    nuclear = 2 * big * energy - (p_pair - me**2)  # (P_i + P_f)·p, and the same for the pair
    square = 4 * big**2 + t
    n0 = nuclear / w
    n_abs = np.sqrt(n0**2 - square)
    cosine = np.clip((p0 * n0 - nuclear) / (p_abs * n_abs), -1, 1)
    sine = np.sqrt(1 - cosine**2)
    k0 = (w**2 + m**2 - me**2) / (2 * w)
    k_abs = np.sqrt(max(k0**2 - m**2, 0.0))
    # direction: logarithmic in -ũ = 2 p·k - m², the propagator of early emission
    least, most = (2 * (p0 * k0 - sign * p_abs * k_abs) - m**2 for sign in (1, -1))
    y, weight_y = panel_nodes(np.log(np.stack([least, np.sqrt(least * most), most], -1)), order)
    u = np.exp(y.reshape(len(t), -1))
    weight_u = weight_y.reshape(len(t), -1) * u
    c = np.clip((p0[:, None] * k0 - 0.5 * (u + m**2)) / (p_abs[:, None] * k_abs), -1, 1)
    phi = (np.arange(4 * order) + 0.5) * np.pi / (4 * order)
    along = cosine[:, None, None] * c[..., None]
    across = sine[:, None, None] * np.sqrt(1 - c**2)[..., None] * np.cos(phi)
    nuclear_k = n0[:, None, None] * k0 - n_abs[:, None, None] * k_abs * (along + across)
    s_tilde = w**2 - me**2
    amplitude = squared_amplitude(
        vertex,
        s=np.asarray(s_tilde),
        u=-u[..., None],
        t=t[:, None, None],
        incoming=nuclear[:, None, None],
        outgoing=nuclear[:, None, None] - nuclear_k,
        target=square[:, None, None],
        mass=np.asarray(m),
    ).mean(-1)
    # dcosθ = du/(2 p k), dφ over 2π
    return np.sum(weight_u * amplitude, -1) / (2 * p_abs * k_abs) * 2 * np.pi * k_abs / (16 * np.pi**2 * w)


@pytest.mark.parametrize("vertex", KINDS)
@pytest.mark.parametrize(
    ("name", "energy", "mass"),
    [
        ("C", 1.0, 0.3),
        ("Pb", 5.0, 0.1),
        ("H", 2.0, 0.3),
        ("C", 20.0, 0.03),
        # where DMG4's tables differ from ours (test_dmg4.py)
        ("Pb", 100.0, 0.001),
        ("Pb", 100.0, 0.01),
        ("Pb", 160.0, 0.1),
        ("Pb", 20.0, 1.0),
    ],
)
def test_total_against_brute_force(vertex, name, energy, mass):
    """To 1e-6: window in t (1e-7) and quadrature; hydrogen recoils for real."""
    solid = compound("C", name="carbon", density=2.0) if name == "C" else material("Pb")
    target = scatterers(solid)[0]
    if name == "H":
        target = Scatterer(0.938, ((1.0, FormFactor(1, 1, inelastic=True)),))
    got = exact_total(vertex, target, energy, mass, 0.0)
    assert float(got.error) < 1e-3 * float(got.value)
    assert float(got.value) == pytest.approx(brute_force(vertex, target, energy, mass), rel=1e-6)


@pytest.mark.parametrize("vertex", KINDS)
@pytest.mark.parametrize(
    ("solid", "energy", "mass", "x"), [(LEAD, 100.0, 0.1, 0.9), (CSI, 5.0, 0.02, 0.97), (CARBON, 1.0, 0.3, 0.8)]
)
def test_angles_add_up_to_the_spectrum(vertex, solid, energy, mass, x):
    """t inside, angle outside, against angle inside, t outside; to 3e-6, the part below the smallest angle."""
    typical = max(mass * np.sqrt(1 - x), ELECTRON_MASS) / energy
    edges = np.linspace(np.log(1e-3 * typical), np.log(np.pi), 2 + int(2 * np.log(1e3 * np.pi / typical)))
    y, weights = panel_nodes(edges, 10)
    angle = np.exp(y)
    kind = KINDS[vertex]()
    density = angular_cross_section(solid, kind, x=x, angle=angle, energy=energy, mass=mass)
    got = np.sum(density.value * np.sin(angle) * angle * weights)
    want = differential_cross_section(solid, kind, x=x, energy=energy, mass=mass)
    assert got == pytest.approx(float(want.value), rel=3e-6)
    assert float(want.error) < 1e-4 * float(want.value)
    assert (density.error <= 1e-3 * density.value.max()).all()


@pytest.mark.parametrize("vertex", KINDS)
def test_weizsaecker_williams_where_it_must_hold(vertex):
    """Photons with t_min ≪ t ≪ m² are equivalent: change their number, by another screening, and the spectrum

    changes by α³ P(x) Δφ, with m_e kept in P. To 1e-3: t/m² and (t_min/t)^(1/2) at the screening scale, at 5 PeV.
    """
    energy, mass, x = np.asarray(5e6), np.asarray(0.03), np.array([0.2, 0.6, 0.95])
    ends = [Scatterer(193.0, ((1.0 / z**2, FormFactor(z, 207)),)) for z in (8, 60)]
    spectra = [energy * emission_spectrum(vertex, target, energy, energy * (1 - x), mass).value for target in ends]
    integrand = lambda y: (ends[0](np.exp(y)) - ends[1](np.exp(y))) * (1 - (0.5 * mass**2 / energy) ** 2 / np.exp(y))
    flux = quad(lambda y: float(integrand(np.asarray(y))), np.log((0.5 * mass**2 / energy) ** 2), 0.0, limit=400)[0]
    want = ALPHA**3 * flux * complete_splitting(vertex, x, mass)
    assert spectra[0] - spectra[1] == pytest.approx(want, rel=1e-3)


def test_massless_vector_is_the_photon():
    """m → 0: Tsai's complete-screening formula, φ₁ and φ₂ from the atomic form factor, at 500 GeV.

    dσ/dx = α r_e²/x {[1 + (1-x)²] φ₁ - (2/3)(1-x) φ₂}, φ₁ = 4Z²(I + 1), φ₂ = 4Z²(I + 5/6), with
    I = ∫₀¹ (1-F)² dq/q and q in units of m_e: Tsai, Rev. Mod. Phys. 46 (1974) 815, Eqs. (3.14)-(3.15). To
    2e-3: terms in (screening momentum/m_e)², the size of the nucleus.
    """
    x = np.array([0.01, 0.3, 0.7, 0.9])
    got = differential_cross_section(CARBON, DarkPhoton(), x=x, energy=500.0, mass=1e-7).value
    b = 6 ** (1 / 3) / 111
    integral = 0.5 * (np.log((1 + b**2) / b**2) - 1 / (1 + b**2))
    phi1, phi2 = 4 * 36 * (integral + 1), 4 * 36 * (integral + 5 / 6)
    radius2 = (ALPHA / ELECTRON_MASS) ** 2 * GEV2_CM2 / PB_CM2
    want = ALPHA * radius2 / x * ((1 + (1 - x) ** 2) * phi1 - 2 / 3 * (1 - x) * phi2)
    assert got == pytest.approx(want, rel=2e-3)


def test_electron_mass_switches_off():
    """m ≫ m_e away from x = 1: scalar and pseudoscalar, vector and axial vector, become the same."""
    at = {"x": np.array([0.3, 0.9]), "energy": 50.0, "mass": 0.5}
    sigma = {name: differential_cross_section(LEAD, kind(), **at).value for name, kind in KINDS.items()}
    assert sigma["scalar"] == pytest.approx(sigma["pseudoscalar"], rel=3e-5)
    assert sigma["vector"] == pytest.approx(sigma["axial-vector"], rel=3e-5)
    # and the axial vector's longitudinal mode, 2m_e/m times a pseudoscalar, takes over at small mass
    light = {"x": 0.5, "energy": 50.0, "mass": 1e-5}
    axial, pseudo = (
        float(differential_cross_section(LEAD, kind(), **light).value) for kind in (AxialVector, Pseudoscalar)
    )
    assert axial == pytest.approx(pseudo * (2 * ELECTRON_MASS / 1e-5) ** 2, rel=1e-2)


@pytest.mark.parametrize(
    ("energy", "mass", "picobarn", "tolerance"),
    [
        (20.0, 0.0167, 3194.75, 0.03),
        (20.0, 0.1, 61.7703, 0.03),
        (100.0, 0.0167, 3603.08, 0.03),
        (100.0, 0.1, 106.04, 0.03),
        (100.0, 1.0, 0.191974, 0.1),
        (20.0, 1.0, 0.0191653, 0.1),
    ],
)
def test_published_totals_on_lead(energy, mass, picobarn, tolerance):
    """Totals that DMG4 (arXiv:2101.12192) ships for its tests, at ε = 1e-4; test_dmg4.py says where they come from."""
    got = bremsstrahlung_cross_section(LEAD, DarkPhoton(), energy=energy, mass=mass, formula="exact")
    assert float(got.value) * 1e-8 == pytest.approx(picobarn, rel=tolerance)


@pytest.mark.parametrize(
    ("kind", "mass", "per_gev2"),
    [
        (AxialVector, 0.0005, 231262.0),
        (AxialVector, 0.0009, 90558.2),
        (Pseudoscalar, 0.0005, 21070.9),
        (Pseudoscalar, 0.0009, 14184.0),
        (Scalar, 0.0005, 29518.7),
        (Scalar, 0.0009, 16881.1),
    ],
)
def test_published_totals_of_the_other_mediators(kind, mass, per_gev2):
    """DMG4's tables below 1 MeV: lead, x > 0.01, 100 GeV, in GeV⁻². They agree to 0.11 %."""
    got = bremsstrahlung_cross_section(LEAD, kind(), energy=100.0, mass=mass, min_fraction=0.01, formula="exact")
    assert float(got.value) * PB_CM2 / GEV2_CM2 == pytest.approx(per_gev2, rel=1.5e-3)


@pytest.mark.parametrize("energy", [1.0, 5.0, 100.0, 500.0])
def test_kinematic_limits(energy):
    """Positive up to the end, zero beyond; no mediator heavier than √s allows."""
    mass = 0.5 * energy
    at = {"energy": energy, "mass": mass}
    # E_k = E - m_e less the recoil: as if electron and nucleus went on as one body
    last = float(energy_range(np.asarray(energy), np.asarray(mass), np.asarray(scatterers(LEAD)[0].mass))[1]) / energy
    assert last < 1 - ELECTRON_MASS / energy
    x = np.array([0.49, 0.7, 0.8, 1 - 1.1 * (1 - last), 1 - 0.999 * (1 - last), 1.0])
    value = differential_cross_section(LEAD, DarkPhoton(), x=x, **at).value
    assert (value[[0, 4, 5]] == 0).all()
    assert (value[1:4] > 0).all()
    for formula in ("exact", "iww"):
        got = bremsstrahlung_cross_section(LEAD, Scalar(), energy=energy, mass=1.01 * energy, formula=formula)
        assert float(got.value) == 0.0


def test_improved_approximation():
    """``iww`` is ``ww`` times the velocity where m_e can be neglected, and its total the integral over x."""
    at = {"energy": 10.0, "mass": 1.0}
    x = np.array([0.2, 0.5, 0.9])
    improved = differential_cross_section(CSI, Scalar(), x=x, formula="iww", **at).value
    paper = differential_cross_section(CSI, Scalar(), x=x, formula="ww", **at).value
    assert improved / paper == pytest.approx(np.sqrt(1 - 1 / (10 * x) ** 2), rel=1e-12)
    total = bremsstrahlung_cross_section(CSI, Scalar(), min_fraction=0.5, formula="iww", **at)
    spectrum = lambda x: float(differential_cross_section(CSI, Scalar(), x=x, formula="iww", **at).value)
    want = quad(spectrum, 0.5, 1 - ELECTRON_MASS / 10, points=[0.99, 0.999], limit=200)[0]
    assert float(total.value) == pytest.approx(want, rel=1e-7)


def test_inelastic_scattering_adds_a_little():
    sigma = [
        float(
            bremsstrahlung_cross_section(
                LEAD, DarkPhoton(), energy=100.0, mass=0.1, formula="exact", form_factor=f
            ).value
        )
        for f in ("elastic", "elastic+inelastic")
    ]
    assert sigma[1] / sigma[0] == pytest.approx(1 + 1 / 82, rel=3e-3)


def test_alike_nuclei_share_a_recoil():
    """Caesium and iodine: 5e-6 against each with its own mass, at 1 GeV where recoil matters most."""
    both = scatterers(CSI)
    assert len(both) == 1
    apart = [Scatterer(a * 0.9315, (part,)) for a, part in zip((126.9, 132.9), both[0].parts, strict=True)]
    want = sum(float(exact_total("vector", one, 5.0, 1.0, 0.0).value) for one in apart)
    assert float(exact_total("vector", both[0], 5.0, 1.0, 0.0).value) == pytest.approx(want, rel=1e-5)
    assert len(scatterers(material("PbWO4"))) == 2


class TestRefusals:
    def test_formula(self):
        with pytest.raises(InvalidValueError, match="formula = 'best': must be one of ww, iww, exact"):
            bremsstrahlung_cross_section(CSI, Scalar(), energy=5.0, mass=0.1, formula="best")

    def test_vertex(self):
        class Mine:
            alpha_d, mass_ratio = 1e-3, 3.0

        with pytest.raises(InvalidValueError, match=r"vertex = None of Mine: must be one of scalar.*bremsstrahlung=ww"):
            bremsstrahlung_cross_section(CSI, Mine(), energy=5.0, mass=0.1, formula="exact")
