"""From drawing functions to the bytes of a file, in memory; nothing is written to disk."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from evanesce.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["render", "render_figure", "thumbnail"]

_METADATA: Final[dict[str, dict[str, Any]]] = {
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    "png": {"Software": None},
}
"""Metadata without dates and versions, so that the same numbers give the same file."""
_THUMBNAIL: Final = 300


def render(draw: Sequence[Callable[[Axes], object]], *, width: float = 9.0, height: float = 6.0) -> dict[str, bytes]:
    """Draw panels side by side and return the file contents {"pdf": ..., "png": ...}.

    Each of ``draw`` gets the axes of one panel; ``width`` and ``height`` of the whole are in inches.

    Raises
    ------
    MissingExtraError
        The plotting libraries are not installed.

    """
    with style():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(draw), squeeze=False)[0]
        for panel, panel_draw in zip(panels, draw, strict=True):
            panel_draw(panel)
        files = {}
        for kind, metadata in _METADATA.items():
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, metadata=metadata)
            files[kind] = buffer.getvalue()
    return files


def render_figure(draw: Callable[[Figure], object], kind: str, about: str, *, height: float = 6.5) -> bytes:
    """Draw a whole figure and return the content of a ``pdf``, ``png`` or ``svg`` file with ``about`` in its metadata.

    It is the field Keywords of a PDF, and Description of the others.

    Raises
    ------
    MissingExtraError
        The plotting libraries are not installed.

    """
    with style():
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9.0, height), layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        buffer = io.BytesIO()
        metadata = {**_METADATA.get(kind, {"Date": None}), "Keywords" if kind == "pdf" else "Description": about}
        with mpl.rc_context({"svg.hashsalt": "evanesce", "svg.fonttype": "none"}):
            figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


def thumbnail(png: bytes) -> bytes:
    """Return a smaller PNG file, 300 pixels wide or high, of a PNG file from :func:`render`."""
    from PIL import Image

    small = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.thumbnail((_THUMBNAIL, _THUMBNAIL))
        image.save(small, format="PNG")
    return small.getvalue()
