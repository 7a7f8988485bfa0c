"""The figures of the paper: their numbers, drawing functions and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from evanesce.figures import draw_endpoint, draw_limits, draw_spectra, draw_track_length, render
from evanesce.reproduce import curves
from evanesce.reproduce.setting import Setting

if TYPE_CHECKING:
    from evanesce.figures import Limits

__all__ = ["PICTURES", "Picture"]

Settings: TypeAlias = Mapping[str, Setting]
Files: TypeAlias = dict[str, bytes]
"""Contents by file type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure and the function that makes it."""

    slug: str
    """Name of its files."""
    make: Callable[[Settings], Files]
    beyond: bool = False
    """Whether the paper has nothing like it."""


def _dark_photon(settings: Settings) -> Files:
    limits = curves.reach(settings)
    rival = _label(limits, "rival")
    return render(
        [
            lambda ax: draw_limits(
                ax,
                limits,
                x_range=(0.01, 0.95),
                y_range=(3e-6, 1e-2),
                label_at={"BaBar": 0.6, curves.BEAM_LABEL: 0.028, rival: 0.3},
                legend="lower right",
            ),
            lambda ax: draw_limits(
                ax,
                limits,
                x_range=(0.06, 0.092),
                x_scale="linear",
                y_range=(1e-5, 1e-3),
                label_at={curves.BEAM_LABEL: 0.073, rival: 0.0815},
                legend=None,
            ),
        ],
        width=14.0,
    )


def _coupling(settings: Settings) -> Files:
    limits = curves.coupling_reach(settings)
    places = {"NA64 2019": 4e-5, _label(limits, "rival"): 3e-4}
    return _one(limits, x_range=(1e-5, 1.0), y_range=(1e-5, 1e-3), label_at=places, legend="center left")


def _na64(settings: Settings) -> Files:
    return _one(curves.na64_comparison(settings), x_range=(0.1, 0.6), y_range=(1e-4, 1e-2), legend="upper left")


def _scalar(settings: Settings) -> Files:
    limits = curves.scalar_reach(settings)
    return _one(limits, x_range=(0.01, 0.95), label_at={_label(limits, "excluded"): 0.021}, legend="lower right")


def _spectra(settings: Settings) -> Files:
    found = curves.spectra(settings)
    title = "positrons in the barrel; the paper has\n$1.2 \\times 10^4$ pb and $\\simeq 160$ pb"
    return render([lambda ax: draw_spectra(ax, found, title=title)])


def _radiative(settings: Settings) -> Files:
    limits = curves.radiative_reach(settings)
    places = {"NA64 2019": 0.13, _label(limits, "rival"): 0.13}
    return _one(limits, x_range=(0.02, 0.2), y_range=(1e-5, 1e-1), label_at=places, legend="upper left")


def _track_length(settings: Settings) -> Files:
    lengths, endpoint = curves.track_lengths(settings), curves.endpoint(settings)
    title = f"positrons in {settings['published'].belle2.slab.thickness:g} $X_0$"
    return render(
        [lambda ax: draw_track_length(ax, lengths, title=title), lambda ax: draw_endpoint(ax, endpoint)],
        width=14.0,
    )


def _expected(settings: Settings) -> Files:
    paper, layers = curves.expected_reach(settings)
    span: dict[str, Any] = {"x_range": (0.04, 0.11), "x_scale": "linear", "y_range": (5e-6, 2e-1)}
    return render(
        [
            lambda ax: draw_limits(ax, paper, legend="upper left", **span),
            lambda ax: draw_limits(ax, layers, legend="upper left", **span),
        ],
        width=14.0,
    )


def _one(limits: Limits, **options: Any) -> Files:
    return render([lambda ax: draw_limits(ax, limits, **options)])


def _label(limits: Limits, role: str) -> str:
    """Label of the first curve with a role."""
    return next(curve.label for curve in limits.curves if curve.role == role)


PICTURES: Final[tuple[Picture, ...]] = (
    Picture(slug="fig03-dark-photon", make=_dark_photon),
    Picture(slug="fig04-coupling", make=_coupling),
    Picture(slug="fig05-na64", make=_na64),
    Picture(slug="fig06-scalar", make=_scalar),
    Picture(slug="fig07-spectra", make=_spectra),
    Picture(slug="fig08-radiative", make=_radiative),
    Picture(slug="fig-a-track-length", make=_track_length),
    Picture(slug="fig-b-expected", make=_expected, beyond=True),
)
"""The figures in the order of the paper; then appendix A, which has no figure in the paper, and expected limits."""
