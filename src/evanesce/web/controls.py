"""Controls of the page: each changes one choice, and shows it when it has changed elsewhere."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from evanesce.errors import InvalidValueError
from evanesce.tables import parse_number
from evanesce.web.look import style_sheet

__all__ = ["Check", "Choice", "Number", "Several", "part"]

_STEPS: Final[int] = 400
_MARGIN: Final = (2, 0, 6, 0)


def _widgets() -> Any:
    return importlib.import_module("panel.widgets")


def part(text: str = "", **options: Any) -> Any:
    """Make a piece of text in HTML."""
    pane = importlib.import_module("panel.pane")
    given = {"margin": (0, 0, 6, 0), "sizing_mode": "stretch_width"} | options
    return pane.HTML(text, stylesheets=[style_sheet("part")], **given)


class _Control:
    """A control with a widget; ``changed`` is called with a choice of the reader, and not when :meth:`show` sets it."""

    def __init__(self) -> None:
        self.views: tuple[Any, ...]
        self._showing = False

    def _listens(self, widget: Any, changed: Callable[[Any], None]) -> None:
        def heard(event: Any) -> None:
            if not self._showing:
                changed(event.new)

        widget.param.watch(heard, "value")

    def _set(self, widget: Any, **values: Any) -> None:
        changed = {name: value for name, value in values.items() if getattr(widget, name) != value}
        if not changed:
            return
        self._showing = True
        try:
            widget.param.update(**changed)
        finally:
            self._showing = False


class Choice(_Control):
    """One of several."""

    def __init__(self, label: str, options: Mapping[str, Any], changed: Callable[[Any], None]) -> None:
        super().__init__()
        self._widget = _widgets().Select(
            name=label,
            options=dict(options),
            stylesheets=[style_sheet("widget")],
            sizing_mode="stretch_width",
            margin=_MARGIN,
        )
        self.views = (self._widget,)
        self._listens(self._widget, changed)

    def show(self, value: Any, *, disabled: bool = False) -> None:
        """Show a choice."""
        self._set(self._widget, value=value, disabled=disabled)


class Several(_Control):
    """Any number of several."""

    def __init__(
        self, label: str, options: Mapping[str, str], changed: Callable[[list[str]], None], *, add: str, most: int
    ) -> None:
        super().__init__()
        self._widget = _widgets().MultiChoice(
            name=label,
            options=dict(options),
            placeholder=add,
            max_items=most,
            solid=True,
            stylesheets=[style_sheet("widget")],
            sizing_mode="stretch_width",
            margin=_MARGIN,
        )
        self.views = (self._widget,)
        self._listens(self._widget, changed)

    def show(self, values: Sequence[str], options: Mapping[str, str] | None = None) -> None:
        """Show what is chosen, and what can be."""
        given = {} if options is None else {"options": dict(options)}
        self._set(self._widget, value=list(values), **given)


class Check(_Control):
    """Yes or no."""

    def __init__(self, label: str, changed: Callable[[bool], None]) -> None:
        super().__init__()
        self._widget = _widgets().Checkbox(name=label, stylesheets=[style_sheet("widget")], margin=(4, 0, 6, 0))
        self.views = (self._widget,)
        self._listens(self._widget, changed)

    def show(self, value: bool, *, disabled: bool = False) -> None:
        """Show whether it is checked."""
        self._set(self._widget, value=value, disabled=disabled)


class Number(_Control):
    """A number: typed with all its digits, or moved with a slider, on a logarithmic scale if wanted.

    An empty box stands for what the card says, where that is allowed. ``whole`` is for counts: the slider gives whole
    numbers only, while a typed number is taken as it is.
    """

    def __init__(
        self,
        label: str,
        changed: Callable[[float | None], None],
        failed: Callable[[str], None],
        *,
        ends: tuple[float, float],
        log: bool = True,
        whole: bool = False,
        optional: bool = False,
    ) -> None:
        super().__init__()
        self._label, self._changed, self._failed = label, changed, failed
        self._log, self._whole, self._optional = log, whole, optional
        widgets = _widgets()
        style = [style_sheet("widget")]
        self._text = widgets.TextInput(name=label, stylesheets=style, sizing_mode="stretch_width", margin=(2, 0, 0, 0))
        low, high = self._place(ends[0]), self._place(ends[1])
        self._slider = widgets.FloatSlider(
            # name and place are not shown: names.js tells them to screen readers, and the kind of scale makes the place
            # a number; all digits, as the handle itself stands at the next step
            name=label,
            format="0.[000000000000]",
            css_classes=["log"] if log else ["whole"] if whole else [],
            start=low,
            end=high,
            step=(high - low) / _STEPS,
            tooltips=False,
            stylesheets=style,
            sizing_mode="stretch_width",
            margin=(0, 0, 6, 0),
        )
        self._listens(self._text, self._typed)
        self._listens(self._slider, self._moved)
        self.views = (self._text, self._slider)

    def show(
        self,
        value: float | None,
        *,
        stands_for: float | None = None,
        label: str | None = None,
        hint: str = "",
        disabled: bool = False,
        ends: tuple[float, float] | None = None,
    ) -> None:
        """Show a number; ``stands_for`` is where the slider rests while there is none."""
        text = "" if value is None else _digits(value)
        named = {} if label is None else {"name": label}
        self._set(self._text, value=text, placeholder=hint, disabled=disabled, **named)
        where = value if value is not None else stands_for
        moved: dict[str, Any] = {"disabled": disabled} | named
        low, high = self._slider.start, self._slider.end
        if ends is not None:
            low, high = self._place(ends[0]), self._place(ends[1])
            moved |= {"start": low, "end": high, "step": (high - low) / _STEPS}
        if where is not None:
            moved["value"] = min(max(self._place(where), low), high)
        self._set(self._slider, **moved)

    def _place(self, value: float) -> float:
        return math.log10(max(value, 1e-300)) if self._log else value

    def _typed(self, text: str) -> None:
        if not text.strip():
            if self._optional:
                self._changed(None)
            else:
                self._failed(f"{self._text.name}: is empty; give a number")
            return
        try:
            value = parse_number(text.strip())
        except ValueError:
            self._failed(f"{self._text.name} = '{text[:40]}': must be a number, as 0.05 or 1e-3")
            return
        self._answered(value)

    def _moved(self, place: float) -> None:
        value = float(f"{10.0**place if self._log else place:.3g}")
        self._answered(float(round(value)) if self._whole else value)

    def _answered(self, value: float) -> None:
        try:
            self._changed(value)
        except InvalidValueError as error:
            self._failed(str(error))


def _digits(value: float) -> str:
    """The shortest text that is the same number.

    >>> _digits(50.0), _digits(0.0667), _digits(2.84e11)
    ('50', '0.0667', '2.84e+11')
    """
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
