"""The style of all figures and of each role.

Colours are those of Okabe and Ito, which colour-blind readers can distinguish; dashes and widths also
distinguish the curves in print.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from evanesce.errors import MissingExtraError, install
from evanesce.figures.results import Role

__all__ = [
    "BLACK",
    "BLUE",
    "EXPECTED_BANDS",
    "FAINT",
    "FILLS",
    "GREEN",
    "GREY",
    "LABELS",
    "LINES",
    "MEDIAN",
    "ORANGE",
    "PURPLE",
    "THERMAL",
    "THERMAL_BAND",
    "primed",
    "style",
    "style_parameters",
]

BLACK: Final[str] = "#000000"
BLUE: Final[str] = "#0072B2"
ORANGE: Final[str] = "#D55E00"
GREEN: Final[str] = "#009E73"
GREY: Final[str] = "#595959"
PURPLE: Final[str] = "#8B3F6B"
"""Of Okabe and Ito's reddish purple, darker, so that thin lines can be seen."""

LINES: Final[dict[Role, dict[str, Any]]] = {
    "search": {"color": BLUE, "linewidth": 3.0, "zorder": 4.0},
    "search-weaker": {"color": BLUE, "linewidth": 2.0, "linestyle": (0, (5, 2)), "zorder": 4.0},
    "search-best": {"color": BLUE, "linewidth": 2.0, "linestyle": (0, (7, 1.5, 1, 1.5)), "zorder": 5.0},
    "exact": {"color": ORANGE, "linewidth": 1.5, "zorder": 5.0},
    "best": {"color": GREEN, "linewidth": 2.0, "zorder": 6.0},
    "rival": {"color": BLACK, "linewidth": 2.0, "linestyle": (0, (5, 2)), "zorder": 3.0},
    "second": {"color": ORANGE, "linewidth": 2.0, "zorder": 4.0},
    "second-best": {"color": ORANGE, "linewidth": 2.0, "linestyle": (0, (7, 1.5, 1, 1.5)), "zorder": 5.0},
    "part": {"color": BLUE, "linewidth": 2.0, "linestyle": (0, (1, 1.5)), "zorder": 3.0},
    "excluded": {"color": GREY, "linewidth": 1.5, "zorder": 2.0},
    "excluded-faint": {"color": GREY, "linewidth": 1.0, "zorder": 1.5},
}
FAINT: Final[tuple[Any, ...]] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 1.5, 1, 1.5)))
"""Dashes of faint published curves in turn, so that a legend tells them apart."""
FILLS: Final[dict[Role, dict[str, Any]]] = {
    "excluded": {"color": "#C4C4C4", "linewidth": 0.0, "zorder": 1.0},
    "excluded-faint": {"color": "#E6E6E6", "linewidth": 0.0, "zorder": 0.5},
}
THERMAL: Final[tuple[dict[str, Any], ...]] = tuple(
    {"color": PURPLE, "linewidth": 1.8, "linestyle": dashes, "zorder": 2.5}
    for dashes in ("-", (0, (8, 2)), (0, (3, 1.5)), (0, (6, 1.5, 1, 1.5, 1, 1.5)))
)
"""Thermal lines in turn, one colour."""
THERMAL_BAND: Final[dict[str, Any]] = {"color": "#E9C9DA", "linewidth": 0.0, "zorder": 0.8}
EXPECTED_BANDS: Final[tuple[dict[str, Any], dict[str, Any]]] = (
    {"color": "#F5E9A3", "linewidth": 0.0, "zorder": 0.9},
    {"color": "#8FD0BC", "linewidth": 0.0, "zorder": 0.95},
)
"""Two and one standard deviations: yellow and green, as usual, in tints that differ in brightness."""
MEDIAN: Final[dict[str, Any]] = {"color": BLACK, "linewidth": 1.6, "linestyle": (0, (5, 2)), "zorder": 3.5}
LABELS: Final[dict[Role, str]] = {"excluded": "#303030", "excluded-faint": "#303030"}
"""Colours of labels, where they differ from the curves."""
_OURS: Final[dict[str, Any]] = {
    "font.size": 15.0,
    "axes.labelsize": 17.0,
    "axes.linewidth": 1.2,
    "axes.unicode_minus": True,
    "xtick.labelsize": 14.0,
    "ytick.labelsize": 14.0,
    "xtick.major.size": 7.0,
    "xtick.minor.size": 3.5,
    "ytick.major.size": 7.0,
    "ytick.minor.size": 3.5,
    "legend.fontsize": 13.0,
    "legend.title_fontsize": 13.0,
    "legend.handlelength": 2.2,
    "mathtext.fontset": "stixsans",
    "pdf.fonttype": 42,  # text stays text in a slide
    "savefig.dpi": 160,
}


def primed(symbol: str) -> str:
    r"""Return a symbol such as A' with a prime that is large enough in an index.

    >>> primed("A'")
    'A\\mathbf{′}'
    """
    return symbol.replace("'", r"\mathbf{′}")


def style_parameters() -> dict[str, Any]:
    """Return the style as matplotlib's rc parameters: the style of mplhep, with sizes for a talk.

    Raises
    ------
    MissingExtraError
        The plotting libraries are not installed.

    """
    try:
        import matplotlib as mpl  # noqa: F401 - the first library that would be missing
        import mplhep
    except ImportError as error:
        raise MissingExtraError(f"figures need {error.name}, which is not installed: {install('plot')}") from None
    return {**mplhep.style.ROOT, **_OURS}


@contextmanager
def style() -> Iterator[None]:
    """Context with the style of the package; use it for your own figures, too.

    Raises
    ------
    MissingExtraError
        The plotting libraries are not installed.

    """
    parameters: dict[Any, Any] = style_parameters()
    import matplotlib as mpl

    with mpl.rc_context(parameters):
        yield
