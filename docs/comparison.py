"""The page docs/comparison.md: limits from first principles against published ones, and what each assumption does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import single_photon

import evanesce as ev
from evanesce.constants import AVOGADRO, ELECTRON_MASS, PB_CM2
from evanesce.constraints import Constraint, constraint, constraint_from_csv
from evanesce.engine import Engine
from evanesce.experiments import experiment
from evanesce.figures import Curve, Limits, draw_limits, draw_ratios, render
from evanesce.materials import material
from evanesce.processes.photons import photon_tracks
from evanesce.production.form_factors import elastic_form_factor, nuclear_scale
from evanesce.production.meson_yield import decays_on_shell, decays_with_line_shape, meson_collisions, meson_numbers

HERE: Final = Path(__file__).parent
PUBLISHED: Final = HERE / "published"
BEAM: Final = 100.0
"""Energy of NA64's beam in GeV."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A search of ours and the published limit on the same."""

    name: str
    card: str
    published: Constraint
    masses: tuple[float, ...]
    alpha_d: float = 0.1
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the card that differ from the card's own."""
    physics: Mapping[str, str | float] = field(default_factory=dict)
    """Physics options that differ from ``reference``."""
    bremsstrahlung_alone: bool = False
    """Whether the published limit leaves out annihilation."""

    def epsilon(
        self,
        masses: Sequence[float] | np.ndarray | None = None,
        *,
        changes: Mapping[str, Any] | None = None,
        overrides: Mapping[str, str | float] | None = None,
    ) -> np.ndarray:
        """Limit on ε at masses in GeV, with more fields of the card and physics options changed."""
        curve = self.curve(masses, changes=changes, overrides=overrides)
        if not self.bremsstrahlung_alone:
            return curve.epsilon
        return np.sqrt(curve.signal_limit / curve.yields["bremsstrahlung"])

    def curve(
        self,
        masses: Sequence[float] | np.ndarray | None = None,
        *,
        changes: Mapping[str, Any] | None = None,
        overrides: Mapping[str, str | float] | None = None,
    ) -> ev.LimitCurve:
        """Limits and yields by process."""
        card = experiment(self.card, {**self.changes, **(changes or {})})
        at = np.array(self.masses if masses is None else masses)
        options = {**self.physics, **(overrides or {})}
        return ev.limit_curve(card, ev.DarkPhoton(alpha_d=self.alpha_d), at, overrides=options)

    def ratio(self, masses: Sequence[float] | np.ndarray | None = None, **options: Any) -> np.ndarray:
        """Limit on ε over the published one, NaN where none is published."""
        at = np.array(self.masses if masses is None else masses)
        known = self.published.epsilon(at)
        return self.epsilon(at, **options) / np.where(np.isfinite(known), known, np.nan)


LOW: Final = (0.0015, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2)
DIP: Final = (0.2, 0.21, 0.22, 0.23, 0.24, 0.25, 0.26, 0.27, 0.28, 0.3, 0.32)
HIGH: Final = (0.35, 0.5, 0.6, 0.7, 0.9)
NA64: Final = Case(
    name="NA64 2.84e11, with annihilation (2021)",
    card="na64-2019",
    published=constraint("na64-2021"),
    masses=tuple(sorted({*LOW, *DIP, *HIGH})),
)
NA64_2019: Final = Case(
    name="NA64 2.84e11, bremsstrahlung (2019)",
    card="na64-2019",
    published=constraint("na64-2019"),
    masses=(0.0015, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.9),
    bremsstrahlung_alone=True,
)
EARLIER: Final = tuple(
    Case(
        name=name,
        card="na64-2019",
        changes={"source.particles": particles},
        physics=physics,
        published=constraint_from_csv(PUBLISHED / f"{table}.csv", name=table, reference=f"NA64 Collaboration, {paper}"),
        masses=(0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.38),
        bremsstrahlung_alone=True,
    )
    for name, table, paper, particles, physics in (
        ("2.75e9 (2016), both approximate", "na64-2016", "arXiv:1610.02988", 2.75e9, {"bremsstrahlung": "iww"}),
        ("4.3e10 (2018), both exact", "na64-2018", "arXiv:1710.00971", 4.3e10, {}),
    )
)
"""Limits of NA64 before 2019."""
B_L: Final = Case(
    name="NA64 3.22e11, bremsstrahlung, B−L (2022)",
    card="na64-2019",
    changes={"source.particles": 3.22e11},
    published=constraint_from_csv(
        PUBLISHED / "na64-b-l-2022.csv", name="na64-b-l-2022", reference="NA64 Collaboration, arXiv:2207.09979"
    ),
    masses=(0.0015, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.6),
    bremsstrahlung_alone=True,
)
THIN: Final = (0.0011, 0.005, 0.01, 0.02, 0.04, 0.1, 0.2, 0.4, 0.7, 0.99)
SIMULATED: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5)
"""Masses of the published points, which are too far apart to interpolate."""
LDMX: Final = tuple(
    Case(
        name=name,
        card=card,
        alpha_d=0.5,
        changes=changes,
        published=constraint(published),
        masses=masses,
        bremsstrahlung_alone=True,
    )
    for name, card, changes, published, masses in (
        ("4 GeV, 4e14, tungsten", "ldmx-4gev", {}, "ldmx-phase1", THIN),
        ("8 GeV, 1e16, published for aluminium, card for tungsten", "ldmx-8gev", {}, "ldmx-phase2", THIN),
        ("the same with 0.1 X0 of aluminium", "ldmx-8gev", {"target.material": "Al"}, "ldmx-phase2", THIN),
        ("8 GeV, 1e13 on the calorimeter", "ldmx-ecal-target", {}, "ldmx-ecal-target", SIMULATED),
    )
)
MESON_MASSES: Final = (0.03, 0.2, 0.4, 0.5, 0.6, 0.65, 0.7, 0.77, 0.83, 0.9, 0.95, 1.02, 1.05, 1.13, 1.21, 1.4)
LEAD: Final = {"target.material": "Pb"}
REST: Final[dict[str, str | float]] = {"electrons": "free", "isr": "off"}
"""Electrons at rest that do not radiate."""
FEWER: Final[dict[str, str | float]] = {"vector_mesons": "off", "compton": "off"}
"""Bremsstrahlung and annihilation alone, the processes of the published limit."""
GENERATOR: Final[dict[str, str | float]] = {**REST, "width": "fixed"}
"""Annihilation as in the public code of DMG4: electrons at rest that do not radiate, a fixed width."""
COARSE: Final = {"resolution.calorimeter": [{"energy": 1.0, "resolution": 0.05}]}
"""A calorimeter of 5 % at every energy."""
THREE: Final = {"resolution.calorimeter": [{"energy": 1.0, "resolution": 0.03}]}
EIGHT: Final = {"resolution.calorimeter": [{"energy": 1.0, "resolution": 0.08}]}
STEPS: Final[tuple[tuple[str, dict[str, Any], dict[str, str | float]], ...]] = (
    ("lead in place of lead and scintillator", LEAD, {}),
    ("cut smeared by the calorimeter", {}, {"resolution": "detector"}),
    ("no radiation at the vertex", {}, {"isr": "off"}),
    ("electrons at rest", {}, {"electrons": "free"}),
    ("both", {}, REST),
    ("field of the atom left out of the collision", {}, {"binding": "none"}),
    ("width at the mass of the mediator", {}, {"width": "fixed"}),
    ("no Compton-like production", {}, {"compton": "off"}),
    ("no vector mesons", {}, {"vector_mesons": "off"}),
    ("no inelastic form factor", {}, {"form_factor": "elastic"}),
    ("Weizsäcker-Williams", {}, {"bremsstrahlung": "ww"}),
    ("bremsstrahlung of the first X0 alone", {}, {"bremsstrahlung_thickness": 1.0}),
    ("half of the calorimeter's depth", {"target.thickness": 20.0}, {}),
    ("Tsai and Whitis' shower", {}, {"track_length": "tsai-whitis"}),
    ("the same, e⁺ and e⁻ counted", {}, {"track_length": "tsai-whitis", "pair_charges": "both"}),
    ("missing energy above 48 GeV", {"selection.missing_fraction": 0.48}, {}),
    ("missing energy above 52 GeV", {"selection.missing_fraction": 0.52}, {}),
)
"""What is changed, fields of the card, physics options."""


ATOMS: Final = 3.0e-15 / (AVOGADRO * 11.35 / 207.0 * PB_CM2 * 0.1)
"""Atoms of lead per mm and pb in DMG4 before version 2.1, over N_A ρ/A."""


def simulated_rates() -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Masses in GeV, and our rate of mediators on LDMX's thin target over the simulated one, by beam energy in GeV."""
    found = {}
    for energy in (4, 8):
        masses, rates = _table(f"ldmx-rate-{energy}gev.csv").T
        fields = {"source.energy": float(energy), "source.particles": 1.0, "efficiency": 1.0}
        card = experiment("ldmx-8gev", {**fields, "selection.missing_fraction": 0.5})
        ours = ev.limit_curve(card, ev.DarkPhoton(), masses).yields["bremsstrahlung"]
        found[energy] = masses, ours / (rates / 0.01**2)
    return found


def simulated_rates_in_calorimeter() -> tuple[np.ndarray, np.ndarray]:
    """Masses in GeV, and our rate of mediators in LDMX's calorimeter over the simulated one, for a beam of 8 GeV."""
    masses, rates = _table("ldmx-rate-calorimeter-8gev.csv").T
    fields = {"source.particles": 1.0, "efficiency": 1.0}
    card = experiment("ldmx-ecal-target", {**fields, "selection.missing_fraction": 0.5})
    ours = ev.limit_curve(card, ev.DarkPhoton(), masses, background=0).yields["bremsstrahlung"]
    return masses, ours / (rates / 0.01**2)


def simulated_events() -> np.ndarray:
    """Simulated events with less than 1.6 GeV in LDMX's calorimeter at the published limit for 1e13 electrons."""
    masses, rates = _table("ldmx-rate-calorimeter-8gev.csv").T
    _, first, second, _ = _table("ldmx-efficiency-8gev.csv").T
    return 1e13 * rates * (first + second) * np.square(LDMX[-1].published.epsilon(masses) / 0.01)


def simulated_efficiency() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Masses in GeV, and the simulated efficiency over our share of the spectrum: E < 1.6 GeV, and E < 2.76 GeV."""
    masses, first, second, third = _table("ldmx-efficiency-8gev.csv").T

    def produced(fraction: float) -> np.ndarray:
        card = experiment("ldmx-ecal-target", {"selection.missing_fraction": fraction})
        return ev.limit_curve(card, ev.DarkPhoton(), masses, background=0).yields["bremsstrahlung"]

    every = produced(0.5)
    return masses, (first + second) / (produced(0.8) / every), (first + second + third) / (produced(0.655) / every)


def unscreened(masses: Sequence[float] | np.ndarray, energy: float = 90.0) -> np.ndarray:
    """Factor on ε in lead if the electrons of the atom did not screen the nucleus, from the flux of Eq. (4.7).

    ``energy`` in GeV is that of a typical electron; at 60 GeV the factor at 1.5 MeV is 0.01 larger.
    """
    return 1.0 / np.sqrt(_flux_over_ours(masses, energy, screening=0.0, size=nuclear_scale(207)))


def integer_exponents(masses: Sequence[float] | np.ndarray, energy: float = 90.0) -> np.ndarray:
    """Factor on the flux in lead with a = 111/m_e and d = 0.164 GeV², the exponents 1/3 and 2/3 taken as integers."""
    return _flux_over_ours(masses, energy, screening=(ELECTRON_MASS / 111.0) ** 2, size=0.164)


def _flux_over_ours(
    masses: Sequence[float] | np.ndarray, energy: float, *, screening: float, size: float
) -> np.ndarray:
    factors = []
    for mass in masses:
        least, most = (mass**2 / (2.0 * energy)) ** 2, mass**2 + ELECTRON_MASS**2
        t = np.geomspace(least, most, 20_001)
        other = (82.0 * t / (screening + t) / (1.0 + t / size)) ** 2
        flux = [np.trapezoid((t - least) / t * g, np.log(t)) for g in (other, elastic_form_factor(82, 207, t))]
        factors.append(flux[0] / flux[1])
    return np.array(factors)


def mesons(card: str, *, efficiency: float, in_calorimeter: bool = False, line_shape: bool = False) -> np.ndarray:
    """Limits on ε from decays of vector mesons alone, over the published ones, at the masses of the table.

    ``in_calorimeter``: photons that leave a thin target of t X0, 2/t times their track length in it, make mesons in a
    calorimeter of tungsten, 9/7 X0 long for each.
    """
    masses, *published = _table("mesons-2021.csv").T
    search, options, photon = experiment(card), ev.resolve_physics("reference"), ev.DarkPhoton(alpha_d=0.5)
    setup = search.channel.setup(options)
    target = material("W") if in_calorimeter else setup.target.material
    found = meson_numbers(photon_tracks(setup, options, Engine()), target)
    if in_calorimeter:
        found = found * (9.0 / 7.0 * 2.0 / 0.1)
    if line_shape:
        decays = decays_with_line_shape(found, meson_collisions(found), photon, masses, width="running").value
    else:
        decays = decays_on_shell(found, photon, masses).value
    column = published[("na64-2019", "ldmx-4gev", "ldmx-8gev").index(card)]
    return np.sqrt(2.3 / (decays * search.channel.source.particles * efficiency)) / column


def _earlier() -> str:
    last = replace(NA64_2019, masses=EARLIER[0].masses, name="2.84e11 (2019), both exact")
    return _by_mass([*EARLIER, last])


def _unscreened() -> str:
    rows = [["MeV", *(f"{1e3 * mass:g}" for mass in NA64_2019.masses)]]
    ratio = NA64_2019.ratio() * unscreened(NA64_2019.masses)
    rows.append(["NA64 2.84e11, 2019, if atoms did not screen", *(f"{value:.2f}" for value in ratio)])
    flux = integer_exponents(NA64_2019.masses)
    rows.append(["flux with integer exponents over ours", *(f"{value:.2f}" for value in flux)])
    ratio = NA64_2019.ratio() / np.sqrt(flux * ATOMS)
    rows.append(["NA64 2.84e11, 2019, without that and all atoms counted", *(f"{value:.2f}" for value in ratio)])
    return _markdown(rows)


def _mesons() -> str:
    masses, *_ = _table("mesons-2021.csv").T
    chosen = [int(np.argmin(np.abs(masses - wanted))) for wanted in MESON_MASSES]
    rows = [["MeV", *(f"{1e3 * masses[i]:.0f}" for i in chosen)]]
    for name, ratio in (
        ("NA64, efficiency 0.5", mesons("na64-2019", efficiency=0.5)),
        ("NA64, the whole line shape", mesons("na64-2019", efficiency=0.5, line_shape=True)),
        ("LDMX, 4 GeV", mesons("ldmx-4gev", efficiency=1.0, in_calorimeter=True)),
        ("LDMX, 8 GeV", mesons("ldmx-8gev", efficiency=1.0, in_calorimeter=True)),
    ):
        rows.append([name, *(f"{ratio[i]:.2f}" for i in chosen)])
    return _markdown(rows)


def _table(name: str) -> np.ndarray:
    lines = (PUBLISHED / name).read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")][1:]
    return np.array([[float(cell) for cell in row.split(",")] for row in rows])


def figure() -> dict[str, bytes]:
    """Draw the limits of NA64, and the ratios to its three published curves."""
    masses = np.geomspace(0.0011, 0.89, 400)
    limits = Limits(
        curves=(
            Curve(label="published, 2021", role="excluded", x=masses, y=NA64.published.epsilon(masses)),
            Curve(label="computed", role="best", x=masses, y=NA64.epsilon(masses)),
            Curve(label="computed, 9.37e11", role="search", x=masses, y=other("na64-2022", masses)),
            Curve(label="computed, 1.01e10 positrons", role="second", x=masses, y=other("na64-positrons-2022", masses)),
        ),
        title=r"NA64, $\alpha_D = 0.1$, $m = 3\,m_\chi$",
    )
    points = np.array([mass for mass in NA64.published.masses if masses[0] < mass < masses[-1]])
    ratios = [
        Curve(label="with annihilation, 2021", role="best", x=points, y=NA64.ratio(points)),
        Curve(label="the same processes", role="second-best", x=points, y=NA64.ratio(points, overrides=FEWER)),
        Curve(label="bremsstrahlung, 2019", role="rival", x=masses, y=NA64_2019.ratio(masses)),
        Curve(label="bremsstrahlung, B−L 2022", role="exact", x=masses, y=B_L.ratio(masses)),
        Curve(label="LDMX, 4 GeV", role="part", x=masses, y=LDMX[0].ratio(masses)),
    ]
    return render(
        [
            lambda ax: draw_limits(ax, limits, x_range=(0.0011, 0.9), y_range=(3e-6, 3e-2), legend="upper left"),
            lambda ax: draw_ratios(ax, ratios, x_range=(0.0011, 0.9), title="NA64 and LDMX, efficiency 0.5"),
        ],
        width=14.0,
    )


def other(card: str, masses: np.ndarray) -> np.ndarray:
    """Limit on ε of another card of NA64 with the same dark matter."""
    return ev.limit_curve(experiment(card), ev.DarkPhoton(alpha_d=NA64.alpha_d), masses).epsilon


def make() -> str:
    """Return the page as Markdown."""
    text = (HERE / "comparison.text.md").read_text(encoding="utf-8")
    parts = {
        "{NA64}": _na64(),
        "{STEPS}": _steps(),
        "{ANNIHILATION}": _annihilation(),
        "{PRESHOWER}": _preshower(),
        "{BREMSSTRAHLUNG}": _by_mass([NA64_2019, B_L]) + "\n" + _unscreened(),
        "{EARLIER}": _earlier(),
        "{LDMX}": _by_mass(LDMX),
        "{RATES}": _rates(),
        "{MESONS}": _mesons(),
        "{COLLIDERS}": _colliders(),
        "{PHOTON}": _markdown(single_photon.rows()),
        "{OPTIONS}": ", ".join(f"`{name}={value}`" for name, value in _options().items()),
    }
    for mark, part in parts.items():
        text = text.replace(mark, part)
    return text


def _options() -> dict[str, Any]:
    """Options of ``reference`` that are words; a number is a cut or a seed."""
    options = ev.resolve_physics("reference").as_dict()
    return {name: value for name, value in options.items() if isinstance(value, str) and name != "preset"}


def _na64() -> str:
    curve, fewer = NA64.curve(), NA64.epsilon(overrides=FEWER)
    resonance = np.square(NA64.masses) / (2 * 0.51099895e-3)
    total = sum(curve.yields.values())
    annihilation = _annihilated(curve)
    first = ["MeV", "E₊ on resonance, GeV", "published ε", "computed ε", "ratio"]
    rows = [[*first, "the published processes alone", "annihilation, %"]]
    for i, mass in enumerate(NA64.masses):
        ours = curve.epsilon[i]
        share = 100 * annihilation[i] / total[i]
        energy = f"{resonance[i]:.3g}" if resonance[i] < BEAM else "–"
        known = NA64.published.epsilon(mass)
        ratios = (f"**{ours / known:.2f}**", f"{fewer[i] / known:.2f}")
        rows.append([f"{1e3 * mass:g}", energy, f"{known:.3g}", f"{ours:.3g}", *ratios, f"{share:.2g}"])
    return _markdown(rows)


def _steps() -> str:
    masses = (0.005, 0.05, 0.15, *DIP, 0.5, 0.7, 0.9)
    reference = NA64.epsilon(masses)
    rows = [["MeV", *(f"{1e3 * mass:g}" for mass in masses)]]
    rows.append(["ratio to the published limit", *(f"{value:.2f}" for value in NA64.ratio(masses))])
    for name, changes, overrides in STEPS:
        change = NA64.epsilon(masses, changes=changes, overrides=overrides) / reference
        rows.append([f"{name}, %", *(f"{100 * (value - 1):+.0f}" for value in change)])
    return _markdown(rows)


def annihilation_ratio(masses: Sequence[float], **options: Any) -> np.ndarray:
    """Events of annihilation at the same ε, computed over published; the published ones are a difference."""
    events = 2.3 / np.square(NA64.published.epsilon(masses)) - 2.3 / np.square(NA64_2019.published.epsilon(masses))
    return _annihilated(NA64.curve(masses, **options)) / events


def _annihilated(curve: ev.LimitCurve) -> np.ndarray:
    names = curve.yields.keys() & {"annihilation", "isr"}
    return np.sum([curve.yields[name] for name in names], axis=0)


def _annihilation() -> str:
    rows = [["MeV", *(f"{1e3 * mass:g}" for mass in DIP)]]
    for name, changes, overrides in (
        ("reference", {}, {}),
        ("reference, calorimeter of 5 %", COARSE, {"resolution": "detector"}),
        ("electrons at rest, no radiation, fixed width", {}, GENERATOR),
        ("the same, cut at 48 GeV", {"selection.missing_fraction": 0.48}, GENERATOR),
        ("the same, calorimeter of 3 %", THREE, {**GENERATOR, "resolution": "detector"}),
        ("the same, calorimeter of 5 %", COARSE, {**GENERATOR, "resolution": "detector"}),
        ("the same, calorimeter of 8 %", EIGHT, {**GENERATOR, "resolution": "detector"}),
    ):
        ratio = annihilation_ratio(DIP, changes=changes, overrides=overrides)
        rows.append([name, *(f"{value:.2f}" for value in ratio)])
    rows.append(["reference, atoms of the generator", *(f"{ATOMS * value:.2f}" for value in annihilation_ratio(DIP))])
    return _markdown(rows)


def _preshower() -> str:
    import preshower  # compiles

    thresholds = (0.3, 0.5, 0.7, 1.0)
    rows = [["energy of the positron, GeV", "mean deposit, GeV", *(f"above {t:g} GeV, %" for t in thresholds)]]
    for energy in (52, 56, 61, 66, 71, 77, 82, 88):
        seen = preshower.deposits(energy, events=100_000)
        shares = (f"{100 * np.mean(seen > threshold):.0f}" for threshold in thresholds)
        rows.append([f"{energy}", f"{seen.mean():.2f}", *shares])
    return _markdown(rows)


def _by_mass(cases: Sequence[Case]) -> str:
    """Return a table with a row for each case that has the same masses, else one table for each."""
    rows = []
    for case in cases:
        if not rows or rows[-1][0] != case.masses:
            rows.append((case.masses, [["MeV", *(f"{1e3 * mass:.4g}" for mass in case.masses)]]))
        rows[-1][1].append([case.name, *("–" if np.isnan(value) else f"{value:.2f}" for value in case.ratio())])
    return "\n".join(_markdown(table) for _, table in rows)


def _rates() -> str:
    found = simulated_rates()
    masses, below, whole = simulated_efficiency()
    rows = [["MeV", *(f"{1e3 * mass:g}" for mass in masses)]]
    for energy, (_, ratio) in found.items():
        rows.append([f"rate, {energy} GeV, computed over simulated", *(f"{value:.2f}" for value in ratio)])
    _, thick = simulated_rates_in_calorimeter()
    rows.append(["the same in the calorimeter, 8 GeV", *(f"{value:.2f}" for value in thick)])
    rows.append(["calorimeter over thin target", *(f"{value:.2f}" for value in thick / found[8][1])])
    events = simulated_events()
    rows.append(["simulated events at the published limit", *(f"{n:.2f}" if np.isfinite(n) else "–" for n in events)])
    rows.append(["efficiency below 1.6 GeV over our share", *(f"{value:.3f}" for value in below)])
    rows.append(["efficiency below 2.76 GeV over our share", *(f"{value:.3f}" for value in whole)])
    return _markdown(rows)


def _colliders() -> str:
    masses = np.linspace(0.03, 0.1, 141)
    rows = [["card", "tracks", "background", "best ε, α_D = 0.001", "at MeV"]]
    for name in ("belle2", "babar", "bes3", "stcf"):
        found = experiment(name)
        epsilon = ev.limit_curve(found, ev.DarkPhoton(alpha_d=1e-3), masses).epsilon
        best = int(np.argmin(epsilon))
        numbers = (f"{found.source.count:.3g}", f"{found.background:g}", f"{epsilon[best]:.3g}")
        rows.append([f"`{name}`", *numbers, f"{1e3 * masses[best]:.3g}"])
    return _markdown(rows)


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    first, *others = rows
    lines = [first, ["---", *["---:"] * (len(first) - 1)], *others]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
