"""One page of the explorer: from a choice to the numbers, the figures and the words on it."""

from __future__ import annotations

import html
import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from evanesce.errors import EvanesceError
from evanesce.web.choices import Choices
from evanesce.web.controls import Number, part
from evanesce.web.files import FILES, make_file
from evanesce.web.look import DARK, LIGHT, Colours, script, style_sheet
from evanesce.web.model import Answer, Line, Model
from evanesce.web.plots import LimitPlot, ProcessPlot, RatioPlot
from evanesce.web.recipe import Recipe
from evanesce.web.state import State
from evanesce.web.words import background_table, in_words, key, notes, process_key, read_off
from evanesce.web.work import Newest, Pools, said

__all__ = ["Page", "notebook"]

panel: Any = importlib.import_module("panel")
"""Most of its functions have no types."""

_GET_COLOURS: Final = "answer.text = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'"
_UNSEEN: Final = {"display": "none"}
_ABOVE: Final = {
    "position": "absolute",
    "top": "12px",
    "left": "84px",
    "z-index": "5",
    "width": "auto",
    "max-width": "60%",
}
_AREAS: Final = {"auto": {}, "wide": {"grid-column": "var(--wide)"}}
"""Places in the grid of details; other names are those of the style sheet."""
_SET_ADDRESS: Final = """
clearTimeout(window.evanesce_address)
const query = cb_obj.text
window.evanesce_address = setTimeout(() => history.replaceState(null, "", query ? "?" + query : location.pathname), 300)
"""
_EVENTS_AT: Final[float] = 1e-4
"""ε at which the figure of processes counts events."""


class Page:
    """A page with its own state; the model and the threads are shared.

    ``later`` runs a function in the thread of the page; without ``pools`` everything is computed at once, as in a
    notebook. ``links`` makes the list of files.
    """

    def __init__(
        self,
        state: State,
        model: Model,
        *,
        pools: Pools | None,
        later: Callable[[Callable[[], None]], None],
        message: str = "",
    ) -> None:
        self.state, self._model, self._pools, self._later = state, model, pools, later
        self._answer: Answer | None = None
        self._shown_thermal: tuple[State, Line | None] | None = None
        self._dark_browser = self._update_waits = False
        self._painted: Colours | None = None
        self.limit, self.process = LimitPlot(), ProcessPlot()
        self.ratio = RatioPlot(self.limit.figure.x_range)
        self._status = part(
            "",
            margin=0,
            styles=_ABOVE,
        )
        self._message = part(_error(message), visible=bool(message))
        self._key, self._process_key, self._background, self._notes = part(), part(), part(), part()
        self._read_off, self._recipe, self._links = part(), part(), part()
        self._at = Number(
            "Mass of the mediator to read off [GeV]",
            lambda value: self.choose(mass=value),
            self.fail,
            ends=(1.1e-3, 10.0),
        )
        self._address = _address()
        self._asked_colours = importlib.import_module("bokeh.models").Div(text="", styles=_UNSEEN)
        self._asked_colours.on_change("text", self._browser_wants)
        self.choices = Choices(self.choose, self.fail)
        self._answers: Newest[State] = Newest(self._compute, self._pool)
        self._lines: Newest[State] = Newest(self._compute_thermal, self._slow)
        self.view = self._layout()
        self._show_state()
        if model.knows(state):  # before there is a document that must be told of each change
            self._show(model.answer(state))
            self._show_thermal(state, model.thermal(state))
        else:
            self._ask()

    def choose(self, **changes: Any) -> None:
        """Change choices, as the controls do; a change that is not possible leaves the page as it is."""
        try:
            state = self.state.but(**changes)
            Recipe(state)
        except EvanesceError as error:
            self.fail(str(error))
            return
        self.fail("")
        if state == self.state:
            return
        self.state = state
        if not self._update_waits:
            self._update_waits = True
            self._later(self._update)

    def _update(self) -> None:
        """Show the newest state; with the document locked, as changes of a figure need it."""
        self._update_waits = False
        self._show_state()
        self._ask()

    @property
    def is_empty(self) -> bool:
        """Whether there are no numbers yet."""
        return self._answer is None

    def fail(self, message: str) -> None:
        """Say what is not possible."""
        message = in_words(message)
        self._message.param.update(object=_error(message), visible=bool(message))

    def connect(self, document: Any) -> None:
        """Ask the browser which colours it wants, as soon as it shows the page."""
        models = importlib.import_module("bokeh.models")
        asked = models.CustomJS(args={"answer": self._asked_colours}, code=_GET_COLOURS)
        document.js_on_event("document_ready", asked)

    def _browser_wants(self, name: str, old: str, new: str) -> None:
        del name, old
        self._dark_browser = new == "dark"
        self._recolour()
        self._show_words()

    # what is computed

    def _ask(self) -> None:
        if self._pools is None:
            self._compute(self.state)
            self._compute_thermal(self.state)
            return
        if not self._model.is_prepared(self.state):
            self._say("busy", "Working: the first time takes some seconds …")
        self._answers.ask(self.state)
        if self._thermal_is_stale():
            self.limit.show_thermal(None)
        self._lines.ask(self.state)

    def _pool(self, state: State) -> ThreadPoolExecutor:
        pools = self._threads
        return pools.fast if self._model.is_prepared(state) else pools.slow

    def _slow(self, state: State) -> ThreadPoolExecutor:
        del state
        return self._threads.slow

    @property
    def _threads(self) -> Pools:
        if self._pools is None:
            raise RuntimeError("a page without threads computes at once")
        return self._pools

    def _compute(self, state: State) -> None:
        try:
            answer = self._model.answer(state)
        except Exception as error:  # noqa: BLE001 - else the page would say for ever that it works
            text = said(error)
            self._later(lambda: self._failed(state, text))
            return
        self._later(lambda: self._show(answer))

    def _compute_thermal(self, state: State) -> None:
        try:
            line = self._model.thermal(state)
        except Exception as error:  # noqa: BLE001 - the page is as good without the line
            said(error)
            line = None
        self._later(lambda: self._show_thermal(state, line))

    # what is shown

    def _failed(self, state: State, message: str) -> None:
        """Say why a choice cannot be computed, and go back to the last one that could."""
        if state != self.state:
            return
        self._say("", "")
        self.fail(message)
        if self._answer is not None and self._answer.state != state:
            self.state = self._answer.state
            self._update()

    def _show(self, answer: Answer) -> None:
        self._answer = answer
        if answer.state == self.state:
            self._say("", "")
        self.limit.show(answer)
        self.ratio.show(answer)
        self._process_key.object = process_key(self.process.show(answer, _EVENTS_AT))
        used = float(answer.curve.provenance["background"])
        table = background_table(answer.background, used, answer.background_note)
        self._background.object = f"<h2>Background</h2>{table}"
        remarks = notes((*answer.curve.notes, *answer.remarks))
        self._notes.object = f"<h2>Remarks</h2>{remarks}"
        self._notes.visible = bool(remarks)
        self._show_words()

    def _show_words(self) -> None:
        answer = self._answer
        if answer is None:
            return
        self._key.object = key(answer, self._colours, thermal=self._thermal_words())
        state = answer.state
        place = state.alpha_d if state.view == "coupling-epsilon" else self.state.mass
        place = place / state.mass_ratio if state.view == "dark-mass-y" else place
        self.limit.mark(place)
        self._read_off.object = read_off(answer)

    def _show_thermal(self, state: State, line: Line | None) -> None:
        if state != self.state:
            return
        self._shown_thermal = (state, line)
        self.limit.show_thermal(line)
        self._show_words()

    def _thermal_is_stale(self) -> bool:
        if self._shown_thermal is None:
            return True
        before = self._shown_thermal[0]
        return any(getattr(before, name) != getattr(self.state, name) for name in Model.THERMAL)

    def _thermal_words(self) -> str:
        if self._shown_thermal is None or self._shown_thermal[1] is None:
            return ""
        return "thermal target: the observed density of dark matter"

    @property
    def _colours(self) -> Colours:
        dark = self._dark_browser if not self.state.scheme else self.state.scheme == "dark"
        return DARK if dark else LIGHT

    def _recolour(self) -> None:
        if self._colours is self._painted:
            return
        self._painted = self._colours
        dark = self._colours is DARK
        self.view.css_classes = ["evanesce", "dark" if dark else "light"]
        for plot in (self.limit, self.ratio, self.process):
            plot.colour(self._colours)
        if self._answer is not None:
            self._process_key.object = process_key(self.process.show(self._answer, _EVENTS_AT))

    def _say(self, kind: str, text: str) -> None:
        self._status.object = f'<span role="status" class="{kind}">{html.escape(text) or "&nbsp;"}</span>'

    def _show_state(self) -> None:
        state = self.state
        self.choices.show(state)
        at_coupling = state.view == "coupling-epsilon"
        self._at.show(state.mass, label=f"Mass of the mediator{'' if at_coupling else ' to read off'} [GeV]")
        recipe = Recipe(state)
        self._recipe.object = (
            f"<h2>The same from a shell</h2><pre id='command'>{html.escape(recipe.command_line)}</pre>"
            f"<h2>The same in Python</h2><pre id='script'>{html.escape(recipe.script)}</pre>"
        )
        self._address.text = state.query
        links = _links(state) if self._pools is not None else ""
        self._links.object = f"<h2>Take it with you</h2>{links}"
        self._recolour()
        self._show_words()

    # where it is shown

    def _layout(self) -> Any:
        def card(area: str, *parts: Any) -> Any:
            return panel.Column(*parts, stylesheets=[style_sheet("card")], styles=_AREAS.get(area, {"grid-area": area}))

        pane = panel.pane.Bokeh
        plots = [
            pane(plot.figure, sizing_mode="stretch_width", margin=0) for plot in (self.limit, self.ratio, self.process)
        ]
        head = part(
            "<h1>evanesce explorer</h1><p class='faint'>Limits on light dark matter from tracks that vanish in a "
            "calorimeter, recomputed as you choose.</p>",
            styles={"max-width": "1560px", "margin": "0 auto 8px"},
        )
        main = card("figure", self._message, self._status, plots[0], plots[1], self._key)
        details = panel.Column(
            card("auto", part("<h2>Read off</h2>"), *self._at.views, self._read_off),
            card("wide", part(f"<h2>Signal by process, at ε = {_EVENTS_AT:g}</h2>"), plots[2], self._process_key),
            card("auto", self._background, self._notes),
            card("wide", self._links, *self._buttons(), self._recipe),
            stylesheets=[style_sheet("details")],
            styles={"grid-area": "details"},
        )
        side = card("choices", self.choices.view)
        grid = panel.Column(main, side, details, stylesheets=[style_sheet("grid")])
        hidden = [pane(model, styles=_UNSEEN) for model in (self._address, self._asked_colours)]
        hidden.append(part(script(), visible=False))
        return panel.Column(head, grid, *hidden, stylesheets=[style_sheet("page")], css_classes=["evanesce", "light"])

    def _buttons(self) -> list[Any]:
        """Buttons that make files, where there is no server to link to."""
        if self._pools is not None:
            return []
        io = importlib.import_module("io")
        return [
            panel.widgets.FileDownload(
                callback=lambda name=name: io.BytesIO(make_file(name, self._model, self.state)),
                filename=name,
                label=kind.title,
                stylesheets=[style_sheet("widget")],
            )
            for name, kind in FILES.items()
        ]


def notebook(state: State) -> Any:
    """Return a page for a notebook, which computes at once."""
    panel.extension()
    page = Page(state, Model(), pools=None, later=lambda act: act())
    return page.view


def _address() -> Any:
    """A text that becomes the query of the browser's address a moment after it changed, without a new page."""
    models = importlib.import_module("bokeh.models")
    text = models.Div(text="", styles=_UNSEEN)
    text.js_on_change("text", models.CustomJS(code=_SET_ADDRESS))
    return text


def _links(state: State) -> str:
    query = html.escape(state.query)
    items = "".join(
        f'<li><a href="files/{name}?{query}">{html.escape(kind.title)}</a></li>' for name, kind in FILES.items()
    )
    return f'<ul class="key" id="files">{items}<li><a id="link" href="?{query}">Link to this page</a></li></ul>'


def _error(message: str) -> str:
    return f'<p role="alert" class="error">{html.escape(message)}</p>' if message else ""
