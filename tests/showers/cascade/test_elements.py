"""The solver: an exact solution, measured order of convergence, conservation."""

import numpy as np
import pytest
from scipy.special import exp1

from evanesce.showers.cascade.depth import depth_steps, rational_coefficients, track_length_integral
from evanesce.showers.cascade.elements import Elements, cell_edges
from evanesce.showers.tsai_whitis import RADIATION, first_generation


def tsai_whitis(order, start, stop, *, widest=0.25, accuracy=6):
    """Relative error of F for the losses b₁E₁(s), whose solution is Eq. (A.2)."""
    elements = Elements(cell_edges(1e-6, widest, 5.0), order, 1e-7, 1e-6)
    matrix = elements.divergence(elements.loss(lambda step, start: RADIATION * exp1(step)))
    lethargy = elements.nodes
    track = track_length_integral(matrix, elements.point_source(), start, stop, block=order, accuracy=accuracy)
    # per unit of l, not of v
    exact = first_generation(np.log1p(1.0 / lethargy), start, stop) * np.exp(-lethargy) / lethargy
    return lethargy, track / exact - 1.0


@pytest.mark.parametrize(("start", "stop"), [(0.0, 16.0), (0.0, 1.0), (0.3, 2.0)])
def test_tsai_and_whitis_are_the_scale_free_limit(start, stop):
    """Complete screening without ionisation: the endpoint is a Gamma variable, resolved to v = 1 - 1e-5."""
    lethargy, error = tsai_whitis(6, start, stop)
    inside = (lethargy > 1e-5) & (lethargy < 4.0)
    assert np.abs(error[inside]).max() < 5e-5
    assert np.abs(error[(lethargy > 0.02) & (lethargy < 3.0)]).max() < 5e-6


def test_convergence_with_the_width_of_cells():
    """Order p + 1 with p + 1 nodes a cell: third order with three, measured between widths of 1/2 and 1/4."""
    errors = []
    for widest in (0.5, 0.25, 0.125):
        lethargy, error = tsai_whitis(3, 0.0, 16.0, widest=widest)
        errors.append(np.sqrt(np.mean(error[(lethargy > 1.0) & (lethargy < 3.5)] ** 2)))
    assert np.log2(errors[0] / errors[1]) > 2.7
    assert np.log2(errors[1] / errors[2]) > 2.7


def test_convergence_with_order():
    worst = []
    for order in (3, 4, 5):
        lethargy, error = tsai_whitis(order, 0.0, 16.0)
        worst.append(np.abs(error[(lethargy > 0.02) & (lethargy < 3.0)]).max())
    assert worst[0] > 3.0 * worst[1] > 9.0 * worst[2]


def test_rational_approximation_of_the_exponential():
    """Order 5, and R(-∞) = 0."""
    coefficients = rational_coefficients()

    def error(z):
        return abs(np.polynomial.polynomial.polyval(1.0 / (1.0 - 0.27805384113645953 * z), coefficients) - np.exp(z))

    assert np.log2(error(-0.1) / error(-0.05)) == pytest.approx(6.0, abs=0.2)
    assert error(-1e9) < 1e-8


@pytest.mark.parametrize("depth", [1e-3, 0.7, 16.0, 40.0])
def test_steps_add_up_to_the_depth(depth):
    assert sum(step * count for step, count in depth_steps(depth, 4)) == pytest.approx(depth, rel=1e-14, abs=0)


def test_particles_are_conserved():
    """What a loss takes from one cell arrives in another, to rounding: columns sum to the flow off the last edge."""
    elements = Elements(cell_edges(1e-3, 0.25, 3.0), 5, 1e-4, 1e-3)
    flux = elements.loss(lambda step, start: np.exp(-30.0 * step)) + elements.drift(lambda lethargy: 0.1 + lethargy)
    matrix = elements.divergence(flux)
    change = elements.weights @ matrix
    # steps of 1/30 do not reach the last edge from the first half
    first_half = elements.nodes < 1.0
    assert np.abs(change[first_half]).max() < 1e-13
    assert change @ np.ones(elements.size) == pytest.approx(-(3.1 + 1.0 / 30.0), rel=1e-6)


def test_other_cells_adopt_a_density():
    """Number and moments stay, with cells in common or not; in finer cells of the same edges it is the same density."""
    coarse = Elements(cell_edges(0.01, 0.25, 4.0, fronts=(0.3,)), 5, 1e-4, 1e-3)
    density = np.exp(-coarse.nodes) * np.cos(3.0 * coarse.nodes)
    for fronts in ((0.1,), (0.3, 0.5)):
        other = Elements(cell_edges(0.005, 0.25, 4.0, fronts=fronts), 5, 1e-4, 1e-3)
        adopted = other.adopt(coarse, density)
        for power in range(3):
            moments = [each.weights @ (each.nodes**power * n) for each, n in ((other, adopted), (coarse, density))]
            assert moments[0] == pytest.approx(moments[1], rel=1e-13)
    cell = np.searchsorted(coarse.edges, other.nodes) - 1
    assert adopted == pytest.approx(coarse.evaluate(density, other.nodes, cell), rel=1e-11, abs=1e-13)


def test_drift_alone():
    """∂n/∂t = -a ∂n/∂l with a point source: n(l) is 1/a up to l = a·t and nothing beyond."""
    elements = Elements(cell_edges(0.01, 0.25, 4.0), 5, 1e-4, 1e-3)
    matrix = elements.divergence(elements.drift(lambda lethargy: np.full_like(lethargy, 0.5)))
    track = track_length_integral(matrix, elements.point_source(), 0.0, 2.0, block=5)
    assert elements.weights @ track == pytest.approx(2.0, rel=1e-9)
    assert track[elements.nodes < 0.3] == pytest.approx(2.0, rel=0.02)
    assert np.abs(track[elements.nodes > 2.0]).max() < 0.02


def test_fronts_are_resolved_and_keep_the_common_cells():
    plain, fine = cell_edges(0.01, 0.25, 4.0), cell_edges(0.01, 0.25, 4.0, fronts=(0.1, 0.4))
    assert set(plain) <= set(fine)
    assert (np.diff(fine) > 0).all()
    assert np.diff(fine[(fine > 0.09) & (fine < 0.11)]).max() < 0.007


@pytest.mark.parametrize("order", [4, 5, 6, 7])
def test_nodes_of_far_cells_are_enough(monkeypatch, order):
    """The flux of a rate that varies as ln s, against that with nodes in between in every cell: to 1e-7."""

    def losses():
        elements = Elements(cell_edges(1e-5, 0.25, 4.8), order, 1e-5, 1e-4)
        return elements, elements.loss(lambda step, start: np.exp(0.1 * start) * -np.log(-np.expm1(-step)))

    elements, found = losses()
    whole = elements._all_pieces.far
    assert 0.3 < len(whole.target) / (0.5 * len(found) * elements.cells) < 1.2
    monkeypatch.setattr("evanesce.showers.cascade.elements._FAR", 1e-100)
    elements, expected = losses()
    assert not len(elements._all_pieces.far.target)
    density = np.exp(-elements.nodes)
    assert found @ density == pytest.approx(expected @ density, rel=1e-7, abs=0)
    assert (found != expected).any()
