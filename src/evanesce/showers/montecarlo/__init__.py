"""The electromagnetic cascade as a simulation: the cross sections of the cascade equations, event by event."""

from evanesce.showers.montecarlo.model import MonteCarlo
from evanesce.showers.montecarlo.simulation import ShowerRun, Tally, simulate
from evanesce.showers.montecarlo.tracks import Tracks, simulate_tracks

__all__ = ["MonteCarlo", "ShowerRun", "Tally", "Tracks", "simulate", "simulate_tracks"]
