"""The table of docs/ingredients.md: what each ingredient of the physics does to the limit."""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce import DarkPhoton, experiment, limit_curve, resolve_physics

MASSES: Final = np.array([0.03, 0.06, 0.0667, 0.07, 0.08, 0.085, 0.3])
STEPS: Final = (
    ("track_length", "cascade"),
    ("electrons", "bound"),
    ("bremsstrahlung", "exact"),
    ("form_factor", "elastic+inelastic"),
    ("bremsstrahlung_thickness", 1e6),
    ("resolution", "detector"),
)
TITLE: Final = """# What each ingredient does to the limit

Belle II, dark photon, α_D = 0.001; made by `make docs`. Masses in MeV. First the limits by preset, then the change of
ε in per cent when one option of `converged` is set, then when one refinement of `reference` is taken back.

"""


def make() -> str:
    """Compute the table as Markdown."""
    belle2, mediator = experiment("belle2"), DarkPhoton(alpha_d=1e-3)

    def epsilon(physics: str, **overrides: str | float) -> np.ndarray:
        return limit_curve(belle2, mediator, MASSES, physics=physics, overrides=overrides).epsilon

    rows = [["", *(f"{1e3 * mass:g}" for mass in MASSES)], ["---", *["---:"] * len(MASSES)]]
    limits = {name: epsilon(name) for name in ("published", "converged", "reference")}
    rows += [[f"ε, `{name}`", *(f"{value:.3g}" for value in values)] for name, values in limits.items()]
    start, end = resolve_physics("converged"), resolve_physics("reference")
    for name, value in STEPS:
        changed = epsilon("converged", **{name: value}) / limits["converged"]
        rows.append([f"`converged` with {name}={_plain(value)}, %", *_percent(changed)])
    for name, _ in STEPS:
        if getattr(end, name) != getattr(start, name):
            before = getattr(start, name)
            changed = epsilon("reference", **{name: before}) / limits["reference"]
            rows.append([f"`reference` with {name}={_plain(before)}, %", *_percent(changed)])
    changed = epsilon("reference", binding="on-shell") / limits["reference"]
    rows.append(["`reference` with binding=on-shell, %", *_percent(changed)])
    return TITLE + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _percent(ratio: np.ndarray) -> list[str]:
    return [f"{100 * (value - 1):+.2g}" if abs(value - 1) < 0.1 else f"{100 * (value - 1):+.0f}" for value in ratio]
