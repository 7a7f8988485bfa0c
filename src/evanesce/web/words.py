"""What the page says, as HTML: every text that comes from data is escaped."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from evanesce.experiments import experiment
from evanesce.statistics import BANDS
from evanesce.validation import FloatArray
from evanesce.web.look import Colours
from evanesce.web.model import Answer, BackgroundRow
from evanesce.web.recipe import Recipe

__all__ = [
    "CRITERIA_TITLES",
    "PROCESS_TITLES",
    "background_table",
    "in_words",
    "key",
    "limit_in_words",
    "notes",
    "number",
    "process_key",
    "processes_in_words",
    "ratio_in_words",
    "read_off",
]

CRITERIA_TITLES: Final[dict[str, str]] = {
    "cls": "CLs, with every uncertainty",
    "feldman-cousins": "Feldman–Cousins",
    "discovery-3": "evidence, 3 σ",
    "discovery-5": "discovery, 5 σ",
    "events-2.3": "2.3 events (no background)",
    "events-3": "3 events (about one background event)",
    "sqrt2.71": "√(2.71 N) of N background events",
}
PROCESS_TITLES: Final[dict[str, str]] = {
    "annihilation": "annihilation of positrons",
    "bremsstrahlung": "bremsstrahlung",
    "isr": "annihilation after radiation",
    "compton": "Compton production",
    "vector_mesons": "vector mesons",
    "mono-photon": "single photon",
}
_CHOICES: Final[dict[str, str]] = {
    "alpha_d": "dark coupling α_D",
    "mass_ratio": "mass ratio",
    "cut": "missing energy, smallest fraction",
    "background": "background events",
    "background_error": "error of the background",
    "observed": "observed events",
    "lightest": "smallest mass",
    "heaviest": "largest mass",
}
_TIMES_TEN: Final = "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10"
_DASH: Final = {"solid": "", "dashed": "8 4", "dash-dot": "7 3 2 3"}
_PATTERNS: Final = ("", "8 3", "2 3", "9 3 2 3", "5 2", "1 2")


def number(value: float) -> str:
    """Write a number with three digits, large and small ones as 1.2 × 10⁻⁵, which does not break at the end of a line.

    >>> number(1.23e-5).split(), number(94.0), number(float("inf"))
    (['1.23', '×', '10⁻⁵'], '94', '–')
    """
    if not math.isfinite(value):
        return "–"
    if value == 0.0 or 1e-2 <= abs(value) < 1e5:
        return f"{value:.3g}" if abs(value) < 1e3 else f"{value:.0f}"
    digits, _, power = f"{value:.2e}".partition("e")
    return f"{digits}{_TIMES_TEN}{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def in_words(message: str) -> str:
    """A message about a choice with the words of its control in place of the name in addresses and scripts.

    >>> in_words("lightest = 5: must be below heaviest = 1 GeV")
    'smallest mass = 5: must be below largest mass = 1 GeV'
    """
    return re.sub(r"\b(\w+)(?= =|: )", lambda found: _CHOICES.get(found[1], found[1]), message)


def key(answer: Answer, colours: Colours, *, thermal: str) -> str:
    """The key of the main figure; ``thermal`` is what is said of the thermal line, empty for nothing."""
    curve = answer.curve
    entries = [(_stroke(colours.limit, 3.0, "solid"), _limit_title(answer))]
    if curve.has_bands:
        entries.append((_box(colours.one_sigma), "expected, 1 σ"))
        entries.append((_box(colours.two_sigma), "2 σ"))
    if answer.compared is not None:
        entries.append((_stroke(colours.compared, 2.0, "dashed"), f"with physics “{answer.state.compare}”"))
    if thermal:
        entries.append((_stroke(colours.thermal, 2.0, "dash-dot"), thermal))
    for one in answer.constraints:
        dash = "dashed" if one.projection else "solid"
        entries.append((_stroke(colours.published, 1.4, dash), one.title))
    return _list(entries)


def _limit_title(answer: Answer) -> str:
    kind = "observed limit" if answer.curve.observed is not None else "expected limit"
    if answer.best is None:
        kind = "no limit on this axis"
    titles = " + ".join(experiment(name).title for name in answer.state.experiments)
    changes = ", ".join(Recipe(answer.state).changes_in_words)
    return f"{kind}: {titles}{f', but {changes}' if changes else ''}"


def limit_in_words(answer: Answer, across: str, up: str) -> str:
    """The main figure for those who do not see it: what is drawn, and where the limit is strongest."""
    x, start = answer.x, f"{_limit_title(answer)}. {up} against {across}, {answer.x[0]:.3g} to {answer.x[-1]:.3g}"
    others = [one.title for one in answer.constraints]
    more = f" Also drawn: {'; '.join(others)}." if others else ""
    if answer.best is None:
        return f"{start}.{more}"
    limit = answer.line(answer.curve.epsilon)
    return f"{start}. Strongest: {number(float(limit[answer.best]))} at {x[answer.best]:.3g}.{more}"


def ratio_in_words(answer: Answer, ratio: FloatArray) -> str:
    """The figure of the ratio for those who do not see it."""
    known = ratio[np.isfinite(ratio)]
    ends = f", {known.min():.3g} to {known.max():.3g}" if known.size else ""
    return f"Ratio of the limit with physics “{answer.state.compare}” to that with “{answer.state.physics}”{ends}"


def processes_in_words(answer: Answer, events: Mapping[str, FloatArray]) -> str:
    """The figure of processes for those who do not see it: the most events of each, and where."""
    tops = {name: int(np.nanargmax(values)) for name, values in events.items()}
    parts = [f"{PROCESS_TITLES.get(name, name)} {number(float(events[name][at]))} at {answer.x[at]:.3g}"
             for name, at in tops.items()]  # fmt: skip
    return f"Signal events by process. Most: {'; '.join(parts)}" if parts else "Signal events by process: none"


def process_key(entries: Iterable[tuple[str, str, int]]) -> str:
    """The key of the figure of processes."""
    return _list(
        (
            _svg(f'stroke="{shade}" stroke-width="2.2" stroke-dasharray="{_PATTERNS[dash]}"'),
            PROCESS_TITLES.get(name, name),
        )
        for name, shade, dash in entries
    )


def read_off(answer: Answer) -> str:
    """Numbers at the chosen mass and α_D, as a table."""
    point, state = answer.point, answer.state
    rows = [
        ("Mass of the mediator", f"{state.mass:.4g} GeV"),
        ("Mass of dark matter", f"{state.mass / state.mass_ratio:.4g} GeV"),
        ("Coupling ε", number(_only(point.epsilon))),
        ("y", number(_only(point.thermal_y))),
    ]
    if state.view == "coupling-epsilon":
        rows.insert(2, ("α<sub>D</sub>", number(state.alpha_d)))
    if point.has_bands:
        low2, low, median, high, high2 = point.expected.reshape(len(BANDS)).tolist()
        rows.append(("Expected ε, median", number(median)))
        rows.append(("Expected ε, 1 σ", f"{number(low)} to {number(high)}"))
        rows.append(("Expected ε, 2 σ", f"{number(low2)} to {number(high2)}"))
    if answer.point_compared is not None:
        rows.append((f"ε with “{state.compare}”", number(_only(answer.point_compared.epsilon))))
    events = _only(point.events(point.epsilon))
    if math.isfinite(events):
        rows.append(("Signal events at this ε", number(events)))
    for change, values in point.theory.items():
        share = _only(values)
        if math.isfinite(share):
            rows.append((f"Change of ε with {html.escape(change)}", f"{100 * share:+.1f} %"))
    body = "".join(f"<tr><th scope='row'>{name}</th><td>{text}</td></tr>" for name, text in rows)
    remarks = (np.ravel(point.reason)[0], np.ravel(point.warning)[0])
    more = "".join(f'<p class="faint">{html.escape(str(text))}</p>' for text in remarks if text)
    return f"<table id='read-off'><tbody>{body}</tbody></table>{more}"


def _only(values: FloatArray) -> float:
    """The value of an array of one."""
    return float(np.ravel(values)[0])


def background_table(rows: Sequence[BackgroundRow], used: float, why: str) -> str:
    """The expected background: components as on the card, and the number that the limit uses."""
    total = f"<tr class='sum'><th scope='row'>used for the limit</th><td>{number(used)}</td><td></td></tr>"
    body = "".join(
        f"<tr><th scope='row'>{html.escape(row.name)}</th><td>{number(row.expected)}</td><td>{_error(row)}</td></tr>"
        for row in rows
    )
    summed = ""
    if len(rows) > 1:
        events = math.fsum(row.expected for row in rows)
        error = math.sqrt(math.fsum(row.error**2 for row in rows))
        summed = (
            f"<tr class='sum'><th scope='row'>sum of these</th><td>{number(events)}</td><td>± {number(error)}</td></tr>"
        )
    more = f'<p class="faint">{html.escape(why)}</p>' if why else ""
    if not rows and not why:
        more = '<p class="faint">The card gives one number, no components.</p>'
    return (
        "<table><thead><tr><th>component</th><th>events</th><th>error</th></tr></thead>"
        f"<tbody>{body}{summed}{total}</tbody></table>{more}"
    )


def _error(row: BackgroundRow) -> str:
    """The error, unless it is rounding of the sum."""
    return f"± {number(row.error)}" if row.error > 1e-9 * row.expected else "–"


def notes(texts: Iterable[str]) -> str:
    """A list of remarks; empty text for none."""
    items = "".join(f"<li>{html.escape(text)}</li>" for text in dict.fromkeys(texts))
    return f'<ul class="notes">{items}</ul>' if items else ""


def _list(entries: Iterable[tuple[str, str]]) -> str:
    return (
        f'<ul class="key">{"".join(f"<li>{icon}<span>{html.escape(text)}</span></li>" for icon, text in entries)}</ul>'
    )


def _stroke(colour: str, width: float, dash: str) -> str:
    return _svg(f'stroke="{colour}" stroke-width="{width}" stroke-dasharray="{_DASH[dash]}"')


def _svg(stroke: str) -> str:
    return f'<svg width="30" height="10" aria-hidden="true"><line x1="0" y1="5" x2="30" y2="5" {stroke}/></svg>'


def _box(colour: str) -> str:
    return f'<svg width="22" height="12" aria-hidden="true"><rect width="22" height="12" rx="2" fill="{colour}"/></svg>'
