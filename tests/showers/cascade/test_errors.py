"""The errors of the bins cover the change with finer grids, from v = 0.01 to the endpoint."""

import itertools

import numpy as np
import pytest

from evanesce.materials import material
from evanesce.memo import Memo
from evanesce.showers import Kernel, ShowerSetup, bin_averages, bin_kernels
from evanesce.showers.cascade import Cascade, depth, solution
from evanesce.showers.cascade.solution import Accuracy
from evanesce.showers.cascade.transport import CUT
from evanesce.showers.kernel import TrackLength, from_terms

EDGES = np.array(
    [0.01, 0.03, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0]
)
FINE = Accuracy(beam_order=8, shower_order=6, first=5e-6, widest=0.125, depth=7, tables=0.015)
"""Finer in every direction: two to five times smaller errors."""
MATERIALS = ["CsI", "Pb", "C", "W", "PbWO4", "H2O"]
ALL = list(itertools.product([0.5, 4.35, 100.0, 1000.0], [0.01, 0.3, 1.0, 16.0, 40.0], ["e+", "e-", "gamma"]))
FEW = [
    ("CsI", 4.35, 16.0, "e+"),
    ("Pb", 0.5, 0.01, "e-"),
    ("PbWO4", 4.35, 0.3, "gamma"),
    ("W", 1000.0, 1.0, "e+"),
    ("W", 100.0, 0.01, "e+"),
    ("CsI", 0.5, 16.0, "gamma"),
    ("W", 0.5, 0.3, "e+"),
    ("C", 100.0, 40.0, "gamma"),
]


def setup(name, energy, thickness, incident, *, start=0.0, before=()):
    return ShowerSetup(
        incident=incident,
        material=material(name),
        start=start,
        stop=start + thickness,
        energy_min=energy,
        energy_max=energy,
        before=tuple((material(layer), depth) for layer, depth in before),
    )


def check(slab, **options):
    """Twice the error at most in each of 34 bins, and the error is no more than what bins are worth."""
    ours, better = Cascade(**options).binned(slab, EDGES), Cascade(accuracy=FINE, **options).binned(slab, EDGES)
    for name in ("primary", "secondary"):
        value, error, finer = getattr(ours, name), getattr(ours, f"{name}_error"), getattr(better, name)
        assert (np.abs(value - finer) <= 2.0 * error).all()
        # where there are tracks, to v = 0.98, an error is a small one
        assert (error[:10] <= 1e-3 * np.maximum(value[:10], 1e-6 * value.max())).all()


@pytest.mark.parametrize(("name", "energy", "thickness", "incident"), FEW)
def test_finer_grids_change_less_than_twice_the_error(name, energy, thickness, incident):
    check(setup(name, energy, thickness, incident))


@pytest.mark.slow
@pytest.mark.parametrize(("case", "number"), [(case, k) for k, case in enumerate(ALL)])
def test_finer_grids_everywhere(case, number):
    """Energies, thicknesses and particles from end to end, with the materials in turn."""
    check(setup(MATERIALS[number % 6], *case))


def test_a_layer_upstream():
    check(setup("CsI", 4.35, 1.0, "e+", start=0.3))


@pytest.mark.parametrize(
    ("name", "energy", "thickness", "incident", "before"),
    [
        pytest.param("CsI", 4.35, 16.0, "e+", [("Al", 0.06), ("SiO2", 0.163), ("Al", 0.08)], marks=pytest.mark.slow),
        ("SiO2", 4.35, 0.163, "e-", [("Al", 0.06)]),
        ("C8H8", 10.0, 0.00363, "e+", [("Pb", 0.267), ("C8H8", 0.00363), ("Pb", 0.267)]),
        ("W", 100.0, 2.0, "gamma", [("C", 0.01), ("Pb", 3.0)]),
    ],
)
def test_layers_before_the_slab(name, energy, thickness, incident, before):
    """The error includes that of the densities that enter the slab."""
    check(setup(name, energy, thickness, incident, before=before))


def test_a_simulation_may_be_compared():
    """4.35 GeV in CsI with knock-ons from 100 keV on, above v = 0.5: 3e-5, below a simulation's statistics."""
    slab, edges = setup("CsI", 4.35, 16.0, "e+"), EDGES[4:]
    ours = Cascade(cut=1e-4).binned(slab, edges)
    finer = Cascade(cut=1e-4, accuracy=FINE).binned(slab, edges)
    assert (ours.primary_error <= 3e-5 * ours.primary).all()
    assert (np.abs(ours.primary / finer.primary - 1.0) <= 1.5e-5).all()


def test_secondaries_next_to_the_endpoint():
    """They vanish there, but to v = 0.998 they are known to 2e-4: a first cell of 4e-4 in ln(1/v) gives 1e-3."""
    slab, edges = setup("CsI", 4.35, 16.0, "e+"), EDGES[1:15]
    ours, finer = Cascade().binned(slab, edges), Cascade(accuracy=FINE).binned(slab, edges)
    assert ours.secondary == pytest.approx(finer.secondary, rel=5e-5, abs=0)
    assert (ours.secondary_error <= 2e-4 * ours.secondary).all()


def test_bins_within_a_panel_and_of_many():
    """Any bins: the sum over fine bins has no larger error than they have, and no bin's error vanishes by chance."""
    slab = setup("CsI", 4.35, 16.0, "e+")
    fine, coarse = (np.linspace(0.5, 1.0, n) for n in (257, 5))
    ours, better = Cascade().binned(slab, fine), Cascade(accuracy=FINE).binned(slab, fine)
    assert (np.abs(ours.primary - better.primary) <= 2.0 * ours.primary_error).all()
    whole = Cascade().binned(slab, coarse)
    assert (whole.primary_error <= ours.primary_error.reshape(4, 64).mean(axis=1)).all()
    assert whole.primary == pytest.approx(ours.primary.reshape(4, 64).mean(axis=1), rel=1e-9)


def test_a_kernel_without_a_comparison_has_one_relative_error():
    known = Cascade().track_length(setup("CsI", 4.35, 16.0, "e+")).primary
    plain = Kernel(series=known.series, error=1e-3)
    binned = bin_kernels(TrackLength(primary=plain, secondary=known, radiating=known), EDGES, energy=4.35)
    assert binned.primary_error == pytest.approx(1e-3 * binned.primary, rel=1e-6)
    assert (binned.secondary_error < 1e-4 * binned.secondary).all()


def test_changes_add_and_scale_with_kernels():
    lengths = Cascade().track_length(setup("CsI", 4.35, 16.0, "e+"))
    total = lengths.primary * 2.0 + lengths.secondary
    wanted = 2.0 * lengths.primary.change.coefficients + lengths.secondary.change.coefficients
    assert total.change.coefficients == pytest.approx(wanted)
    alone = lengths.primary + Kernel(series=lengths.secondary.series, error=0.0)
    assert alone.change is lengths.primary.change
    assert bin_averages(alone, EDGES) == pytest.approx(bin_averages(lengths.positrons, EDGES))


@pytest.mark.parametrize(
    ("name", "start", "thickness", "before"),
    [("SiO2", 0.0, 0.163, [("Al", 0.06)]), ("CsI", 3.0, 13.0, []), ("CsI", 0.1, 0.4, [])],
    ids=["thin", "deep", "part"],
)
def test_the_first_steps_in_depth_are_short_enough(monkeypatch, name, start, thickness, before):
    """With first steps a thousand times shorter no bin moves by more than a twentieth of its error."""
    slab = setup(name, 4.35, thickness, "e+", start=start, before=before)
    now, shorter = _bins(monkeypatch, slab), _bins(monkeypatch, slab, (depth, "_LEVELS", 12))
    _a_twentieth(now, shorter)


def test_steps_through_a_thick_slab_are_short_enough(monkeypatch):
    """With as many steps as in a slab that others follow, just beyond the thickness from which there are fewer."""
    slab = setup("CsI", 4.35, 8.1, "e+")
    _a_twentieth(_bins(monkeypatch, slab), _bins(monkeypatch, slab, (solution, "_THICK", 1e9)))


def _a_twentieth(found, expected):
    """Bins agree within a twentieth of their errors, and are not the same."""
    for kind in ("primary", "secondary"):
        change = np.abs(getattr(found, kind) - getattr(expected, kind))
        assert (change <= 0.05 * np.abs(getattr(found, f"{kind}_error"))).all()
        assert change.max() > 0.0


def _bins(monkeypatch, slab, constant=None):
    """Bins of a solution with another ``constant`` of a module; nothing is kept."""
    with monkeypatch.context() as changed:
        changed.setattr(solution, "_PASSED", Memo(maxsize=8))
        if constant is not None:
            assert hasattr(*constant[:2])
            changed.setattr(*constant)
        found = solution.solve(((1.0, slab),), cut=CUT, accuracy=Accuracy())
    kernels = from_terms(slab, found.edges, found.coefficients, found.errors, found.changes)
    return bin_kernels(kernels, EDGES, energy=slab.energy_max)
