"""From the choices of a page to the numbers that it shows.

:class:`Model` keeps what may be used again: the prepared processes and rates of its engine, and the thermal lines. All
pages of a server share one.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from evanesce.constraints import constraint
from evanesce.engine import Engine
from evanesce.errors import EvanesceWarning, InvalidValueError
from evanesce.limits import LimitCurve, limit_curve
from evanesce.mediators import DarkPhoton, Mediator
from evanesce.memo import Memo
from evanesce.targets import relic_line, thermal_range
from evanesce.validation import FloatArray
from evanesce.web.recipe import COUPLINGS, Recipe
from evanesce.web.state import State

__all__ = ["Answer", "BackgroundRow", "Line", "Model", "Published", "with_axes"]

_PREPARED: Final[int] = 192
"""Prepared processes of the engine; one takes up to some MB, and a page needs about four."""
_RATES: Final[int] = 512
_ANSWERS: Final[int] = 16
"""Answers kept, of some 100 kB: for those who open the same page, and for the files of a page."""
_THERMAL_POINTS: Final[int] = 40
_THERMAL_COUPLINGS: Final[int] = 9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A line of the main figure; NaN where there is none."""

    x: FloatArray
    y: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Published:
    """A published curve on the axes of the figure."""

    name: str
    title: str
    reference: str
    projection: bool
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundRow:
    """One component of the expected background."""

    name: str
    expected: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """The numbers of a page, all but the thermal line."""

    state: State
    curve: LimitCurve
    compared: LimitCurve | None
    """The limit with the other preset."""
    point: LimitCurve
    """The limit at the mass and the α_D that are read off, which need not be a point of the curve."""
    point_compared: LimitCurve | None
    background: tuple[BackgroundRow, ...]
    """Components as the cards describe them; empty where they give one number only."""
    background_note: str
    """Why there are no components, if they do not describe this cut."""
    constraints: tuple[Published, ...]
    remarks: tuple[str, ...]
    """What else is to be known: why a published curve is not shown, and which criterion was taken."""

    @property
    def x(self) -> FloatArray:
        """Values along the horizontal axis."""
        return with_axes(self.state, self.curve.points(), np.ravel(self.curve.epsilon)).x

    def line(self, epsilon: FloatArray) -> FloatArray:
        """Values along the vertical axis for couplings ε of the curve; NaN without a limit."""
        return with_axes(self.state, self.curve.points(), np.ravel(epsilon)).y

    @property
    def best(self) -> int | None:
        """Index of the strongest limit; None if there is none."""
        epsilon = np.ravel(self.curve.epsilon)
        return int(np.argmin(epsilon)) if np.isfinite(epsilon).any() else None


class Model:
    """Computes what pages show; may be shared by threads."""

    THERMAL: ClassVar = (
        "thermal",
        "mediator",
        "dark_matter",
        "mass_ratio",
        "view",
        "alpha_d",
        "lightest",
        "heaviest",
        "mass",
    )
    """Choices that the thermal line depends on."""
    _SLOW: ClassVar = ("experiments", "mediator", "cut", "physics", "compare", "theory", "toys")
    """Choices of which a new combination takes more than a moment."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = Engine(prepared=_PREPARED, rates=_RATES) if engine is None else engine
        self._thermal: Memo[Line] = Memo(64)
        self._answers: Memo[Answer] = Memo(_ANSWERS)
        self._prepared: Memo[bool] = Memo(_PREPARED // 4)

    def is_prepared(self, state: State) -> bool:
        """Whether a state is likely to be computed in a moment, because one like it was."""
        return not state.toys and self._slow_part(state) in self._prepared

    def _slow_part(self, state: State) -> tuple[Any, ...]:
        return tuple(getattr(state, name) for name in self._SLOW)

    def knows(self, state: State) -> bool:
        """Whether everything that a page with this state shows is kept."""
        return state in self._answers and (not _has_thermal(state) or _thermal_key(state) in self._thermal)

    def answer(self, state: State) -> Answer:
        """The limits of a state, and what is shown next to them.

        Raises
        ------
        EvanesceError
            One line that says which choice is not possible.

        """
        return self._answers.get(state, lambda: self._computed(state))

    def _computed(self, state: State) -> Answer:
        recipe = Recipe(state)
        curve, point = self._curve_and_point(recipe, state.physics)
        compared = self._curve_and_point(recipe, recipe.compared) if recipe.compared else (None, None)
        shown, left_out = _published(state)
        background, background_note = _background(recipe)
        self._prepared.get(self._slow_part(state), lambda: True)
        return Answer(
            state=state,
            curve=curve,
            compared=compared[0],
            point=point,
            point_compared=compared[1],
            background=background,
            background_note=background_note,
            constraints=shown,
            remarks=(*_remarks(recipe), *left_out),
        )

    def thermal(self, state: State) -> Line | None:
        """The line where dark matter has its observed density; None for a mediator without one.

        It takes about a second if it is not kept.
        """
        if not _has_thermal(state):
            return None
        return self._thermal.get(_thermal_key(state), lambda: _thermal(state))

    def _curve_and_point(self, recipe: Recipe, physics: str) -> tuple[LimitCurve, LimitCurve]:
        def limit(mediator: Mediator, mass: FloatArray) -> LimitCurve:
            return limit_curve(recipe.experiments, mediator, mass, engine=self.engine, **recipe.arguments(physics))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EvanesceWarning)  # they are in the notes
            return limit(recipe.mediator, recipe.mass), limit(recipe.one_mediator, np.array([recipe.state.mass]))


def with_axes(state: State, points: dict[str, FloatArray], epsilon: FloatArray) -> Line:
    """Take couplings at the parameters of points, shape (points,) each, to the axes of the figure."""
    finite = np.where(np.isfinite(epsilon), epsilon, np.nan)
    mass, ratio, coupling = points["mass"], points["mass_ratio"], points["alpha_d"]
    y = np.square(finite) * coupling * ratio**-4.0
    shown = {
        "mass-epsilon": (mass, finite),
        "mass-y": (mass, y),
        "dark-mass-y": (mass / ratio, y),
        "coupling-epsilon": (coupling, finite),
    }
    return Line(x=shown[state.view][0], y=shown[state.view][1])


def _at(state: State, mass: FloatArray) -> dict[str, FloatArray]:
    """Parameters of a curve against the mass."""
    return {
        "mass": mass,
        "mass_ratio": np.full(mass.shape, state.mass_ratio),
        "alpha_d": np.full(mass.shape, state.alpha_d),
    }


def _remarks(recipe: Recipe) -> list[str]:
    own, found = recipe.experiments[0].criterion, []
    if recipe.state.compare == recipe.state.physics:
        found.append(f"physics '{recipe.state.compare}' is compared with itself: choose another to see a ratio")
    if recipe.state.criterion or recipe.rule == own:
        return found
    return [
        *found,
        f"there are {recipe.bins} counts to combine: CLs is used, as '{own}' of the card is for one count",
    ]


def _background(recipe: Recipe) -> tuple[tuple[BackgroundRow, ...], str]:
    """Components of all cards, and why there are none."""
    rows = []
    for card in recipe.experiments:
        try:
            components = card.background_budget().components
        except InvalidValueError as error:  # a component that was simulated for another cut
            return (), str(error)
        if not components and len(recipe.experiments) > 1:
            rows.append(BackgroundRow(name=f"{card.name}: one number", expected=card.background, error=0.0))
        for component in components:
            name = component.name if len(recipe.experiments) == 1 else f"{card.name}: {component.name}"
            rows.append(BackgroundRow(name=name, expected=component.expected, error=component.error))
    return tuple(rows), ""


def _published(state: State) -> tuple[tuple[Published, ...], tuple[str, ...]]:
    """The published curves that hold for the parameters of a state, and why others do not."""
    shown, left_out = [], []
    wanted = () if state.view == "coupling-epsilon" else state.constraints
    if state.view == "coupling-epsilon" and state.constraints:
        left_out.append("published limits are drawn against the mass only")
    for name in wanted:
        curve = constraint(name)
        if curve.mediator != state.mediator:
            left_out.append(f"{curve.title}: holds for a {curve.mediator}")
            continue
        try:
            here = curve.at(alpha_d=state.alpha_d, mass_ratio=state.mass_ratio, dark_matter=_kind(state))
        except InvalidValueError as error:
            left_out.append(f"{curve.title}: {str(error).removeprefix(f'constraint {name}: ')}")
            continue
        mass = np.array(here.masses)
        inside = (mass >= state.lightest) & (mass <= state.heaviest)
        grid = np.unique(np.concatenate([mass[inside], np.geomspace(state.lightest, state.heaviest, 200)]))
        line = with_axes(state, _at(state, grid), here.epsilon(grid))
        if np.isfinite(line.y).any():
            projection = curve.kind == "projection"
            shown.append(
                Published(name=name, title=curve.title, reference=curve.reference, projection=projection, line=line)
            )
        else:
            left_out.append(f"{curve.title}: ends outside the masses shown")
    return tuple(shown), tuple(left_out)


def _kind(state: State) -> str:
    """The kind of dark matter as published curves call it."""
    return {"complex-scalar": "scalar"}.get(state.dark_matter, state.dark_matter)


def _has_thermal(state: State) -> bool:
    return state.thermal and state.mediator == "dark-photon"


def _thermal_key(state: State) -> tuple[Any, ...]:
    axis = (state.mass,) if state.view == "coupling-epsilon" else (state.alpha_d, state.lightest, state.heaviest)
    return (state.dark_matter, state.mass_ratio, state.view, *axis)


def _thermal(state: State) -> Line:
    def at(alpha_d: float, mass: FloatArray) -> FloatArray:
        photon = DarkPhoton(alpha_d=alpha_d, mass_ratio=state.mass_ratio, dark_matter=state.dark_matter)
        low, high = thermal_range(photon)
        inside = (mass >= low) & (mass <= high)
        found = np.full(mass.shape, np.nan)
        if inside.any():
            found[inside] = relic_line(photon, mass[inside]).epsilon
        return found

    if state.view == "coupling-epsilon":
        mass, couplings = np.array([state.mass]), np.geomspace(*COUPLINGS, _THERMAL_COUPLINGS)
        return Line(x=couplings, y=np.concatenate([at(float(alpha), mass) for alpha in couplings]))
    mass = np.geomspace(state.lightest, state.heaviest, _THERMAL_POINTS)
    return with_axes(state, _at(state, mass), at(state.alpha_d, mass))
