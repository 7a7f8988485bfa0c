"""The column of choices: every control of the page, and what it changes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Final

from evanesce.constraints import constraint, constraint_names
from evanesce.dark_matter import DARK_MATTER
from evanesce.experiments import experiment, experiment_names
from evanesce.mediators import MEDIATORS
from evanesce.physics import PRESETS
from evanesce.statistics import CRITERIA, criterion_names
from evanesce.validation import between
from evanesce.web.controls import Check, Choice, Number, Several, part
from evanesce.web.recipe import Recipe, cut_of, exposure_of
from evanesce.web.state import EXPOSURES, State
from evanesce.web.words import CRITERIA_TITLES

__all__ = ["Choices"]

_VIEWS: Final = {
    "ε against the mediator's mass": "mass-epsilon",
    "y against the mediator's mass": "mass-y",
    "y against the mass of dark matter": "dark-mass-y",
    "ε against α_D at one mass": "coupling-epsilon",
}
_MEDIATORS: Final = {"dark-photon": "dark photon", "axial-vector": "axial vector"}
_KINDS: Final = {
    "dirac": "Dirac fermion",
    "majorana": "Majorana fermion",
    "complex-scalar": "complex scalar",
    "pseudo-dirac": "pseudo-Dirac fermion",
}
_PRESETS: Final = {
    "published": "as published (arXiv:2212.04252)",
    "converged": "as published, converged",
    "reference": "reference, our best",
}


class Choices:
    """All controls; ``choose`` is called with the changed choices, ``failed`` with a message."""

    def __init__(self, choose: Callable[..., None], failed: Callable[[str], None]) -> None:
        def to(name: str) -> Callable[[Any], None]:
            return lambda value: choose(**{name: value})

        def number(name: str, label: str, ends: tuple[float, float], **options: Any) -> Number:
            return Number(label, to(name), failed, ends=ends, **options)

        self._choose = choose
        self._state = State()
        titles = {experiment(name).title: name for name in experiment_names()}
        self._titles = titles
        self.experiment = Choice("Experiment", titles, self._first)
        self.others = Several("Combined with", titles, self._combined, add="add an experiment", most=3)
        self.exposure = Number("Luminosity", self._exposed, failed, ends=(1e-2, 1e2), optional=True)
        self.cut = number("cut", "Missing energy, smallest fraction", (0.3, 0.99), log=False, optional=True)
        self.mediator = Choice("Mediator", {_MEDIATORS.get(n, n): n for n in MEDIATORS.names()}, to("mediator"))
        self.kind = Choice("Decays to", {_KINDS.get(n, n): n for n in DARK_MATTER.names()}, to("dark_matter"))
        self.coupling = number("alpha_d", "Dark coupling α_D", (1e-6, 1.0))
        self.ratio = number("mass_ratio", "Mass ratio mediator / dark matter", (2.05, 10.0))
        criteria = {"as on the card": ""} | {CRITERIA_TITLES.get(n, n): n for n in criterion_names()}
        self.criterion = Choice("Criterion", criteria, to("criterion"))
        self.background = number("background", "Background events", (1e-2, 1e5), optional=True)
        self.error = number("background_error", "Error of the background", (1e-2, 1e4), optional=True)
        self.observed = Number(
            "Observed events", self._counted, failed, ends=(0.0, 200.0), log=False, whole=True, optional=True
        )
        self.toys = Check("Pseudo-experiments for small counts (slow)", to("toys"))
        presets = {_PRESETS.get(n, n): n for n in PRESETS}
        self.physics = Choice("Calculation", presets, to("physics"))
        self.compare = Choice("Compared with", {"nothing": ""} | presets, to("compare"))
        self.theory = Check("Uncertainty of the calculation (slow)", to("theory"))
        self.axes = Choice("Axes", _VIEWS, to("view"))
        self.lightest = number("lightest", "Smallest mass [GeV]", (1.1e-3, 10.0))
        self.heaviest = number("heaviest", "Largest mass [GeV]", (1.1e-3, 10.0))
        curves = {constraint(name).title: name for name in constraint_names()}
        self.published = Several(
            "Published limits", curves, lambda names: choose(constraints=tuple(names)), add="add a limit", most=15
        )
        self.thermal = Check("Thermal target", to("thermal"))
        scheme = {"as the browser asks": "", "light": "light", "dark": "dark"}
        self.scheme = Choice("Colours", scheme, to("scheme"))
        self.view = self._column()

    def _column(self) -> Any:
        groups = {
            "Search": (self.experiment, self.others, self.exposure, self.cut),
            "Dark sector": (self.mediator, self.kind, self.coupling, self.ratio),
            "Counting": (self.criterion, self.background, self.error, self.observed, self.toys),
            "Physics": (self.physics, self.compare, self.theory),
            "Figure": (self.axes, self.lightest, self.heaviest, self.published, self.thermal, self.scheme),
        }
        parts: list[Any] = []
        for title, controls in groups.items():
            parts.append(part(f"<h2>{title}</h2>", margin=(10 if parts else 0, 0, 0, 0)))
            parts += [view for control in controls for view in control.views]
        return importlib.import_module("panel").Column(*parts, sizing_mode="stretch_width", margin=0)

    def show(self, state: State) -> None:
        """Show a state."""
        self._state = state
        recipe = Recipe(state)
        card, single = experiment(state.experiments[0]), len(state.experiments) == 1
        self.experiment.show(state.experiments[0])
        rest = {title: name for title, name in self._titles.items() if name != state.experiments[0]}
        self.others.show(state.experiments[1:], rest)
        self._show_exposure(state, single)
        cut = cut_of(card)
        self.cut.show(state.cut, stands_for=cut, hint=f"{cut:g}, as on the card" if cut and single else "not here",
                      disabled=cut is None or not single)  # fmt: skip
        self.mediator.show(state.mediator)
        self.kind.show(state.dark_matter, disabled=state.mediator != "dark-photon")
        self.coupling.show(state.alpha_d, disabled=recipe.against_coupling)
        self.ratio.show(state.mass_ratio)
        self._show_counting(state, recipe)
        self.physics.show(state.physics)
        self.compare.show(state.compare)
        self.theory.show(state.theory)
        self.axes.show(state.view)
        self.lightest.show(state.lightest, disabled=recipe.against_coupling)
        self.heaviest.show(state.heaviest, disabled=recipe.against_coupling)
        self.published.show(state.constraints)
        self.thermal.show(state.thermal, disabled=state.mediator != "dark-photon")
        self.scheme.show(state.scheme)

    def _show_exposure(self, state: State, single: bool) -> None:
        found = exposure_of(experiment(state.experiments[0]))
        if found is None or not single:
            self.exposure.show(None, label="Luminosity", hint="that of each card", disabled=True)
            return
        value = None if state.exposure == 1.0 else float(f"{found.amount * state.exposure:.12g}")
        unit = f" [{found.unit}]" if found.what == "Luminosity" else ""
        self.exposure.show(
            value,
            stands_for=found.amount,
            label=f"{found.what}{unit}",
            hint=f"{found.amount:g}, as on the card",
            ends=(0.01 * found.amount, 100.0 * found.amount),
        )

    def _show_counting(self, state: State, recipe: Recipe) -> None:
        one = len(recipe.experiments) == 1 and len(recipe.experiments[0].channels) == 1
        expected = recipe.experiments[0].background if one else 0.0
        rule = CRITERIA.get(recipe.rule)
        systematic = bool(getattr(rule, "uses_systematics", False))
        self.criterion.show(state.criterion)
        hint = f"{expected:.4g}, as on the card" if one else "those of each card"
        self.background.show(state.background, stands_for=max(expected, 1e-2), hint=hint, disabled=not one)
        known = state.background is not None
        why = "give the background, too" if not known else "none" if systematic else "not used by this criterion"
        self.error.show(state.background_error, stands_for=1e-2, hint=why, disabled=not (one and known and systematic))
        counts = None if state.observed is None else state.observed[0]
        around = state.background if state.background is not None else expected
        top = max(20.0, 3.0 * around, 0.0 if counts is None else 1.5 * counts)
        self.observed.show(
            counts,
            stands_for=min(around, top),
            hint="no data: expected limit",
            disabled=not one,
            ends=(0.0, float(round(top))),
        )
        self.toys.show(state.toys, disabled="toys" not in getattr(rule, "__dataclass_fields__", ()))

    def _first(self, name: str) -> None:
        others = tuple(one for one in self._state.experiments[1:] if one != name)
        self._choose(experiments=(name, *others))

    def _combined(self, names: list[str]) -> None:
        self._choose(experiments=(self._state.experiments[0], *names))

    def _exposed(self, value: float | None) -> None:
        found = exposure_of(experiment(self._state.experiments[0]))
        if found is None:
            return
        if value is not None:
            smallest, largest = (share * found.amount for share in EXPOSURES)
            between(found.what.lower(), value, smallest, largest, found.unit)
        self._choose(exposure=1.0 if value is None else value / found.amount)

    def _counted(self, value: float | None) -> None:
        self._choose(observed=None if value is None else (value,))
