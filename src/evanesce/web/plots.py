"""Figures of the page, drawn with Bokeh: made once, then only their data change."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from evanesce.representation import percent
from evanesce.statistics import BANDS
from evanesce.validation import FloatArray
from evanesce.web.look import Colours
from evanesce.web.model import Answer, Line, Published
from evanesce.web.state import View
from evanesce.web.words import PROCESS_TITLES, limit_in_words, processes_in_words, ratio_in_words

__all__ = ["AXES", "LimitPlot", "ProcessPlot", "RatioPlot"]

AXES: Final[dict[View, tuple[str, str]]] = {
    "mass-epsilon": ("mass of the mediator [GeV]", "ε"),
    "mass-y": ("mass of the mediator [GeV]", "y = ε² α_D (mχ / m)⁴"),
    "dark-mass-y": ("mass of dark matter [GeV]", "y = ε² α_D (mχ / m)⁴"),
    "coupling-epsilon": ("α_D", "ε"),
}
"""Titles of the axes."""
_DASHES: Final = ("solid", [8, 3], [2, 3], [9, 3, 2, 3], [5, 2], [1, 2])
_MAJOR: Final = """
const {start, end} = cb_data.range
const low = Math.floor(Math.log10(start)), high = Math.ceil(Math.log10(end)), found = []
const steps = end > 2e3 * start ? [1] : end > 3 * start ? [1, 2, 5] : null
if (steps == null) {
  const unit = Math.pow(10, Math.floor(Math.log10((end - start) / 2)))
  for (let k = Math.ceil(start / unit); k * unit <= end; k++) found.push(k * unit)
  return found
}
for (let power = low; power <= high; power++) for (const step of steps) found.push(step * Math.pow(10, power))
return found.filter((value) => value >= start * (1 - 1e-9) && value <= end * (1 + 1e-9))
"""
"""Ticks at 1, 2 and 5, at powers of ten on a long axis, and evenly spaced ones on a short one."""
_MINOR: Final = """
const {start, end} = cb_data.range
const found = []
for (let power = Math.floor(Math.log10(start)); power <= Math.ceil(Math.log10(end)); power++)
  for (let step = 1; step < 10; step++) found.push(step * Math.pow(10, power))
return found.filter((value) => value >= start && value <= end)
"""
_SHORT: Final = "return String(Number(tick.toPrecision(4)))"
_ON_PAPER: Final = """
:host { background: var(--paper); }
:host::after { content: ""; position: absolute; inset: 0; border: 1px solid var(--paper); pointer-events: none; }
"""
"""The canvas is drawn half a pixel off its edge, where the colour of the first drawing would stay as a line."""
_FOCUS: Final = ":focus-visible { outline: 3px solid var(--accent) !important; outline-offset: -2px; }"
_TOOLS: Final = "pan,box_zoom,wheel_zoom,reset,save"
_ROOM: Final = 0.15
"""Decades left free below and above the curves."""


class _Plot:
    """A figure with two logarithmic axes that fills the width it has."""

    def __init__(
        self, *, height: int, label: str, x_range: Any = None, y_log: bool = True, tools: str = _TOOLS
    ) -> None:
        plotting = importlib.import_module("bokeh.plotting")
        models = importlib.import_module("bokeh.models")
        self.models = models
        given = {} if x_range is None else {"x_range": x_range}
        self.figure: Any = plotting.figure(
            x_axis_type="log",
            y_axis_type="log" if y_log else "linear",
            height=height,
            sizing_mode="stretch_width",
            tools=tools,
            active_scroll=None,
            toolbar_location="above",
            min_border_left=62,
            min_border_right=14,
            name=label,
            stylesheets=[_ON_PAPER],
            **given,
        )
        self.figure.toolbar.logo = None
        self.figure.toolbar.stylesheets = [_FOCUS]
        if x_range is None:
            self.figure.x_range = models.Range1d(0.01, 1.0)
        self.figure.y_range = models.Range1d(1e-6, 1e-2) if y_log else models.Range1d(0.0, 2.0)
        self.figure.xaxis[0].ticker = models.CustomJSTicker(major_code=_MAJOR, minor_code=_MINOR)
        self.figure.xaxis[0].formatter = models.CustomJSTickFormatter(code=_SHORT)

    def describe(self, text: str) -> None:
        """Say what is drawn, for those who do not see it."""
        attributes = {"role": "figure", "aria-label": text}
        if self.figure.html_attributes != attributes:
            self.figure.html_attributes = attributes

    def source(self, **columns: Any) -> Any:
        """Make a table of columns that a glyph draws."""
        return self.models.ColumnDataSource(data=columns)

    def draw(self, kind: str, table: Any, *columns: str, **look: Any) -> Any:
        """Draw columns of a table; without the looks of selected and muted curves, which take as long to make."""
        glyph = getattr(self.models, kind)
        return self.figure.add_glyph(table, glyph(**dict(zip(glyph._args, columns, strict=False)), **look))

    def frame(self, axis: str, low: float, high: float) -> None:
        """Set the ends of an axis, unless they are the same: a zoom of the reader stays while the data move."""
        found = getattr(self.figure, f"{axis}_range")
        if (found.reset_start, found.reset_end) != (low, high):
            found.update(start=low, end=high, reset_start=low, reset_end=high)

    def colour(self, colours: Colours) -> None:
        """Give paper, axes and grid their colours."""
        plot = self.figure
        plot.background_fill_color = plot.border_fill_color = colours.paper
        plot.outline_line_color, plot.border_line_color = colours.grid, None
        for axis in (*plot.xaxis, *plot.yaxis):
            axis.axis_label_text_color = axis.major_label_text_color = colours.text
            axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = colours.text
            axis.axis_label_text_font_style = "normal"
            axis.axis_label_text_font_size, axis.major_label_text_font_size = "15px", "13px"
            axis.axis_label_text_font = axis.major_label_text_font = "system-ui, Arial, sans-serif"
        for grid in (*plot.xgrid, *plot.ygrid):
            grid.grid_line_color = colours.grid


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """One kind of curve: its table and its glyph."""

    table: Any
    glyph: Any


class LimitPlot(_Plot):
    """The main figure: the limit with its bands, published limits and the thermal line."""

    def __init__(self) -> None:
        super().__init__(height=470, label="limit")
        self._mark = self.models.Span(dimension="height", line_dash=[2, 4], line_width=1.5, location=1.0)
        self.figure.add_layout(self._mark)
        self._excluded = self._patches(0.18)
        self._two, self._one = self._patches(0.9), self._patches(0.9)
        self._published = [self._several(dash) for dash in ("solid", [8, 4])]
        self._thermal = self._line(width=2.2, dash=[7, 3, 2, 3])
        self._compared = self._line(width=2.0, dash=[8, 4])
        self._limit = self._line(width=3.0, dash="solid")
        self._names = self.source(x=[], y=[], name=[])
        font = {"text_font_size": "12px", "text_font": {"value": "system-ui, Arial"}, "background_fill_alpha": 0.7}
        self._name_glyph = self.draw("Text", self._names, "x", "y", "name", y_offset=-4, **font)
        self._hover()

    def _patches(self, alpha: float) -> _Drawn:
        table = self.source(xs=[], ys=[])
        look = {"line_width": 0, "line_alpha": 0, "fill_alpha": alpha}
        return _Drawn(table=table, glyph=self.draw("Patches", table, "xs", "ys", **look))

    def _several(self, dash: Any) -> _Drawn:
        table = self.source(xs=[], ys=[], title=[])
        return _Drawn(table=table, glyph=self.draw("MultiLine", table, "xs", "ys", line_width=1.4, line_dash=dash))

    def _line(self, *, width: float, dash: Any) -> _Drawn:
        table = self.source(x=[], y=[])
        return _Drawn(table=table, glyph=self.draw("Line", table, "x", "y", line_width=width, line_dash=dash))

    def _hover(self) -> None:
        limit = self.models.HoverTool(
            renderers=[self._limit.glyph],
            mode="vline",
            visible=False,
            tooltips=_tip(m="@mass GeV", mχ="@dark GeV", α_D="@alpha", ε="@epsilon", y="@yy"),
        )
        published = self.models.HoverTool(
            renderers=[one.glyph for one in self._published], tooltips=_tip(published="@title"), visible=False
        )
        self.figure.add_tools(limit, published)

    def colour(self, colours: Colours) -> None:
        """Give everything its colours."""
        super().colour(colours)
        for drawn, shade in (
            (self._limit, colours.limit),
            (self._compared, colours.compared),
            (self._thermal, colours.thermal),
        ):
            drawn.glyph.glyph.line_color = shade
        for drawn, shade in (
            (self._two, colours.two_sigma),
            (self._one, colours.one_sigma),
            (self._excluded, colours.published),
        ):
            drawn.glyph.glyph.fill_color = shade
        self._mark.line_color = colours.text
        self._name_glyph.glyph.text_color = colours.text
        self._name_glyph.glyph.background_fill_color = colours.paper  # a name may stand on a curve
        for one in self._published:
            one.glyph.glyph.line_color = colours.published

    def show(self, answer: Answer) -> None:
        """Draw an answer."""
        curve, x = answer.curve, answer.x
        limit = answer.line(curve.epsilon)
        points = curve.points()
        _fill(
            self._limit.table,
            {
                "x": x,
                "y": limit,
                "mass": [f"{value:.4g}" for value in points["mass"]],
                "dark": [f"{value:.4g}" for value in points["mass"] / points["mass_ratio"]],
                "alpha": [f"{value:.3g}" for value in points["alpha_d"]],
                "epsilon": [f"{value:.3g}" for value in np.ravel(curve.epsilon)],
                "yy": [f"{value:.3g}" for value in np.ravel(curve.thermal_y)],
            },
        )
        expected = curve.expected.reshape(-1, len(BANDS)) if curve.has_bands else np.full((len(x), len(BANDS)), np.nan)
        for drawn, low, high in ((self._two, 0, 4), (self._one, 1, 3)):
            _fill(drawn.table, _between(x, answer.line(expected[:, low]), answer.line(expected[:, high])))
        compared = answer.compared
        _fill(
            self._compared.table,
            ({"x": [], "y": []} if compared is None else {"x": x, "y": answer.line(compared.epsilon)}),
        )
        self._show_published(answer)
        self._axes(answer, limit)
        self.describe(limit_in_words(answer, *AXES[answer.state.view]))

    def _show_published(self, answer: Answer) -> None:
        for drawn, projection in zip(self._published, (False, True), strict=True):
            some = [one for one in answer.constraints if one.projection == projection]
            _fill(
                drawn.table,
                {
                    "xs": [one.line.x for one in some],
                    "ys": [one.line.y for one in some],
                    "title": [one.title for one in some],
                },
            )
        _fill(self._names, _names(answer.constraints))
        measured = [one.line for one in answer.constraints if not one.projection]
        parts = [_between(line.x, line.y, np.full(line.x.shape, 1e6)) for line in measured]
        _fill(self._excluded.table, {name: [each for part in parts for each in part[name]] for name in ("xs", "ys")})

    def mark(self, place: float) -> None:
        """Mark the place that is read off."""
        self._mark.location = place

    def show_thermal(self, line: Line | None) -> None:
        """Draw the thermal line, or none."""
        _fill(self._thermal.table, {"x": [], "y": []} if line is None else {"x": line.x, "y": line.y})

    def _axes(self, answer: Answer, limit: FloatArray) -> None:
        across, up = AXES[answer.state.view]
        level = percent(answer.curve.provenance["confidence_level"])
        self.figure.xaxis[0].axis_label = across
        self.figure.yaxis[0].axis_label = f"{up}, excluded at {level}% CL" if up == "ε" else up
        self.frame("x", float(answer.x[0]), float(answer.x[-1]))
        finite = limit[np.isfinite(limit) & (limit > 0)]
        if finite.size:
            low, high = np.log10(finite.min()), np.log10(np.percentile(finite, 80))
            # whole decades, so that the frame stands still while the curve moves
            self.frame("y", 10.0 ** float(np.floor(low - _ROOM)), 10.0 ** float(np.ceil(max(high, low + 2.0) + _ROOM)))


class RatioPlot(_Plot):
    """The other preset over the chosen one, below the main figure and along its axis."""

    def __init__(self, x_range: Any) -> None:
        super().__init__(height=170, label="ratio", x_range=x_range, y_log=False, tools="")
        self.figure.toolbar_location = None
        self._table = self.source(x=[], y=[])
        self._line = self.draw("Line", self._table, "x", "y", line_width=2, line_dash=[8, 4])
        self._one = self.models.Span(location=1.0, dimension="width", line_width=1.5)
        self.figure.add_layout(self._one)
        self.figure.add_tools(
            self.models.HoverTool(renderers=[self._line], mode="vline", tooltips=_tip(ratio="@y{0.000}"))
        )
        self.figure.visible = False

    def colour(self, colours: Colours) -> None:
        """Give everything its colours."""
        super().colour(colours)
        self._line.glyph.line_color = colours.compared
        self._one.line_color = colours.limit

    def show(self, answer: Answer) -> None:
        """Draw the ratio, or hide the figure where there is nothing to compare."""
        compared = answer.compared
        self.figure.visible = compared is not None
        if compared is None:
            return
        with np.errstate(invalid="ignore"):
            ratio = answer.line(compared.epsilon) / answer.line(answer.curve.epsilon)
        _fill(self._table, {"x": answer.x, "y": ratio})
        self.figure.xaxis[0].axis_label = AXES[answer.state.view][0]
        self.figure.yaxis[0].axis_label = "ratio"
        finite = ratio[np.isfinite(ratio)]
        if finite.size:
            low, high = min(float(finite.min()), 0.9), max(float(np.percentile(finite, 98)), 1.1)
            self.frame("y", float(np.floor(10 * low) / 10), float(np.ceil(10 * high) / 10))
        self.describe(ratio_in_words(answer, ratio))


class ProcessPlot(_Plot):
    """Signal events by process, and their sum."""

    def __init__(self) -> None:
        super().__init__(height=300, label="processes")
        self._table = self.source(xs=[], ys=[], colour=[], dash=[], width=[], name=[])
        look = {"line_color": "colour", "line_width": "width", "line_dash": "dash"}
        self._lines = self.draw("MultiLine", self._table, "xs", "ys", **look)
        self.figure.add_tools(
            self.models.HoverTool(
                renderers=[self._lines], tooltips=_tip(process="@name", events="$data_y"), visible=False
            )
        )
        self._colours: Colours | None = None

    def colour(self, colours: Colours) -> None:
        """Give everything its colours."""
        super().colour(colours)
        self._colours = colours

    def show(self, answer: Answer, epsilon: float) -> list[tuple[str, str, int]]:
        """Draw the events at a coupling; returns name, colour and number of the dashes of each process."""
        colours = self._colours
        if colours is None:
            return []
        curve = answer.curve
        parts = {name: np.ravel(values) * epsilon**2 for name, values in curve.yields.items() if np.any(values > 0)}
        shown = {name: np.where(values > 0, values, np.nan) for name, values in parts.items()}
        key = [(name, colours.processes[i % len(colours.processes)], i % len(_DASHES)) for i, name in enumerate(shown)]
        _fill(
            self._table,
            {
                "xs": [answer.x] * len(shown),
                "ys": list(shown.values()),
                "colour": [shade for _, shade, _ in key],
                "dash": [_DASHES[dash] for *_, dash in key],
                "width": [2.2] * len(shown),
                "name": [PROCESS_TITLES.get(name, name) for name in shown],
            },
        )
        self.figure.xaxis[0].axis_label = AXES[answer.state.view][0]
        self.figure.yaxis[0].axis_label = "signal events"
        self.frame("x", float(answer.x[0]), float(answer.x[-1]))
        known = np.concatenate([values[np.isfinite(values)] for values in shown.values()]) if shown else np.array([])
        if known.size:
            top = float(np.ceil(np.log10(known.max()) + _ROOM))
            low = float(np.floor(max(np.log10(known.min()), top - 6.0)))
            self.frame("y", 10.0**low, 10.0**top)
        self.describe(processes_in_words(answer, shown))
        return key


def _fill(table: Any, data: dict[str, Any]) -> None:
    """Give a table its columns, unless it has them: each time costs a message to the browser."""
    if not _same(dict(table.data), data):
        table.data = data


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one is other or bool(np.array_equal(one, other, equal_nan=isinstance(one, np.ndarray)))


def _tip(**rows: str) -> str:
    """What the pointer shows: dark on the white that Bokeh gives it, as its own names of rows are too pale to read."""
    lines = "".join(f"<div>{name}: <b>{field}</b></div>" for name, field in rows.items())
    return f'<div style="color: #1c2330; font: 13px/1.4 system-ui, Arial, sans-serif">{lines}</div>'


def _names(curves: Sequence[Published]) -> dict[str, list[Any]]:
    """Short names of published curves, each above its curve at another place."""
    x, y, name = [], [], []
    for i, one in enumerate(curves):
        known = np.flatnonzero(np.isfinite(one.line.y))
        at = known[int((len(known) - 1) * (0.12 + 0.23 * (i % 4)))]
        x.append(float(one.line.x[at]))
        y.append(float(one.line.y[at]))
        name.append(one.title.partition(",")[0])
    return {"x": x, "y": y, "name": name}


def _between(x: FloatArray, low: FloatArray, high: FloatArray) -> dict[str, list[FloatArray]]:
    """Closed outlines of the area between two curves, one for each stretch where both are known."""
    known = np.isfinite(low) & np.isfinite(high)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]])))
    stretches = [slice(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start > 1]
    return {
        "xs": [np.concatenate([x[one], x[one][::-1]]) for one in stretches],
        "ys": [np.concatenate([low[one], high[one][::-1]]) for one in stretches],
    }
