"""Colours and style sheets of the page, light and dark.

The colours of curves are those of :mod:`evanesce.figures.style`, brighter on dark paper; dashes and widths also
distinguish the curves. Icons and fonts come with the page or the system, nothing from another host.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["DARK", "LIGHT", "PAGE", "PART", "WIDGET", "Colours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Colours of a figure."""

    paper: str
    text: str
    grid: str
    limit: str
    compared: str
    observed: str
    thermal: str
    published: str
    one_sigma: str
    two_sigma: str
    processes: tuple[str, ...]


LIGHT: Final = Colours(
    paper="#ffffff",
    text="#1c2330",
    grid="#e3e6ea",
    limit="#0072b2",
    compared="#d55e00",
    observed="#000000",
    thermal="#8b3f6b",
    published="#6b6f76",
    one_sigma="#8fd0bc",
    two_sigma="#f5e9a3",
    processes=("#0072b2", "#d55e00", "#009e73", "#8b3f6b", "#8a6d00", "#3b3f46"),
)
DARK: Final = Colours(
    paper="#171b21",
    text="#e6e9ee",
    grid="#2d333c",
    limit="#6cc0f5",
    compared="#f5a05a",
    observed="#ffffff",
    thermal="#e3a5c9",
    published="#a3a9b3",
    one_sigma="#2c6b58",
    two_sigma="#5d5628",
    processes=("#6cc0f5", "#f5a05a", "#4fd1a5", "#e3a5c9", "#e6cf5c", "#c4c9d1"),
)

_VARIABLES: Final = """
  --paper: {paper}; --text: {text}; --line: {line}; --faint: {faint}; --page: {page}; --accent: {accent};
  --good: {good}; --bad: {bad};
"""
_OF_LIGHT: Final = _VARIABLES.format(
    paper="#ffffff", text="#1c2330", line="#8a93a0", faint="#4f5866", page="#f3f5f8", accent="#0063a0", good="#0a6b4f",
    bad="#a5300f",
)  # fmt: skip
_OF_DARK: Final = _VARIABLES.format(
    paper="#171b21", text="#e6e9ee", line="#717b89", faint="#aab2bf", page="#0d1014", accent="#6cc0f5", good="#66d3ae",
    bad="#ff9d80",
)  # fmt: skip

PAGE: Final = f"""
:host {{ {_OF_LIGHT} color-scheme: light;
  display: block; box-sizing: border-box; min-height: 100vh; width: 100%; padding: 12px 16px 40px; margin: 0;
  background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }}
:host(.dark) {{ {_OF_DARK} color-scheme: dark; }}
@media (prefers-color-scheme: dark) {{ :host(.auto) {{ {_OF_DARK} color-scheme: dark; }} }}
"""
"""Of the outermost box; the variables reach everything inside."""

PART: Final = """
:host { color: var(--text); box-sizing: border-box; font: inherit; }
* { box-sizing: border-box; }
h1 { font-size: 1.35rem; margin: 0; font-weight: 650; }
h2 { font-size: 1.0rem; margin: 0 0 4px; font-weight: 650; }
p { margin: 2px 0; }
.faint { color: var(--faint); }
a { color: var(--accent); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 2px 0 2px 12px; font-weight: normal; vertical-align: top; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
thead th { color: var(--faint); font-size: .87em; }
tr.sum td { border-top: 1px solid var(--line); font-weight: 600; }
.key { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: .9em; margin: 0; padding: 0; list-style: none; }
.key li { display: flex; align-items: center; gap: 6px; }
.key svg { flex: none; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--page); border: 1px solid var(--line);
  border-radius: 6px; padding: 8px 10px; margin: 2px 0 8px; font: .84em/1.4 ui-monospace, Menlo, Consolas, monospace; }
.error { color: var(--bad); font-weight: 600; }
.busy { color: var(--accent); font-weight: 600; }
.done { color: var(--good); }
ul.notes { margin: 2px 0; padding-left: 18px; }
summary { cursor: pointer; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
"""

WIDGET: Final = """
:host { color: var(--text); font: inherit; --bokeh-base-font: inherit; }
* { font-family: inherit; }
label, .bk-input-group label { color: var(--text); font-size: .9em; }
.bk-input, select.bk-input, .choices__inner {
  background-color: var(--paper) !important; color: var(--text) !important; border: 1px solid var(--line) !important;
  border-radius: 6px !important; min-height: 32px; font-size: .93em; }
.bk-input:disabled { opacity: .55; }
.choices__list--dropdown, .choices__list[aria-expanded] {
  background: var(--paper) !important; color: var(--text) !important; border-color: var(--line) !important; z-index: 30; }
.choices__list--dropdown .choices__item--selectable.is-highlighted { background: var(--page) !important; }
.choices__input { background: transparent !important; color: var(--text) !important; }
.choices__list--multiple .choices__item { background: var(--accent) !important; border-color: var(--accent) !important;
  color: var(--paper) !important; border-radius: 5px !important; white-space: normal; }
.noUi-target { background: var(--page) !important; border: 1px solid var(--line) !important; box-shadow: none !important;
  height: 8px !important; margin: 8px 6px !important; }
.noUi-connect { background: var(--accent) !important; }
.noUi-handle { background: var(--paper) !important; border: 2px solid var(--accent) !important; box-shadow: none !important;
  border-radius: 50% !important; width: 20px !important; height: 20px !important; top: -7px !important;
  right: -10px !important; cursor: grab; }
.noUi-handle::before, .noUi-handle::after { display: none !important; }
.noUi-handle:focus-visible, .bk-input:focus-visible, .bk-btn:focus-visible, input:focus-visible {
  outline: 3px solid var(--accent) !important; outline-offset: 1px; }
.bk-btn, a.bk-btn, .bk-btn-default { background: var(--paper) !important; color: var(--accent) !important;
  border: 1px solid var(--line) !important; border-radius: 6px !important; font-size: .9em !important; padding: 5px 10px; }
.bk-btn:hover { border-color: var(--accent) !important; }
input[type=checkbox] { accent-color: var(--accent); width: 17px; height: 17px; }
"""
