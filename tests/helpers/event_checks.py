"""Collect events, and compare histograms of them with yields of changed cards, which share nothing with the sampler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from scipy.stats import chi2

import evanesce as ev
from evanesce.formats import EventBatch
from evanesce.physics import resolve_physics


def collect(stream) -> dict[str, dict[str, np.ndarray]]:
    """Weights and columns of all events, by process."""
    found: dict[str, list[EventBatch]] = {}
    for batch in stream:
        found.setdefault(batch.process, []).append(batch)
    return {
        process: {"weight": np.concatenate([b.weight for b in batches])}
        | {name: np.concatenate([b.columns[name] for b in batches]) for name in batches[0].columns}
        for process, batches in found.items()
    }


@lru_cache(maxsize=16)
def sample(experiment: str, physics: str, mass: float, mediator, count: int, card: tuple = (), seed: int = 11):
    """Events of one point, kept for several tests; ``card`` has pairs of changes."""
    stream = ev.generate_events(
        ev.experiment(experiment, dict(card)), mediator, mass, count, seed=seed, physics=physics
    )
    return stream, collect(stream)


def process_yield(experiment, options, mediator, mass: float, process: str) -> float:
    """Yield per ε² of one process; what a published curve scales is computed instead."""
    computed = experiment.replace({"bremsstrahlung_curve": None})
    return float(ev.predict(computed, mediator, mass, physics=options).signal[process].value)


def chi_square(
    value: np.ndarray, weight: np.ndarray, edges: Sequence[float], expected: np.ndarray
) -> tuple[float, float]:
    """p-value of weighted events against expected contents of bins, and the relative error of the best-known bin."""
    content, _ = np.histogram(value, edges, weights=weight)
    variance, _ = np.histogram(value, edges, weights=weight**2)
    pull = (content - expected) / np.sqrt(variance)
    return float(chi2.sf(np.sum(pull**2), len(pull))), float((np.sqrt(variance) / content).min())


def contents(cumulative: Callable[[float], float], edges: Sequence[float]) -> np.ndarray:
    """Contents of bins from a yield below (or above) each edge."""
    return np.abs(np.diff([cumulative(edge) for edge in edges]))


def options_of(physics: str):
    return resolve_physics(physics)
