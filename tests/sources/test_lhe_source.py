"""Events of another generator as a source."""

import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evanesce.errors import DataFileError, InvalidValueError
from evanesce.experiments import experiment
from evanesce.formats import EventBatch, Role, RunInfo, writer
from evanesce.sources import SOURCES, Bhabha, LheSource

ROLES = (
    Role(name="electron_in", pdg_id=11, status=-1),
    Role(name="positron_in", pdg_id=-11, status=-1),
    Role(name="electron", pdg_id=11, status=1, mothers=(0, 1)),
    Role(name="positron", pdg_id=-11, status=1, mothers=(0, 1)),
)
NUMBER = 20_000


def bhabha_events(weighted, beta=3 / 11):
    """Bhabha scattering between cos θ* of ±0.9, weighted after the pole or unweighted; in a frame of choice."""
    rng = np.random.default_rng(5)
    number = NUMBER if weighted else 2 * NUMBER
    cosine = 1 / (1 / 0.1 - rng.random(number) * (1 / 0.1 - 1 / 1.9)) - 1  # as 1/(1 + c)²
    weight = (3 + cosine**2) ** 2
    if not weighted:
        cosine = cosine[rng.random(number) < weight / (3 + 0.81) ** 2][:NUMBER]
        weight = np.ones(len(cosine))
    energy, phi = np.sqrt(28.0), rng.uniform(0, 2 * np.pi, len(cosine))
    sine = np.sqrt(1 - cosine**2)
    positron = energy * np.stack([sine * np.cos(phi), sine * np.sin(phi), cosine, np.ones_like(cosine)], axis=1)
    beams = energy * np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, -1.0, 1.0]])
    momentum = np.stack([*(np.broadcast_to(b, positron.shape) for b in beams), positron * [-1, -1, -1, 1], positron], 1)
    gamma = 1 / np.sqrt(1 - beta**2)
    lab = momentum.copy()
    lab[..., 2] = gamma * (momentum[..., 2] + beta * momentum[..., 3])
    lab[..., 3] = gamma * (momentum[..., 3] + beta * momentum[..., 2])
    n = len(weight)
    return EventBatch(
        process="bhabha",
        roles=ROLES,
        momentum=lab,
        mass=np.zeros((n, 4)),
        weight=weight,
        position=np.zeros((n, 1, 4)),
    )


def sigma():
    """Of the generated range, by the closed form of the package's own source."""
    source = Bhabha()
    return source._normalisation * integral(0.9) - source._normalisation * integral(-0.9)


def integral(c):
    u = 1 + c
    return u**3 / 3 - 2 * u**2 + 12 * u - 16 * np.log(u) - 16 / u


def put(path, batch, cross_section=None):
    with writer(path, RunInfo(cross_section=cross_section)) as file:
        file.write(batch)
    return str(path)


@pytest.fixture(scope="module")
def weighted(tmp_path_factory):
    return put(tmp_path_factory.mktemp("lhe") / "bhabha.lhe.gz", bhabha_events(True), sigma())


def test_bhabha_events_become_the_bhabha_source(weighted):
    """Weights, window, boost and cross section together: the barrel of Belle II out of a file."""
    source = LheSource(file=weighted, polar_angle_min=32.2, polar_angle_max=128.7)
    want = Bhabha()
    # a third of 20 000 events: 1 %, three of them
    assert source.count == pytest.approx(want.count, rel=0.03)
    assert source.edges[0] == pytest.approx(want.edges[0], abs=5e-3)
    assert source.edges[-1] == pytest.approx(want.edges[-1], abs=2e-2)
    energy = np.linspace(4.45, 5.5, 8)  # beyond, few events are left
    np.testing.assert_allclose(source.spectrum(energy), want.spectrum(energy), rtol=0.2)
    assert source.lines == ()
    assert source.spectrum(np.array([3.0, 7.0])).tolist() == [0.0, 0.0]


def test_unweighted_events_give_the_same(tmp_path, weighted):
    batch = bhabha_events(False)
    file = put(tmp_path / "u.lhe", batch, sigma())
    window = {"polar_angle_min": 40.0, "polar_angle_max": 100.0}
    first, second = LheSource(file=file, **window), LheSource(file=weighted, **window)
    assert first.count == pytest.approx(second.count, rel=0.06)


def test_weights_count_in_proportion(tmp_path, weighted):
    batch = bhabha_events(True)
    scaled = EventBatch(
        process="bhabha",
        roles=ROLES,
        momentum=batch.momentum,
        mass=batch.mass,
        weight=7e3 * batch.weight,
        position=batch.position,
    )
    other = LheSource(file=put(tmp_path / "a.lhe", scaled, sigma()))
    assert other.count == pytest.approx(LheSource(file=weighted).count, rel=1e-12)
    assert other.count == pytest.approx(sigma() * 50e6, rel=1e-12)


def test_a_file_in_the_centre_of_mass_is_boosted(tmp_path, weighted):
    file = put(tmp_path / "a.lhe", bhabha_events(True, beta=0.0), sigma())
    assert len(LheSource(file=file).lines) == 1  # all of one energy as written
    assert LheSource(file=file).lines[0][0] == pytest.approx(np.sqrt(28.0), rel=1e-9)
    assert LheSource(file=file).edges == ()
    assert LheSource(file=file).spectrum(np.array([5.0])).tolist() == [0.0]
    boosted, lab = LheSource(file=file, boost=3 / 11), LheSource(file=weighted)
    assert boosted.edges == pytest.approx(lab.edges, rel=1e-9)
    energy = np.linspace(4.0, 6.5, 9)
    np.testing.assert_allclose(boosted.spectrum(energy), lab.spectrum(energy), rtol=1e-6)


def test_electrons_and_a_cross_section_of_ones_own(weighted):
    source = LheSource(file=weighted, incident="e-", cross_section=100.0, luminosity=2.0)
    assert source.count == pytest.approx(2e8, rel=1e-12)
    assert source.sigma == 100.0
    energy = np.linspace(4.0, 6.5, 9)
    mirrored = LheSource(file=weighted, cross_section=100.0, luminosity=2.0)
    # the other charge has the rest of the energy
    np.testing.assert_allclose(source.spectrum(11.0 - energy), mirrored.spectrum(energy), rtol=0.3)


def test_it_works_in_a_card_relative_to_it(tmp_path, weighted):
    from evanesce import DarkPhoton, limit_curve

    (tmp_path / "events.lhe.gz").write_bytes(Path(weighted).read_bytes())
    card = tmp_path / "mine.yaml"
    card.write_text(
        "name: mine\nsource: {kind: lhe, file: events.lhe.gz, polar_angle_min: 32.2, polar_angle_max: 128.7}\n"
        "target: {material: CsI, thickness: 16.0}\nbackground: 94\n"
    )
    assert SOURCES.get("lhe") is LheSource
    found = limit_curve(experiment(card), DarkPhoton(), [0.07], physics="published").epsilon[0]
    want = limit_curve(experiment("belle2"), DarkPhoton(), [0.07], physics="published").epsilon[0]
    assert found == pytest.approx(want, rel=0.03)  # statistics of the file


def test_a_file_that_changed_is_read_again(tmp_path):
    batch = bhabha_events(True)
    path = tmp_path / "a.lhe"
    first = LheSource(file=put(path, batch, 10.0)).count
    assert LheSource(file=put(path, batch, 20.0)).count == pytest.approx(2 * first, rel=1e-12)


def test_results_say_which_file_it_was(weighted):
    from evanesce import DarkPhoton, generate_events, limit_curve

    want = {weighted: hashlib.sha256(Path(weighted).read_bytes()).hexdigest()}
    source = LheSource(file=weighted, polar_angle_min=32.2, polar_angle_max=128.7)
    card = replace(experiment("belle2"), source=source)
    assert card.source.checksums() == want
    assert limit_curve(card, DarkPhoton(), [0.07], physics="published").provenance["source_files_sha256"] == want
    assert generate_events(card, DarkPhoton(), 0.07, 10, physics="published").about["source_files_sha256"] == want
    belle2 = limit_curve(experiment("belle2"), DarkPhoton(), [0.07], physics="published")
    assert "source_files_sha256" not in belle2.provenance


def text(weighted):
    return gzip.decompress(Path(weighted).read_bytes()).decode()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\n-11 1 1 2 ", "\n-13 1 1 2 ", "event 1 has no final particle of code -11"),
        ("\n-11 1 1 2 ", "\n-11 2 1 2 ", "event 1 has no final particle of code -11"),
        ("</event>\n", "</evemt>\n", "line "),
        ("\n-11 1 1 2 ", "\n-13 1 1 2 ", r"line \d+: event 1 has no final particle"),
    ],
)
def test_files_without_what_is_wanted(tmp_path, weighted, old, new, message):
    path = tmp_path / "a.lhe"
    path.write_text(text(weighted).replace(old, new, 1))
    with pytest.raises(DataFileError, match=message):
        LheSource(file=str(path))


def test_a_track_off_its_mass_shell(tmp_path, weighted):
    """An energy that does not fit the momentum, as a lost exponent makes it."""
    lines = text(weighted).split("\n")
    at = next(n for n, line in enumerate(lines) if line.split()[:2] == ["-11", "1"])
    words = lines[at].split()
    words[9] = "1e200"
    lines[at] = " ".join(words)
    path = tmp_path / "a.lhe"
    path.write_text("\n".join(lines))
    with pytest.raises(DataFileError, match=r"line \d+: event 1 has a track whose energy does not fit its momentum"):
        LheSource(file=str(path))


def scaled(weighted, by, mass, beams="7 4"):
    return scaled_text(text(weighted), by, mass, beams)


def scaled_text(content, by, mass, beams):
    """A file with all energies, momenta and masses in another unit, and with other beams."""
    lines = content.split("\n")
    for at, line in enumerate(lines):
        words = line.split()
        if len(words) == 13:
            words[6:10] = [repr(float(word) * by) for word in words[6:10]]
            words[10] = repr(mass)
            lines[at] = " ".join(words)
        if len(words) == 10:
            lines[at] = " ".join([*words[:2], beams, *words[4:]])
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("by", "mass", "beams", "message"),
    [
        (1e3, 0.510999, "7000 4000", r"event 1 has an electron or positron of mass 0.510999, that in MeV: .* in GeV"),
        (1e6, 510.99895, "7e6 4e6", "that in keV"),
        (1e9, 510998.95, "7e9 4e9", "that in eV"),
        (1e-3, 5.11e-7, "7e-3 4e-3", "that in TeV"),
        (1e3, 0.0, "7 4", r"line \d+: event 1 has a track of .* GeV, more than both beams of its <init> block, 11 GeV"),
        (1.0, 0.0, "0.5 0.5", "more than both beams of its <init> block, 1 GeV"),
        (1.0, 0.0, "4 7", "incoming electron of 7 GeV, and its <init> block a beam of 4 GeV: write both in one frame"),
    ],
)
def test_a_file_in_another_unit_is_refused(tmp_path, weighted, by, mass, beams, message):
    """The mass of the electron tells the unit, and no track has more energy than the beams."""
    path = tmp_path / "a.lhe"
    path.write_text(scaled(weighted, by, mass, beams))
    with pytest.raises(DataFileError, match=message):
        LheSource(file=str(path))


@pytest.mark.parametrize(("mass", "beams"), [(0.000511, "7 4"), (0.0, "0 0"), (5.1099895e-4, "7.1 3.95")])
def test_masses_and_beams_that_may_be(tmp_path, weighted, mass, beams):
    """The mass rounded or left out; beams that are not stated, or with a spread."""
    path = tmp_path / "a.lhe"
    path.write_text(scaled(weighted, 1.0, mass, beams))
    assert LheSource(file=str(path)).edges == LheSource(file=weighted).edges


def test_events_in_the_centre_of_mass_need_a_boost_if_the_beams_are_not(tmp_path):
    """Beams of 7 and 4 GeV in <init>, events at rest: taken as written they would be the wrong spectrum."""
    there = Path(put(tmp_path / "there.lhe", bhabha_events(False, beta=0.0), sigma()))
    path = tmp_path / "a.lhe"
    path.write_text(scaled_text(there.read_text(), 1.0, 0.0, "7 4"))
    with pytest.raises(DataFileError, match=r"incoming positron of 5\.2915 GeV, and .* a beam of 4 GeV: .* give boost"):
        LheSource(file=str(path))
    in_laboratory = put(tmp_path / "lab.lhe", bhabha_events(False), sigma())
    assert LheSource(file=str(path), boost=3 / 11).edges == pytest.approx(LheSource(file=in_laboratory).edges, rel=1e-5)


def test_nan_weights_are_refused_by_line(tmp_path, weighted):
    lines = text(weighted).splitlines(keepends=True)
    third = [i for i, line in enumerate(lines) if line == "<event>\n"][2] + 1
    words = lines[third].split()
    lines[third] = " ".join([*words[:2], "nan", *words[3:]]) + "\n"
    path = tmp_path / "a.lhe"
    path.write_text("".join(lines))
    with pytest.raises(DataFileError, match=f"line {third + 1}: a number of the event is not finite"):
        LheSource(file=str(path))


def test_a_file_without_events(tmp_path, weighted):
    head = text(weighted).split("<event>")[0]
    path = tmp_path / "a.lhe"
    path.write_text(head + "</LesHouchesEvents>\n")
    with pytest.raises(DataFileError, match="holds no events"):
        LheSource(file=str(path))


def test_weights_that_add_up_to_nothing(tmp_path):
    batch = bhabha_events(True)
    for value in (0.0, -1.0):
        nothing = EventBatch(
            process="bhabha",
            roles=ROLES,
            momentum=batch.momentum,
            mass=batch.mass,
            weight=np.full(len(batch), value),
            position=batch.position,
        )
        with pytest.raises(DataFileError, match="the weights of its 20000 events add up to"):
            LheSource(file=put(tmp_path / f"a{value}.lhe", nothing, 1.0))


def test_a_cross_section_must_come_from_somewhere(tmp_path):
    file = put(tmp_path / "a.lhe", bhabha_events(True), 0.0)
    with pytest.raises(
        InvalidValueError,
        match=r"its cross section is 0 pb by <init>, and the weights .* 12\.787\d pb .*give cross_section",
    ):
        LheSource(file=file)
    assert LheSource(file=file, cross_section=3.0).sigma == 3.0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"luminosity": -1.0}, "luminosity = -1.0: must be"),
        ({"cross_section": 0.0}, "cross_section = 0.0: must be"),
        ({"boost": 1.0}, "boost = 1.0: must lie between"),
        ({"polar_angle_min": -1.0}, "polar_angle_min = -1.0: must lie between"),
        ({"polar_angle_min": 90.0, "polar_angle_max": 80.0}, "polar_angle_min = 90.0: must be less than"),
        ({"incident": "e"}, "incident"),
    ],
)
def test_values_outside_their_range(weighted, fields, message):
    with pytest.raises(InvalidValueError, match=message):
        LheSource(file=weighted, **fields)


def test_files_and_windows_that_are_not_there(tmp_path, weighted):
    with pytest.raises(DataFileError, match=r"cannot read 'nowhere\.lhe': No such file"):
        LheSource(file="nowhere.lhe")
    with pytest.raises(InvalidValueError, match="file = 3: must be the path of an LHE file"):
        LheSource(file=3)
    with pytest.raises(DataFileError, match="no track between 0 and 1 degrees"):
        LheSource(file=weighted, polar_angle_max=1.0)
