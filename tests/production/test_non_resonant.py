"""e⁺e⁻ → γM: explicit Dirac matrices, Dirac's two photons, published limits, phase space and yields by brute force."""

from dataclasses import dataclass, replace

import brute_force
import numpy as np
import pytest
from dirac import GAMMA, GAMMA5, METRIC, ONE

import evanesce as ev
from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2
from evanesce.engine import Engine
from evanesce.errors import InvalidValueError
from evanesce.limits import limit_curve
from evanesce.materials import material
from evanesce.mediators import AxialVector, DarkPhoton, Pseudoscalar, Scalar
from evanesce.physics import resolve_physics
from evanesce.processes import chosen_processes
from evanesce.production import non_resonant_cross_section, non_resonant_spectrum, non_resonant_yield
from evanesce.production.annihilation import collision_s
from evanesce.showers import ShowerSetup, TsaiWhitis
from evanesce.sources import Beam, Bhabha
from evanesce.tracklength import CalorimeterPoint, Resolution, SharpAcceptance, SmearedAcceptance

CSI = material("CsI")
MEDIATORS = [DarkPhoton(), Scalar(), Pseudoscalar(), AxialVector()]
SHARP = SharpAcceptance(missing_fraction=0.95)
M2 = ELECTRON_MASS**2


def slash(p):
    return np.einsum("i,ni,iab->nab", np.diag(METRIC), p, np.array(GAMMA))


def dot(p, q):
    return np.einsum("ni,i,ni->n", p, np.diag(METRIC), q)


def momenta(s, mass, cosine):
    """Electron, positron, photon and mediator in the centre of mass."""
    root = np.sqrt(s)
    momentum, photon = np.sqrt(s / 4 - M2), (s - mass**2) / (2 * root)
    zero, one, sine = np.zeros_like(cosine), np.ones_like(cosine), np.sqrt(1 - cosine**2)
    electron = np.stack([root / 2 * one, zero, zero, momentum * one], -1)
    positron = np.stack([root / 2 * one, zero, zero, -momentum * one], -1)
    k = photon * np.stack([one, sine, zero, cosine], -1)
    return electron, positron, k, electron + positron - k


def amplitude(kind, s, mass, cosine, field=None):
    """Spin-averaged |M|² over (4πα)²ε², both diagrams, by traces; ``field`` in place of the photon's polarisation."""
    electron, positron, k, q = momenta(s, mass, cosine)
    after = (slash(electron - k) + ELECTRON_MASS * ONE) / (-2 * dot(electron, k))[:, None, None]
    before = (slash(k - positron) + ELECTRON_MASS * ONE) / (-2 * dot(positron, k))[:, None, None]
    chirality = GAMMA5 if kind == "axial-vector" else ONE
    emitted = {"scalar": [(ONE, 1.0)], "pseudoscalar": [(1j * GAMMA5, 1.0)]}.get(kind)
    if emitted is None:
        emitted = [(GAMMA[i] @ chirality, -METRIC[i, i]) for i in range(4)]
        emitted.append((slash(q) @ chirality, 1.0 / mass**2))
    fields = [(GAMMA[i], -METRIC[i, i]) for i in range(4)] if field is None else [(slash(k), 1.0)]
    total = np.zeros(len(cosine))
    for vertex, sign in emitted:
        for photon, other in fields:
            m = vertex @ after @ photon + photon @ before @ vertex
            bar = GAMMA[0] @ np.conj(np.swapaxes(m, -1, -2)) @ GAMMA[0]
            spins = m @ (slash(electron) + ELECTRON_MASS * ONE) @ bar @ (slash(positron) - ELECTRON_MASS * ONE)
            total += sign * other * np.trace(spins, axis1=-2, axis2=-1).real
    return total / 4


def energy_of(s):
    return s / (2 * ELECTRON_MASS) - ELECTRON_MASS


@pytest.mark.parametrize("mediator", MEDIATORS)
@pytest.mark.parametrize(("root", "mass"), [(0.0025, 0.0012), (0.004, 0.0031), (0.02, 0.0007)])
def test_against_dirac_matrices(mediator, root, mass):
    """Near m_e, where every term counts: to 1e-9, the rounding of the traces."""
    s, cosine = root**2, np.linspace(-0.98, 0.98, 13)
    electron, _, k, _ = momenta(s, mass, cosine)
    photon = dot(electron, k) / ELECTRON_MASS
    got = non_resonant_spectrum(mediator, energy=energy_of(s), mass=mass, photon_energy=photon)
    unit = 2 * ELECTRON_MASS * np.pi * ALPHA**2 * GEV2_CM2 / (s * (s - 4 * M2))
    assert got == pytest.approx(unit * amplitude(mediator.vertex, s, mass, cosine), rel=1e-9, abs=0)


@pytest.mark.parametrize("mediator", MEDIATORS)
def test_the_amplitude_it_is_compared_with_is_gauge_invariant(mediator):
    cosine = np.linspace(-0.9, 0.9, 7)
    whole = amplitude(mediator.vertex, 1e-5, 0.0015, cosine)
    longitudinal = amplitude(mediator.vertex, 1e-5, 0.0015, cosine, field="k")
    assert (np.abs(longitudinal) < 1e-10 * whole * 1e-5).all()


def test_massless_mediator_is_two_photons():
    """σ = 2σ(γγ) of Dirac (Heitler, The Quantum Theory of Radiation, section 27), exact in m_e."""
    gamma = np.array([1.5, 3.0, 100.0, 1e4])
    root = np.sqrt(gamma**2 - 1)
    radius2 = (ALPHA / ELECTRON_MASS) ** 2 * GEV2_CM2
    heitler = (gamma**2 + 4 * gamma + 1) / (gamma**2 - 1) * np.log(gamma + root) - (gamma + 3) / root
    got = non_resonant_cross_section(DarkPhoton(), energy=gamma * ELECTRON_MASS, mass=1e-9, photon_cut=1e-9)
    assert got == pytest.approx(2 * np.pi * radius2 / (gamma + 1) * heitler, rel=1e-9, abs=0)


def test_published_limit_of_massless_electrons():
    """8πα²/s · [(s - m²)/2s + m²/(s - m²)] (ln(s/m_e²) - 1) for m_e → 0; the logarithm is the published term."""
    energy, mass = np.array([1e3, 1e5]), 0.0667
    s = collision_s(energy)
    bracket = (s - mass**2) / (2 * s) + mass**2 / (s - mass**2)
    leading = 8 * np.pi * ALPHA**2 / s * bracket * GEV2_CM2
    got = non_resonant_cross_section(DarkPhoton(), energy=energy, mass=mass)
    assert got == pytest.approx(leading * (np.log(s / M2) - 1), rel=1e-4, abs=0)


@pytest.mark.parametrize(("mediator", "ratio"), [(Scalar(), 0.5), (Pseudoscalar(), 0.5), (AxialVector(), 1.0)])
def test_soft_photons_factorise(mediator, ratio):
    """Next to the resonance a spin 0 mediator has half of the vector's, up to m_e²/m²."""
    mass = 0.0667
    energy = energy_of((mass * (1 + 1e-4)) ** 2)
    got, vector = (
        non_resonant_cross_section(which, energy=energy, mass=mass, photon_cut=1e-6)
        for which in (mediator, DarkPhoton())
    )
    assert got == pytest.approx(ratio * vector, rel=1e-3, abs=0)


def test_soft_limit_is_the_resonance_times_its_radiation():
    """dN/dΣ → (2α/π)(L - 1)/Σ · 12π² Γ(A' → e⁺e⁻)/m, L = ln(s/m_e²): Yennie, Frautschi and Suura's soft factor."""
    mass, delta = 0.0667, 1e-5
    s = mass**2 * (1 + delta)
    got = non_resonant_cross_section(DarkPhoton(), energy=energy_of(s), mass=mass, photon_cut=1e-9) / GEV2_CM2
    resonance = 12 * np.pi**2 * float(DarkPhoton().electron_width(np.array(mass))) / mass
    radiation = 2 * ALPHA / np.pi * (np.log(s / M2) - 1) / (s - mass**2)
    assert got == pytest.approx(resonance * radiation, rel=1e-3)


@pytest.mark.parametrize("mediator", MEDIATORS)
@pytest.mark.parametrize(("energy", "mass", "fraction"), [(5.0, 0.0667, 0.95), (5.0, 0.03, 0.5), (100.0, 0.01, 0.9)])
def test_cut_in_the_laboratory_by_phase_space(mediator, energy, mass, fraction):
    """Angles in the centre of mass, boosted to the laboratory event by event: to 2e-3, the step at the cut."""
    s = float(collision_s(energy))
    y = np.linspace(-1, 1, 8001)
    y = 12.0 * 0.5 * (y[1:] + y[:-1])
    cosine = np.tanh(y)
    gamma, beta = (energy + ELECTRON_MASS) / np.sqrt(s), np.sqrt(energy**2 - M2) / (energy + ELECTRON_MASS)
    _, _, _, q = momenta(s, mass, cosine)
    taken = gamma * (q[:, 0] - beta * q[:, 3])  # the positron comes along -z
    kept = amplitude(mediator.vertex, s, mass, cosine) * (taken > fraction * energy) / np.cosh(y) ** 2
    flux = np.pi * ALPHA**2 * GEV2_CM2 / (s * (s - 4 * M2))
    db = 0.5 * (s - mass**2) * np.sqrt(1 - 4 * M2 / s)
    want = flux * db * kept.sum() * 24.0 / 8000
    got = non_resonant_cross_section(mediator, energy=energy, mass=mass, least_energy=fraction * energy)
    assert got == pytest.approx(want, rel=2e-3, abs=0)


def test_cut_on_the_photon_is_sharp():
    mass, cut = 0.0667, 2e-3
    lowest = energy_of((cut + np.sqrt(cut**2 + mass**2)) ** 2)
    energy = lowest * np.array([0.9, 1 - 1e-6, 1 + 1e-6])
    sigma = non_resonant_cross_section(DarkPhoton(), energy=energy, mass=mass, photon_cut=cut)
    assert (sigma[:2] == 0).all()
    assert sigma[2] > 0


def kernel_of(source, stop=1.0):
    energies = (*source.edges, *(energy for energy, _ in source.lines))
    setup = ShowerSetup(
        incident=source.incident,
        material=CSI,
        start=0.0,
        stop=stop,
        energy_min=min(energies),
        energy_max=max(energies),
    )
    return TsaiWhitis().track_length(setup).positrons


def events(source, mediator, mass, acceptance=SHARP, **options):
    kernel = kernel_of(source)
    return non_resonant_yield(source, kernel, CSI, mediator, np.atleast_1d(mass), acceptance=acceptance, **options)


def brute_yield(energy, mediator, mass, passes, cut=1e-3):
    """One positron: l by halving intervals, ω by Gauss rules in ln(b/a), the cut as a weight."""
    lowest = energy_of((cut + np.sqrt(cut**2 + mass**2)) ** 2)
    least = max(lowest, passes.lowest * energy - ELECTRON_MASS)
    end = np.log(energy / least)
    lethargy, weights = brute_force.nodes_between(brute_force.halving(1e-18, end, [(0.0, 1e-17), (end, 1e-8)]))
    weights = weights * np.exp(-lethargy) * brute_force.density(lethargy, 1.0, 2.0)
    lethargy, weights = np.append(lethargy, 0.0), np.append(weights, brute_force.below_table(1.0))
    total = 0.0
    for positron, weight in zip(energy * np.exp(-lethargy), weights, strict=True):
        s = float(collision_s(positron))
        excess = (s - mass**2) / (2 * ELECTRON_MASS)
        beta = np.sqrt(1 - 4 * M2 / s)
        low, high = excess * (2 * M2 / s) / (1 + beta), 0.5 * excess * (1 + beta)
        high = min(high, positron + ELECTRON_MASS - passes.lowest * energy)
        if high <= low:
            continue
        ends = [np.log(omega / (excess - omega)) for omega in (low, high)]
        rapidity, w = brute_force.nodes_between(np.linspace(*ends, 1 + int(np.ceil((ends[1] - ends[0]) / 0.7))))
        omega = excess / (1 + np.exp(-rapidity))
        w = w * omega * (excess - omega) / excess
        spectrum = non_resonant_spectrum(mediator, energy=positron, mass=mass, photon_energy=omega)
        total += weight * np.sum(w * spectrum * passes(energy, (positron + ELECTRON_MASS - omega) / energy))
    return total * CSI.electron_density * CSI.radiation_length


@dataclass
class Passes:
    """The acceptance, and the fraction from which it lets anything through."""

    lowest: float
    acceptance: object = SHARP

    def __call__(self, energy, taken):
        return self.acceptance.probability(np.asarray(energy), taken)


@pytest.mark.parametrize(
    ("energy", "mediator", "mass"),
    [
        (5.0, DarkPhoton(), 0.0667),
        (5.0, Scalar(), 0.0702),
        (5.0, Pseudoscalar(), 0.01),
        (5.0, AxialVector(), 0.069),
        (20.0, DarkPhoton(), 0.03),
    ],
)
def test_yield_against_brute_force(energy, mediator, mass):
    """To 1e-5, and within the stated error plus 1e-6 of the brute force."""
    got = events(Beam(energy=energy, particles=1.0, incident="e+"), mediator, mass)
    want = brute_yield(energy, mediator, mass, Passes(0.95))
    assert got.value[0] == pytest.approx(want, rel=1e-5)
    assert abs(got.value[0] - want) < got.error[0] + 1e-6 * want
    assert got.error[0] < 1e-4 * want


def test_continuum_is_a_sum_of_lines():
    """Every energy of the Bhabha spectrum is a beam: an equal-weight sum of 4000 of them, to 2e-3."""
    source, mass = Bhabha(), np.array([0.0667, 0.04])
    edges = np.linspace(source.edges[0], source.edges[-1], 401)
    middle, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    kernel = kernel_of(source)
    want = np.zeros(2)
    for energy, number in zip(middle, width * source.spectrum(middle), strict=True):
        beam = Beam(energy=energy, particles=float(number), incident="e+")
        want += non_resonant_yield(beam, kernel, CSI, DarkPhoton(), mass, acceptance=SHARP).value
    assert events(source, DarkPhoton(), mass).value == pytest.approx(want, rel=2e-3)


def test_smeared_selection_against_brute_force():
    points = (CalorimeterPoint(energy=0.1, resolution=0.04), CalorimeterPoint(energy=8.0, resolution=0.016))
    smeared = SmearedAcceptance(missing_fraction=0.95, resolution=Resolution(momentum=0.004, calorimeter=points))
    lowest = float(smeared.transition(np.array([5.0]))[0, 0])
    got = events(Beam(energy=5.0, particles=1.0, incident="e+"), DarkPhoton(), 0.06, smeared)
    want = brute_yield(5.0, DarkPhoton(), 0.06, Passes(lowest, smeared))
    assert got.value[0] == pytest.approx(want, rel=1e-4)
    sharp = events(Beam(energy=5.0, particles=1.0, incident="e+"), DarkPhoton(), 0.06)
    assert got.value[0] == pytest.approx(sharp.value[0], rel=0.02)


def test_yield_falls_with_the_logarithm_of_the_cut():
    """dN/dln(cut) tends to a constant: each factor of 10 costs the same, up to the bend of W at its edges."""
    cuts = [1e-6, 1e-5, 1e-4]
    mediator = DarkPhoton(alpha_d=1e-12)
    yields = np.array([events(Bhabha(), mediator, 0.072, photon_cut=cut).value[0] for cut in cuts])
    steps = -np.diff(yields)
    assert (steps > 0).all()
    assert steps[1] == pytest.approx(steps[0], rel=0.05)


def test_no_photon_softer_than_the_width():
    """A cut below Γ changes nothing: such photons are inside the resonance."""
    mediator = DarkPhoton(alpha_d=0.1)
    width = float(mediator.width(np.array(0.0667)))
    assert width > 1e-3
    below, at = (events(Bhabha(), mediator, 0.0667, photon_cut=cut).value[0] for cut in (1e-5, width))
    assert below == pytest.approx(at, rel=1e-12)
    assert events(Bhabha(), mediator, 0.0667, photon_cut=2 * width).value[0] < at


def test_zero_without_phase_space():
    got = events(Bhabha(), DarkPhoton(), [0.0821, 0.09, 1.0])
    assert (got.value == 0).all()
    assert (got.error == 0).all()


def test_v_max_takes_the_endpoint_out():
    whole, cut = (events(Bhabha(), DarkPhoton(), 0.0667, v_max=v).value[0] for v in (1.0, 0.999))
    assert 0.4 * whole < cut < 0.9 * whole


class TestOption:
    BELLE2 = ev.experiment("belle2")
    MASS = np.array([0.03, 0.0667])

    @pytest.mark.parametrize("physics", ["published", "converged"])
    def test_off_is_what_it_was(self, physics):
        plain = limit_curve(self.BELLE2, DarkPhoton(), self.MASS, physics=physics)
        off = limit_curve(
            self.BELLE2, DarkPhoton(), self.MASS, physics=physics, overrides={"non_resonant": "off", "photon_cut": 0.01}
        )
        on = limit_curve(self.BELLE2, DarkPhoton(), self.MASS, physics=physics, overrides={"non_resonant": "on"})
        assert set(plain.yields) == {"annihilation", "bremsstrahlung"}
        assert off.epsilon.tolist() == plain.epsilon.tolist()
        assert set(on.yields) == {"annihilation", "bremsstrahlung", "non_resonant"}
        for name, values in plain.yields.items():
            assert on.yields[name].tolist() == values.tolist()
        assert (on.epsilon < plain.epsilon).all()
        signal = on.epsilon**2 * np.sum(list(on.yields.values()), axis=0)
        assert signal == pytest.approx([on.signal_limit] * 2, rel=1e-12)

    def test_other_processes_are_shared(self):
        engine, setup = Engine(), self.BELLE2.channel.setup(resolve_physics("converged"))
        off, on = (resolve_physics("converged", {"non_resonant": value}) for value in ("off", "on"))
        plain, more = (chosen_processes((), options) for options in (off, on))
        assert [process.name for process in more] == [*(process.name for process in plain), "non_resonant"]
        assert engine.prepare(plain[0], setup, off) is engine.prepare(more[0], setup, on)

    @pytest.mark.parametrize("mediator", MEDIATORS)
    def test_arrays_of_parameters(self, mediator):
        wide = replace(mediator, alpha_d=(1e-3, 0.5))
        curve = limit_curve(self.BELLE2, wide, self.MASS, overrides={"non_resonant": "on"})
        assert curve.yields["non_resonant"].shape == (2, 2)
        one = limit_curve(self.BELLE2, replace(mediator, alpha_d=0.5), self.MASS, overrides={"non_resonant": "on"})
        assert curve.yields["non_resonant"][1] == pytest.approx(one.yields["non_resonant"], rel=1e-12)

    def test_detector_resolution_and_electron_beams(self):
        for name, change in (("belle2", {"resolution": "detector"}), ("na64-2019-published", {})):
            curve = limit_curve(ev.experiment(name), DarkPhoton(), [0.05], overrides={"non_resonant": "on", **change})
            assert curve.yields["non_resonant"][0] > 0
            assert curve.yield_errors["non_resonant"][0] < 1e-3 * curve.yields["non_resonant"][0]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"mass": 0.0}, r"mass = 0.0: must be finite numbers greater than 0"),
        ({"photon_cut": 0.0}, r"photon_cut = 0.0: must be finite numbers greater than 0"),
        ({"photon_cut": float("nan")}, r"photon_cut = nan: must be finite numbers"),
        ({"energy": 5e-4}, r"energy = 0.0005 GeV: must be greater than the electron mass"),
        ({"least_energy": float("inf")}, r"least_energy = inf: must be finite numbers"),
    ],
)
def test_bad_input(arguments, match):
    with pytest.raises(InvalidValueError, match=match):
        non_resonant_cross_section(DarkPhoton(), **{"energy": 5.0, "mass": 0.05, **arguments})


def test_bad_photon_energy_and_cut():
    with pytest.raises(InvalidValueError, match=r"photon_energy = -1.0: must be finite numbers greater than 0"):
        non_resonant_spectrum(DarkPhoton(), energy=5.0, mass=0.05, photon_energy=-1.0)
    with pytest.raises(InvalidValueError, match=r"photon_cut = 0: must be a finite number greater than 0"):
        events(Bhabha(), DarkPhoton(), 0.05, photon_cut=0)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"non_resonant": "yes"}, r"physics option non_resonant = 'yes': must be one of off, on"),
        ({"photon_cut": -1.0}, r"physics option photon_cut = -1: must be a finite number, at least 1e-09 GeV"),
        ({"photon_cut": 1e-10}, r"physics option photon_cut = 1e-10: must be a finite number, at least 1e-09 GeV"),
    ],
)
def test_bad_options(options, match):
    with pytest.raises(InvalidValueError, match=match):
        resolve_physics("converged", options)


def test_mediator_without_vertex():
    @dataclass(frozen=True, kw_only=True)
    class Plain:
        alpha_d: float = 1e-3
        mass_ratio: float = 3.0

    with pytest.raises(InvalidValueError, match="vertex = None of Plain: must be one of scalar"):
        non_resonant_cross_section(Plain(), energy=5.0, mass=0.05)
