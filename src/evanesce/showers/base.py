"""The interface of a shower model, and the registry of the models that a physics option can name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol, runtime_checkable

from evanesce.errors import InvalidValueError
from evanesce.particles import Tracked
from evanesce.physics import PhysicsOptions
from evanesce.registry import Registry
from evanesce.showers.bins import BinnedTrackLength
from evanesce.showers.kernel import TrackLength
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray

__all__ = ["SHOWERS", "BinnedShower", "LayeredShower", "Shower", "WaysShower", "binned_layers", "kernel_shower"]


class BinnedShower(Protocol):
    """A model of the electromagnetic cascade with binned results."""

    @classmethod
    def from_options(cls, options: PhysicsOptions) -> BinnedShower:
        """Build the model from the physics options."""
        ...

    def binned(
        self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0, of: Tracked = "e+"
    ) -> BinnedTrackLength:
        """Average the track length over bins in v, for a setup with one energy; cut above ``v_max``.

        ``of`` positrons or of photons; a model that cannot tell one of them raises an InvalidValueError.
        """
        ...


@runtime_checkable
class Shower(BinnedShower, Protocol):
    """A model with kernels, as needed for yields."""

    def track_length(self, setup: ShowerSetup) -> TrackLength:
        """Track length of positrons, of radiating tracks and of photons between two depths."""
        ...


@runtime_checkable
class LayeredShower(BinnedShower, Protocol):
    """A model that scores all layers at once, because a run is expensive."""

    def binned_layers(
        self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0
    ) -> tuple[BinnedTrackLength, ...]:
        """:meth:`binned` of every layer before the slab, and of the slab."""
        ...


@runtime_checkable
class WaysShower(Shower, Protocol):
    """A model that follows what comes by several ways together, because a slab takes long."""

    def over_ways(self, shares: Sequence[float], setups: Sequence[ShowerSetup]) -> TrackLength:
        """Mean of :meth:`track_length` over setups that differ only in the layers before the slab."""
        ...


SHOWERS: Final[Registry[BinnedShower]] = Registry(
    "shower", "evanesce.showers", plug_ins="showers", interface=BinnedShower
)


def binned_layers(
    model: BinnedShower, setup: ShowerSetup, edges: FloatArray, **settings: Any
) -> tuple[BinnedTrackLength, ...]:
    """Bin averages in every layer before the slab, in order, and in the slab; each in X0 of its own material.

    ``settings`` as for :meth:`BinnedShower.binned`.
    """
    if isinstance(model, LayeredShower):
        return model.binned_layers(setup, edges, **settings)
    return tuple(model.binned(setup.layer(k), edges, **settings) for k in range(len(setup.before) + 1))


def kernel_shower(name: str, options: PhysicsOptions) -> Shower:
    """Return the model ``name``, which must have kernels.

    Raises
    ------
    InvalidValueError
        The model has only bin averages.

    """
    model = SHOWERS.get(name).from_options(options)
    if not isinstance(model, Shower):
        raise InvalidValueError(
            f"shower '{name}': has only binned results, for 'evanesce tracklength'; for a limit use cascade"
        )
    return model
