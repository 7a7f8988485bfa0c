"""The physics option ``resolution`` applied to a channel: its selection, and the tracks that enter it."""

from __future__ import annotations

from collections.abc import Sequence

from evanesce.errors import InvalidValueError
from evanesce.physics import PhysicsOptions
from evanesce.setups.setup import Setup
from evanesce.setups.slabs import slabs_of
from evanesce.setups.target import EnergyEfficiency, Layer, Selection, Target
from evanesce.sources import SOURCES, Source, energies, keeps_sharp_window, unit_exposure, with_angular_resolution
from evanesce.tracklength import Acceptance, EfficientAcceptance, Resolution, SharpAcceptance, SmearedAcceptance

__all__ = ["seen_by", "sharp_window"]


def seen_by(
    source: Source,
    target: Target | Sequence[Layer],
    selection: Selection,
    resolution: Resolution | None,
    options: PhysicsOptions,
) -> tuple[Setup, ...]:
    """Return a setup for each slab in which events count, with a sharp selection or one smeared by the resolution.

    Raises
    ------
    InvalidValueError
        ``resolution=detector`` without a stated resolution, a target without an active layer, or an efficiency in GeV
        for tracks of several energies.

    """
    unit, _ = unit_exposure(source)
    used = _used(resolution, options)
    acceptance: Acceptance
    if used is None:
        acceptance = SharpAcceptance(missing_fraction=selection.missing_fraction)
    else:
        unit = with_angular_resolution(unit, used.polar_angle)
        acceptance = SmearedAcceptance(missing_fraction=selection.missing_fraction, resolution=used)
    if selection.energy_efficiency:
        acceptance = _efficient(acceptance, selection.energy_efficiency, source)
    slabs = slabs_of(target, selection.depth_efficiency)
    return tuple(Setup(source=unit, target=slab, acceptance=acceptance) for slab in slabs)


def _efficient(acceptance: Acceptance, points: Sequence[EnergyEfficiency], source: Source) -> EfficientAcceptance:
    """Acceptance times an efficiency; energies in GeV become fractions of the beam's."""
    fractions = [point.missing_fraction or 0.0 for point in points]
    if points[0].missing_fraction is None:
        low, high = energies(source)
        if not high <= low * (1.0 + 1e-9):
            raise InvalidValueError(
                f"energy_efficiency: missing_energy needs tracks of one energy, here they have {low:.4g} to "
                f"{high:.4g} GeV; use missing_fraction"
            )
        fractions = [(point.missing_energy or 0.0) / high for point in points]
        if not max(fractions) <= 1.0:
            raise InvalidValueError(
                f"energy_efficiency: missing_energy = {max(fractions) * high:g} GeV exceeds the energy of the tracks, "
                f"{high:.4g} GeV"
            )
    return EfficientAcceptance(
        inner=acceptance,
        fractions=tuple(fractions),
        efficiencies=tuple(point.efficiency for point in points),
    )


def sharp_window(source: Source, resolution: Resolution | None, options: PhysicsOptions) -> str | None:
    """Caution that the resolution of the polar angle is not applied to the source; None if it is, or is not needed.

    Raises
    ------
    InvalidValueError
        ``resolution=detector`` without a stated resolution.

    """
    used = _used(resolution, options)
    if used is None or not keeps_sharp_window(source, used.polar_angle):
        return None
    kind = SOURCES.name_of(type(source)) or type(source).__name__
    return (
        f"resolution={options.resolution}: polar_angle = {used.polar_angle:g} mrad is neglected, the window of a "
        f"source '{kind}' stays sharp"
    )


def _used(resolution: Resolution | None, options: PhysicsOptions) -> Resolution | None:
    """Return the resolution in use; None for an ideal detector."""
    if options.resolution == "ideal":
        return None
    if resolution is None:
        raise InvalidValueError(
            f"physics option resolution = '{options.resolution}': the card states no resolution; add one or use ideal"
        )
    return resolution
