"""Four-vectors of events: balance, mass shells, angles, the struck electron, and how mediators decay."""

from functools import lru_cache

import numpy as np
import pytest

import evanesce as ev
from evanesce.constants import ELECTRON_MASS
from evanesce.dark_matter import ComplexScalar, Dirac, Majorana, PseudoDirac
from evanesce.physics import resolve_physics
from evanesce.sampling.kinematics import dark_matter, directions, rest_frame
from evanesce.sampling.point import SignalPoint

POINTS = [
    ("belle2", "published", ev.DarkPhoton(), 0.0667, {"target.upstream": 0.3}),
    ("belle2", "reference", ev.DarkPhoton(), 0.09, {}),
    pytest.param(("belle2", "reference", ev.Scalar(), 1.0, {"source.incident": "e-"}), marks=pytest.mark.slow),
    ("na64-2019-published", "converged", ev.AxialVector(alpha_d=0.1), 0.25, {}),
    pytest.param(
        ("na64-2019-published", "reference", ev.Pseudoscalar(), 0.2, {"source.incident": "e+"}), marks=pytest.mark.slow
    ),
]


@lru_cache(maxsize=16)
def made(experiment, physics, mediator, mass, card, count):
    """Batches of a point, the face of the calorimeter 125 cm away."""
    where = ev.experiment(experiment, dict(card))
    return list(ev.generate_events(where, mediator, mass, count, physics=physics, face_distance=125.0))


def batches(point, count=20_000):
    *what, card = point
    return made(*what, tuple(card.items()), count)


def square(momentum):
    return momentum[..., 3] ** 2 - np.sum(momentum[..., :3] ** 2, axis=-1)


def by_name(batch, name):
    return next(i for i, role in enumerate(batch.roles) if role.name == name)


@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p[0]}-{p[1]}-{type(p[2]).__name__}")
def test_every_vertex_balances(point):
    """Momentum conservation: in total and at every vertex, to 1e-9 of the energy."""
    for batch in batches(point):
        incoming = [i for i, role in enumerate(batch.roles) if role.status == -1]
        final = [i for i, role in enumerate(batch.roles) if role.status == 1]
        total = batch.momentum[:, incoming].sum(axis=1)
        assert np.abs(total - batch.momentum[:, final].sum(axis=1)).max() < 1e-9 * total[:, 3].min()
        for mothers in {role.mothers for role in batch.roles if role.mothers}:
            daughters = [i for i, role in enumerate(batch.roles) if role.mothers == mothers]
            gap = batch.momentum[:, list(mothers)].sum(axis=1) - batch.momentum[:, daughters].sum(axis=1)
            assert np.abs(gap).max() < 1e-9 * total[:, 3].min()


@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p[0]}-{p[1]}-{type(p[2]).__name__}")
def test_masses_are_those_of_the_momenta(point):
    """p² against the generated mass, to the rounding of the event's largest energy."""
    for batch in batches(point):
        scale = batch.momentum[..., 3] ** 2
        rounding = 1e-14 * batch.momentum[..., 3] * batch.momentum[..., 3].max(axis=1, keepdims=True)
        if batch.process == "bremsstrahlung":
            # what the balance leaves of momenta of 1e2 GeV, at angles that were solved for: some hundred roundings
            rounding[:, by_name(batch, "recoil_electron")] *= 100
        assert (np.abs(square(batch.momentum) - np.sign(batch.mass) * batch.mass**2) <= 3 * rounding + 1e-20).all()
        mediator = batch.mass[:, by_name(batch, "mediator")]
        assert (mediator > 2 * batch.mass[:, by_name(batch, "chi")] * (1 - 1e-9)).all()
        if batch.process == "bremsstrahlung":
            assert (mediator == point[3]).all()
            recoil = batch.momentum[:, by_name(batch, "recoil_electron")]
            # from the balance with a nucleus of 1e2 GeV, so rounding is that of its energy
            assert np.abs(square(recoil) - ELECTRON_MASS**2).max() < 1e-11 * scale[:, 0].max()


@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p[0]}-{p[1]}-{type(p[2]).__name__}")
def test_tracks_and_selection(point):
    """The polar angle follows from the energy, collisions lie on the track, and every event passes the cut."""
    experiment, card = point[0], point[-1]
    where = ev.experiment(experiment, card)
    least, highest = where.selection.missing_fraction, []
    for batch in batches(point):
        columns = batch.columns
        track = batch.momentum[:, 0]
        cosine = track[:, 2] / np.sqrt(np.sum(track[:, :3] ** 2, axis=1))
        if experiment == "belle2":
            wanted = where.source.cosine(where.source.cosine_at(columns["track_energy"]))
            assert cosine == pytest.approx(wanted, abs=1e-12)
            assert np.abs(track[:, 0].mean()) < 5 * track[:, 0].std() / np.sqrt(len(batch))
        else:
            assert cosine == pytest.approx(1.0, abs=1e-12)
        distance = np.sqrt(np.sum(batch.position[:, 2, :3] ** 2, axis=1))
        assert distance == pytest.approx(125.0 + columns["depth_cm"], rel=1e-12)
        assert batch.position[:, 2, 3] == pytest.approx(distance, rel=1e-12)
        axis = track[:, :3] / np.sqrt(np.sum(track[:, :3] ** 2, axis=1, keepdims=True))
        assert batch.position[:, 1, :3] == pytest.approx(125.0 * axis, abs=1e-9)
        assert columns["depth_cm"] == pytest.approx(columns["depth_x0"] * where.target.material.radiation_length)
        assert (columns["depth_x0"] >= where.target.upstream).all()
        assert (columns["depth_x0"] <= where.target.upstream + where.target.thickness).all()
        taken = columns["mediator_energy"] / columns["track_energy"]
        # binding energies are not in the cut; ww may put the mediator at the kinematic limit, some MeV below; a photon
        # has the energy that it would have from an electron without transverse momentum
        photon = batch.roles[-1].name == "photon"
        assert (taken > least - (2e-3 if photon else 2e-4)).all()
        total = columns["mediator_energy"] + columns["visible_energy"]
        struck = batch.momentum[:, 1, 3] if batch.process in ("annihilation", "isr") else 0.0
        # the energy of a struck electron comes on top, that of the nucleus in bremsstrahlung is left out
        assert np.abs(total - columns["track_energy"] - struck).max() < 6e-4
        highest.append(taken.max())
        assert batch.roles[0].pdg_id == (-11 if where.source.incident == "e+" else 11)
    assert max(highest) > 0.9


def test_the_struck_electron_is_on_its_mass_shell():
    """To the 1e-8 GeV that the density of collisions neglects; s is exact."""
    point = POINTS[1]
    for batch in batches(point):
        if batch.process == "isr":
            electron = batch.momentum[:, 1]
            energy = np.sqrt(ELECTRON_MASS**2 + np.sum(electron[:, :3] ** 2, axis=1))
            across = np.sum(electron[:, :2] ** 2, axis=1)
            near = (across + 2 * ELECTRON_MASS**2) / 4.1
            assert (np.abs(electron[:, 3] - energy) <= near).all()
            if batch.roles[-1].name != "photon":
                assert square(batch.momentum[:, 1] + batch.momentum[:, 2]) == pytest.approx(
                    batch.columns["mediator_mass"] ** 2, rel=1e-9
                )


@pytest.mark.parametrize(
    ("mediator", "law"),
    [
        (ev.DarkPhoton(alpha_d=0.5, mass_ratio=2.2), "vector"),
        (ev.AxialVector(alpha_d=0.5, mass_ratio=2.2), "axial"),
        (ev.Scalar(alpha_d=0.5), "flat"),
        (ev.Pseudoscalar(alpha_d=0.5), "flat"),
    ],
)
def test_decay_angles_in_the_rest_frame(mediator, law):
    """Mean of cos² θ of χ to the positron, from four-vectors: a + b cos² has (a/3 + b/5)/(a + b/3).

    For a vector a = 2 - β², b = β²; for an axial vector a = b = 1; spin 0 is flat. Within 4 standard deviations, and
    the laws of spin 1 are 8 or more away from a flat one.
    """
    differences, from_flat = [], []
    for batch in batches(("belle2", "converged", mediator, 0.0667, {}), 200_000):
        if batch.process == "annihilation":
            parent, mass = batch.momentum[:, 4], batch.mass[:, 4]
            chi, positron = (rest_frame(batch.momentum[:, i], parent, mass) for i in (5, 2))
            cosine = np.sum(chi * positron, axis=1) / np.sqrt(np.sum(chi**2, axis=1) * np.sum(positron**2, axis=1))
            beta2 = 1 - (2 * batch.mass[:, 5] / mass) ** 2
            b = {"vector": beta2, "axial": 1.0, "flat": 0.0}[law]
            a = 2 - beta2 if law == "vector" else 1.0
            wanted = (a / 3 + b / 5) / (a + b / 3)
            differences.append(cosine**2 - wanted)
            from_flat.append(cosine**2 - 1 / 3)
    difference, flat = np.concatenate(differences), np.concatenate(from_flat)
    error = difference.std() / np.sqrt(len(difference))
    assert abs(difference.mean()) < 4 * error
    assert (abs(flat.mean()) > 8 * error) == (law != "flat")


def test_decay_of_a_mediator_at_rest_and_in_flight():
    """χ and χ̄ are on their mass shells, and back to back where the mediator rests."""
    rng = np.random.default_rng(4)
    parent = np.array([[0.0, 0.0, 0.0, 0.1], [0.3, -0.4, 1.2, np.hypot(1.3, 0.1)]])
    first, second = dark_matter(parent, np.array([0.1, 0.1]), 0.03, rng)
    for chi in (first, second):
        assert square(chi) == pytest.approx(0.03**2, rel=1e-10, abs=0)
    assert first + second == pytest.approx(parent, abs=1e-15)
    assert first[0, :3] == pytest.approx(-second[0, :3], abs=1e-15)


@pytest.mark.parametrize("kind", [Dirac(), PseudoDirac(), ComplexScalar(), Majorana()], ids=lambda kind: kind.title)
def test_angles_of_each_kind_of_dark_matter(kind):
    """⟨cos²θ⟩ and ⟨cos⁴θ⟩ of 1 + a cos²θ for χ of a vector at rest, with the beam along y."""
    count, rng = 40_000, np.random.default_rng(9)
    parent, axis = np.tile([0.0, 0.0, 0.0, 0.1], (count, 1)), np.tile([0.0, 2.0, 0.0], (count, 1))
    chi, _ = dark_matter(parent, np.full(count, 0.1), 0.03, rng, "vector", axis, kind)
    cosine2 = chi[:, 1] ** 2 / np.sum(chi[:, :3] ** 2, axis=1)
    a = float(kind.forward_share(np.asarray(1 - 0.6**2)))
    for power in (1, 2):
        values = cosine2**power
        wanted = (1 / (2 * power + 1) + a / (2 * power + 3)) / (1 + a / 3)
        assert abs(values.mean() - wanted) < 4 * values.std() / np.sqrt(count)
    assert abs(cosine2.mean() - 1 / 3) > 8 * cosine2.std() / np.sqrt(count)


def test_a_smeared_source_has_its_angles_too():
    options = resolve_physics("converged", {"resolution": "detector"})
    point = SignalPoint(
        setup=ev.experiment("belle2").channel.setup(options),
        options=options,
        mediator=ev.DarkPhoton(),
        mass=0.1,
    )
    axes = directions(point.source, np.array([4.4, 5.0, 6.0]), np.random.default_rng(1))
    source = ev.Bhabha()
    assert axes[:, 2, 2] == pytest.approx(source.cosine(source.cosine_at(np.array([4.4, 5.0, 6.0]))))
    assert np.einsum("nij,nkj->nik", axes, axes) == pytest.approx(np.broadcast_to(np.eye(3), (3, 3, 3)), abs=1e-12)
