"""Conversion of steps to track length in bins: against a loop, and cases by hand."""

import numpy as np
import pytest

from evanesce.simulation.shower import score

EDGES = np.array([0.5, 0.8, 0.9, 1.0])


def by_hand(steps, event, events, edges, pieces=20_000):
    """Every step cut into many pieces, each counted at its own energy."""
    per_event = np.zeros((events, 2, len(edges) - 1))
    for (beam, length, high, loss), which in zip(steps, event, strict=True):
        v = high - loss * (np.arange(pieces) + 0.5) / pieces
        counts, _ = np.histogram(v, edges)
        per_event[which, 0 if beam else 1] += counts * length / pieces
    return per_event.sum(axis=0), (per_event**2).sum(axis=0)


def test_against_small_pieces():
    rng = np.random.default_rng(3)
    n, events = 40, 7
    high = rng.uniform(0.3, 1.0, n)
    steps = np.column_stack([rng.integers(0, 2, n), rng.exponential(1.0, n), high, rng.uniform(0.0, 0.3, n)])
    event = np.sort(rng.integers(0, events, n))
    sums, squares = score(steps, event, events, EDGES)
    expected_sums, expected_squares = by_hand(steps, event, events, EDGES)
    # a piece straddles an edge: 1/20000 of a step, of which there are 40
    assert sums == pytest.approx(expected_sums, abs=40 * 3.0 / 20_000)
    assert squares == pytest.approx(expected_squares, abs=40 * 3.0 / 1_000)


def test_a_step_is_split_in_proportion_to_energy():
    sums, squares = score(np.array([[1.0, 2.0, 0.95, 0.1]]), np.array([0]), 1, EDGES)
    assert sums == pytest.approx(np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 0.0]]))
    assert squares == pytest.approx(sums**2)


def test_a_step_without_loss_lies_in_one_bin_also_on_its_lower_edge():
    for v, expected in ((0.8, [0.0, 3.0, 0.0]), (0.85, [0.0, 3.0, 0.0]), (0.4, [0.0, 0.0, 0.0])):
        sums, _ = score(np.array([[0.0, 3.0, v, 0.0]]), np.array([0]), 1, EDGES)
        assert sums[1] == pytest.approx(expected)


def test_squares_are_of_events_and_not_of_steps():
    steps = np.array([[1.0, 1.0, 0.85, 0.0]] * 3)
    _, squares = score(steps, np.array([0, 0, 2]), 3, EDGES)
    assert squares[0, 1] == pytest.approx(2.0**2 + 1.0)


def test_nothing_happened():
    sums, squares = score(np.empty((0, 4)), np.empty(0, dtype=np.intp), 5, EDGES)
    assert not sums.any()
    assert not squares.any()
