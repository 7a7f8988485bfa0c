"""What a shower model has to offer, and the registry that physics options look models up in."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from evanesce.errors import InvalidValueError
from evanesce.physics import PhysicsOptions
from evanesce.registry import Registry
from evanesce.showers.bins import BinnedTrackLength
from evanesce.showers.kernel import TrackLength
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray

__all__ = ["SHOWERS", "BinnedShower", "Shower", "kernel_shower"]


class BinnedShower(Protocol):
    """A model of the electromagnetic cascade, at least in bins."""

    @classmethod
    def from_options(cls, options: PhysicsOptions) -> BinnedShower:
        """Build the model as the physics options say."""
        ...

    def binned(self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0) -> BinnedTrackLength:
        """Average the track length over bins in v, for a setup with one energy; cut above ``v_max``."""
        ...


@runtime_checkable
class Shower(BinnedShower, Protocol):
    """A model with kernels, from which yields follow."""

    def track_length(self, setup: ShowerSetup) -> TrackLength:
        """Track length of positrons between two depths."""
        ...


SHOWERS: Final[Registry[BinnedShower]] = Registry("shower", "evanesce.showers")


def kernel_shower(name: str, options: PhysicsOptions) -> Shower:
    """The model ``name`` where kernels are needed.

    Raises
    ------
    InvalidValueError
        It gives bin averages only.

    """
    model = SHOWERS.get(name).from_options(options)
    if not isinstance(model, Shower):
        raise InvalidValueError(
            f"shower '{name}': gives binned results only, as 'evanesce tracklength'; for a limit use cascade"
        )
    return model
