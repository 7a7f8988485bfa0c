"""The axis of mediator masses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evanesce.figures.style import primed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["label_mass"]


def label_mass(ax: Axes, mediator: str, scale: str) -> None:
    """Label the horizontal axis; on a logarithmic one the numbers are 0.02 rather than 2 × 10⁻²."""
    ax.set_xlabel(rf"$m_{{{primed(mediator)}}}$ [GeV]")
    if scale != "log":
        return
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = ax.get_xlim()
    subs = (1.0, 2.0, 5.0) if high > 10.0 * low else (1.0, 2.0, 3.0, 4.0, 6.0)
    ax.xaxis.set_major_locator(LogLocator(subs=subs))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_locator(LogLocator(subs=tuple(range(1, 10))))
    ax.xaxis.set_minor_formatter(NullFormatter())
