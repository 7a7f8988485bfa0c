"""The physics option ``resolution`` applied to a channel: its selection, and the tracks that enter it."""

from __future__ import annotations

from evanesce.errors import InvalidValueError
from evanesce.physics import PhysicsOptions
from evanesce.setups.setup import Setup
from evanesce.setups.target import Selection, Target
from evanesce.sources import SOURCES, Source, energies, keeps_sharp_window, unit_exposure, with_angular_resolution
from evanesce.tracklength import Acceptance, EfficientAcceptance, Resolution, SharpAcceptance, SmearedAcceptance

__all__ = ["resolution_in_use", "seen_by", "sharp_window"]


def seen_by(
    source: Source, target: Target, selection: Selection, resolution: Resolution | None, options: PhysicsOptions
) -> Setup:
    """Return the setup with a sharp selection, or with one smeared by the resolution of the detector.

    Raises
    ------
    InvalidValueError
        ``resolution=detector`` without a stated resolution, or an efficiency in GeV for tracks of several energies.

    """
    unit, _ = unit_exposure(source)
    used = resolution_in_use(resolution, options)
    acceptance: Acceptance
    if used is None:
        acceptance = SharpAcceptance(missing_fraction=selection.missing_fraction)
    else:
        unit = with_angular_resolution(unit, used.polar_angle)
        acceptance = SmearedAcceptance(missing_fraction=selection.missing_fraction, resolution=used)
    efficiency = selection.efficiency
    if efficiency is not None and efficiency.missing_energy:
        acceptance = EfficientAcceptance(
            inner=acceptance,
            fractions=efficiency.fractions(*energies(unit)),
            efficiencies=tuple(point.efficiency for point in efficiency.missing_energy),
        )
    return Setup(source=unit, target=target, acceptance=acceptance)


def sharp_window(source: Source, resolution: Resolution | None, options: PhysicsOptions) -> str | None:
    """Caution that the resolution of the polar angle is not applied to the source; None if it is, or is not needed.

    Raises
    ------
    InvalidValueError
        ``resolution=detector`` without a stated resolution.

    """
    used = resolution_in_use(resolution, options)
    if used is None or not keeps_sharp_window(source, used.polar_angle):
        return None
    kind = SOURCES.name_of(type(source)) or type(source).__name__
    return (
        f"resolution={options.resolution}: polar_angle = {used.polar_angle:g} mrad is neglected, the window of a "
        f"source '{kind}' stays sharp"
    )


def resolution_in_use(resolution: Resolution | None, options: PhysicsOptions) -> Resolution | None:
    """Return the resolution in use; None for an ideal detector.

    Raises
    ------
    InvalidValueError
        ``resolution=detector`` without a stated resolution.

    """
    if options.resolution == "ideal":
        return None
    if resolution is None:
        raise InvalidValueError(
            f"physics option resolution = '{options.resolution}': the card states no resolution; add one or use ideal"
        )
    return resolution
