"""The electromagnetic cascade as a simulation: the cross sections of the cascade equations, event by event."""

from evanesce.showers.montecarlo.model import MonteCarlo
from evanesce.showers.montecarlo.simulation import Run, Tally, simulate
from evanesce.showers.montecarlo.tracks import Tracks, simulate_tracks

__all__ = ["MonteCarlo", "Run", "Tally", "Tracks", "simulate", "simulate_tracks"]
