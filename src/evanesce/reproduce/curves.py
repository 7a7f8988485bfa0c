"""The numbers in the figures of the paper; :mod:`evanesce.figures` draws them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np

from evanesce.channels import VanishingTrack
from evanesce.constraints import Constraint, constraint
from evanesce.experiments import experiment
from evanesce.figures import primed
from evanesce.figures.results import Curve, EndpointCurves, ExpectedBand, Limits, Role
from evanesce.mediators import DarkPhoton, Mediator, Scalar
from evanesce.reproduce.sections.dark_photon import MORE_BACKGROUND
from evanesce.reproduce.sections.na64 import COUPLINGS
from evanesce.reproduce.sections.projection import likelihood_curve
from evanesce.reproduce.sections.radiative import rbs_cross_section_generator
from evanesce.reproduce.sections.showers import dropped_share
from evanesce.reproduce.setting import BENCHMARK, BENCHMARK_MASS, GEV_MEV, Setting
from evanesce.showers import Kernel, TrackLength
from evanesce.sources import Source
from evanesce.validation import FloatArray

__all__ = [
    "BEAM_LABEL",
    "coupling_reach",
    "endpoint",
    "expected_reach",
    "na64_comparison",
    "radiative_reach",
    "reach",
    "scalar_reach",
    "spectra",
    "track_lengths",
]

Settings: TypeAlias = Mapping[str, Setting]

_PRESETS: Final[tuple[tuple[str, Role], ...]] = (
    ("published", "search"),
    ("converged", "exact"),
    ("reference", "best"),
)
"""Presets, named in the legends, and the styles of their curves."""
BEAM_LABEL: Final[str] = "NA64 2019 + annihilation\n(this work, published)"
_DARK_PHOTON: Final[str] = primed("A'")
"""Symbol."""
_MASSES: Final[FloatArray] = np.geomspace(0.01, 0.95, 800)
_ALPHAS: Final[FloatArray] = np.geomspace(1e-5, 1.0, 201)
_FRACTIONS: Final[FloatArray] = np.linspace(0.005, 0.995, 199)
_TO_ENDPOINT: Final[FloatArray] = np.geomspace(1e-9, 0.5, 401)
"""Values of 1 - v."""


def reach(settings: Settings) -> Limits:
    """Figure 3: dark photon, α_D = 0.001."""
    paper, exact, best = (settings[name] for name in ("published", "converged", "reference"))
    expected = _expected(paper)
    return Limits(
        curves=(
            _known(constraint("babar"), "BaBar", "excluded-faint"),
            _beam(paper, BENCHMARK, BEAM_LABEL),
            _known(paper.mono_photon, _rival(paper), "rival"),
            _search(paper, BENCHMARK, f"{expected}, published", "search"),
            _search(paper, BENCHMARK, f"$N_b = {MORE_BACKGROUND:g}$, published", "search-weaker", MORE_BACKGROUND),
            _search(exact, BENCHMARK, f"{expected}, converged", "exact"),
            _search(best, BENCHMARK, f"{expected}, reference", "best"),
        ),
        title=_dark_sector(_DARK_PHOTON, BENCHMARK),
    )


def expected_reach(settings: Settings) -> tuple[Limits, Limits]:
    """Figure 3 with expected bands: the card of the paper, and the one with the layers of the detector."""
    setting = settings["reference"]
    masses = np.geomspace(0.04, 0.11, 300)
    found = []
    for card in (setting.belle2, experiment("belle2-detector")):
        likelihood = likelihood_curve(setting, masses, experiment=card)
        counting = setting.curve(masses, experiment=card)
        found.append(
            Limits(
                curves=(
                    _known(constraint("babar"), "BaBar", "excluded-faint"),
                    _known(setting.mono_photon, _rival(setting), "rival"),
                    Curve(label=r"$\sqrt{2.71 N_b}$", role="best", x=masses, y=counting.epsilon),
                ),
                bands=(ExpectedBand(label=f"{card.name}, reference", x=masses, limits=likelihood.expected),),
                title=_dark_sector(_DARK_PHOTON, BENCHMARK),
            )
        )
    return found[0], found[1]


def coupling_reach(settings: Settings) -> Limits:
    """Figure 4: dark photon of 66.66 MeV against α_D."""
    paper = settings["published"]
    mediator = DarkPhoton(alpha_d=tuple(_ALPHAS.tolist()))
    level = np.ones_like(_ALPHAS)
    na64 = constraint("na64-2019").epsilon(BENCHMARK_MASS) * level
    rival = paper.mono_photon.epsilon(BENCHMARK_MASS) * level
    searches = [
        Curve(label=name, role=role, x=_ALPHAS, y=settings[name].curve(BENCHMARK_MASS, mediator).epsilon[:, 0])
        for name, role in _PRESETS
    ]
    return Limits(
        curves=(
            Curve(label="NA64 2019", role="excluded", x=_ALPHAS, y=na64),
            Curve(label=_rival(paper), role="rival", x=_ALPHAS, y=rival),
            *searches,
        ),
        against="alpha_d",
        title=f"$m_{{{_DARK_PHOTON}}} = {GEV_MEV * BENCHMARK_MASS:g}$ MeV, {_expected(paper)}",
    )


def na64_comparison(settings: Settings) -> Limits:
    """Figure 5: NA64 with annihilation of secondary positrons, against its published limit without."""
    roles: tuple[tuple[str, tuple[Role, ...]], ...] = (
        ("published", ("search", "second")),
        ("reference", ("search-best", "second-best")),
    )
    computed = [
        _beam(settings[name], DarkPhoton(alpha_d=alpha), f"$\\alpha_D = {alpha:g}$, {name}", looks[i])
        for i, alpha in enumerate(COUPLINGS)
        for name, looks in roles
    ]
    beam = _powers_of_ten(settings["published"].beam.particles)
    return Limits(
        curves=(_known(constraint("na64-2019"), "bremsstrahlung alone, NA64 2019", "rival"), *computed),
        title=f"{beam} electrons on target;\nbelow the dashes with annihilation",
    )


def scalar_reach(settings: Settings) -> Limits:
    """Figure 6: scalar, α_D = 0.001; the NA64 limit on dark photons is scaled to the scalar."""
    paper, scalar = settings["published"], Scalar()
    searches = [_search(settings[name], scalar, f"{_expected(paper)}, {name}", role) for name, role in _PRESETS]
    return Limits(
        curves=(_beam(paper, scalar, "NA64 2019, scaled to the scalar"), *searches),
        mediator=r"\phi",
        title=_dark_sector(r"\phi", scalar),
    )


def track_lengths(settings: Settings) -> tuple[Curve, ...]:
    """Appendix A: E·T_e/X0 of positrons against v, for incident positrons by generation and for electrons."""
    positron, electron = _track_lengths(settings["published"])
    complete, _ = _track_lengths(settings["reference"])
    energy = settings["reference"].bhabha.energy_range[0]
    curves: tuple[tuple[str, Role, Kernel], ...] = (
        ("$e^+$ incident, published", "search", positron.positrons),
        ("its first generation", "part", positron.primary),
        ("$e^-$ incident, published", "second", electron.positrons),
        (f"$e^+$ of {energy:.3g} GeV, reference (positrons alone)", "best", complete.positrons),
    )
    return tuple(
        Curve(label=label, role=role, x=_FRACTIONS, y=kernel.density(_FRACTIONS, energy))
        for label, role, kernel in curves
    )


def endpoint(settings: Settings) -> EndpointCurves:
    """Appendix A: the same near v = 1, and the part that the published cut drops."""
    paper = settings["published"]
    positron, electron = _track_lengths(paper)
    curves: tuple[tuple[str, Role, Kernel], ...] = (
        ("$e^+$ incident, published", "search", positron.positrons),
        ("$e^-$ incident, published", "second", electron.positrons),
    )
    return EndpointCurves(
        curves=tuple(
            Curve(label=label, role=role, x=_TO_ENDPOINT, y=_TO_ENDPOINT * kernel.density(1.0 - _TO_ENDPOINT))
            for label, role, kernel in curves
        ),
        cut=paper.options.v_max,
        dropped=dropped_share(paper),
        selection=paper.belle2.selection.missing_fraction,
    )


def spectra(settings: Settings) -> tuple[Curve, ...]:
    """Figure 7: normalised positron spectra of Bhabha and of radiative Bhabha scattering."""
    paper = settings["published"]
    here, there = paper.radiative_bhabha.cross_section, rbs_cross_section_generator(paper)
    stated = f"$e^+e^-\\gamma$: {here:.4g} pb at $\\alpha = 1/137$,\n{there:.4g} pb at $1/127.9$"
    sources: tuple[tuple[str, Role, Source, float], ...] = (
        (f"$e^+e^-$: {_powers_of_ten(paper.bhabha.cross_section)} pb", "search", paper.bhabha, paper.bhabha.count),
        (stated, "second", paper.radiative_bhabha, paper.radiative_bhabha.count),
    )
    curves = []
    for label, role, source, count in sources:
        if not source.edges:  # equal beams: every track has the beam energy
            continue
        energy = np.linspace(source.edges[0], source.edges[-1], 801)
        curves.append(Curve(label=label, role=role, x=energy, y=source.spectrum(energy) / count))
    return tuple(curves)


def radiative_reach(settings: Settings) -> Limits:
    """Figure 8: positrons of radiative Bhabha scattering, α_D = 0.001."""
    paper, best = settings["published"], settings["reference"]
    few = f"$e^+e^-\\gamma$, $N_b = {paper.radiative.background:g}$"
    return Limits(
        curves=(
            _known(constraint("na64-2019"), "NA64 2019", "excluded"),
            _known(paper.mono_photon, _rival(paper), "rival"),
            _search(paper, BENCHMARK, f"$e^+e^-$, {_expected(paper)}, published", "search"),
            _radiative(paper, f"{few}, published", "search-weaker"),
            _radiative(settings["converged"], f"{few}, converged", "exact"),
            _radiative(best, f"{few}, reference", "best"),
        ),
        title=_dark_sector(_DARK_PHOTON, BENCHMARK),
    )


def _charged(setting: Setting, charge: str) -> VanishingTrack:
    """The search with tracks of this charge."""
    return setting.belle2.replace({"source.incident": charge}).channel


def _radiative(setting: Setting, label: str, role: Role) -> Curve:
    mass = np.unique(np.concatenate([_MASSES, np.linspace(0.04, 0.09, len(_MASSES))]))
    epsilon = setting.curve(mass, BENCHMARK, experiment=setting.radiative).epsilon
    return Curve(label=label, role=role, x=mass, y=epsilon)


def _track_lengths(setting: Setting) -> tuple[TrackLength, TrackLength]:
    """Track lengths for incident positrons and for incident electrons."""
    positron, electron = (
        _charged(setting, charge).setup(setting.options).track_length(setting.options) for charge in ("e+", "e-")
    )
    return positron, electron


def _search(setting: Setting, mediator: Mediator, label: str, role: Role, background: float | None = None) -> Curve:
    """Limit of the collider experiment, on a grid that is dense in its resonance window and contains its best mass."""
    low, high = setting.window
    window = np.linspace(0.9 * low, 1.05 * high, len(_MASSES))
    mass = np.unique(np.concatenate([_MASSES, window, [setting.best(mediator).mass]]))
    epsilon = setting.curve(mass, mediator, background=background).epsilon
    return Curve(label=label, role=role, x=mass, y=epsilon)


def _beam(setting: Setting, mediator: Mediator, label: str, role: Role = "excluded") -> Curve:
    """Limit of the beam experiment."""
    epsilon = setting.curve(_MASSES, mediator, experiment=setting.na64).epsilon
    return Curve(label=label, role=role, x=_MASSES, y=epsilon)


def _known(curve: Constraint, label: str, role: Role) -> Curve:
    return Curve(label=label, role=role, x=_MASSES, y=curve.epsilon(_MASSES))


def _expected(setting: Setting) -> str:
    return f"$N_b = {setting.belle2.background:g}$"


def _rival(setting: Setting) -> str:
    return f"Belle II single photon, {setting.bhabha.luminosity:g} ab$^{{-1}}$"


def _dark_sector(symbol: str, mediator: DarkPhoton | Scalar) -> str:
    alpha_d, ratio = float(np.asarray(mediator.alpha_d)), float(np.asarray(mediator.mass_ratio))
    return rf"$\alpha_D = {alpha_d:g}$, $m_\chi = m_{{{symbol}}}/{ratio:g}$"


def _powers_of_ten(value: float) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"${mantissa} \times 10^{{{int(exponent)}}}$"
