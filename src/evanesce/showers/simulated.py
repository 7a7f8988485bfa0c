"""Physics options common to all simulated showers."""

from __future__ import annotations

from typing import Final

from evanesce.physics import Option

__all__ = ["SIMULATION"]

SIMULATION: Final[tuple[Option, ...]] = (
    Option(
        name="histories",
        default=1_000_000,
        smallest=2,
        largest=10**12,
        whole=True,
        needs=("track_length", "montecarlo"),
        help="Primary particles of a simulated shower.",
    ),
    Option(
        name="seed",
        default=1,
        smallest=0,
        largest=2**53,
        whole=True,
        needs=("track_length", "montecarlo"),
        help="Seed of a simulated shower; the same seed gives the same result on any number of threads.",
    ),
)
