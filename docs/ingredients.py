"""The tables of docs/ingredients.md: what each ingredient of the physics does to the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce import DarkPhoton, experiment, limit_curve, resolve_physics

REFINEMENTS: Final = (
    ("track_length", "cascade"),
    ("electrons", "bound"),
    ("isr", "on"),
    ("width", "running"),
    ("compton", "on"),
    ("vector_mesons", "on"),
    ("bremsstrahlung", "exact"),
    ("form_factor", "elastic+inelastic"),
    ("bremsstrahlung_thickness", 1e6),
)
"""What `reference` has and `converged` has not."""
ELSEWHERE: Final = (
    ("binding", "on-shell"),
    ("binding", "on-shell-orbitals"),
    ("binding", "none"),
    ("off_shell_mesons", "on"),
    ("resolution", "detector"),
)
"""Other values of options, for `reference`."""
TITLE: Final = """# What each ingredient does to the limit

Dark photon; made by `make tables`. Masses in MeV. For each experiment first the
limits by preset, then the change of ε in per cent when one refinement is added to `converged`, then when one is taken
back from `reference`. Refinements do not add up: what `reference` loses without one differs from what `converged`
gains with it. +0 is a change below 0.005 %.
"""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A search and the masses in GeV at which the ingredients are listed."""

    title: str
    card: str
    masses: tuple[float, ...]
    alpha_d: float
    mass_ratio: float = 3.0
    presets: tuple[str, ...] = ("published", "converged", "reference")

    def epsilon(self, physics: str, **overrides: str | float) -> np.ndarray:
        """Limit on ε at the masses."""
        mediator = DarkPhoton(alpha_d=self.alpha_d, mass_ratio=self.mass_ratio)
        found = limit_curve(
            experiment(self.card), mediator, np.array(self.masses), physics=physics, overrides=overrides
        )
        return found.epsilon


SETTINGS: Final = (
    Setting(
        title="Belle II, α_D = 0.001, m = 3 m_χ",
        card="belle2",
        masses=(0.03, 0.05, 0.06, 0.0667, 0.07, 0.08, 0.085, 0.1, 0.3),
        alpha_d=1e-3,
    ),
    Setting(
        title="Belle II next to the threshold, α_D = 0.1, m = 2.001 m_χ",
        card="belle2",
        masses=(0.05, 0.06, 0.0667, 0.07, 0.08, 0.1),
        alpha_d=0.1,
        mass_ratio=2.001,
    ),
    Setting(
        title="NA64, 2.84e11 electrons, α_D = 0.1, m = 3 m_χ",
        card="na64-2019",
        masses=(0.005, 0.05, 0.15, 0.2, 0.23, 0.25, 0.3, 0.5, 0.7, 0.9),
        alpha_d=0.1,
        presets=("converged", "reference"),
    ),
)


def make() -> str:
    """Compute the tables as Markdown."""
    return "\n".join([TITLE, *(f"## {setting.title}\n\n{table(setting)}" for setting in SETTINGS)])


def table(setting: Setting) -> str:
    """One row for each preset, and for each change of an option."""
    rows = [["", *(f"{1e3 * mass:g}" for mass in setting.masses)], ["---", *["---:"] * len(setting.masses)]]
    limits = {name: setting.epsilon(name) for name in setting.presets}
    rows += [[f"ε, `{name}`", *(f"{value:.3g}" for value in values)] for name, values in limits.items()]
    for preset, name, value in changes():
        ratio = setting.epsilon(preset, **{name: value}) / limits[preset]
        rows.append([f"`{preset}` with {name}={_plain(value)}, %", *_percent(ratio)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def changes() -> Sequence[tuple[str, str, str | float]]:
    """Preset, option and value of each row."""
    simple = resolve_physics("converged")
    added = [("converged", name, value) for name, value in REFINEMENTS]
    taken = [("reference", name, simple[name]) for name, _ in REFINEMENTS]
    return [*added, *taken, *(("reference", name, value) for name, value in ELSEWHERE)]


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _percent(ratio: np.ndarray) -> list[str]:
    return [_change(100 * (value - 1)) for value in ratio]


def _change(percent: float) -> str:
    if not np.isfinite(percent):
        return "–"
    if abs(percent) < 0.005:
        return "+0"
    return f"{percent:+.2g}" if abs(percent) < 10 else f"{percent:+.0f}"
