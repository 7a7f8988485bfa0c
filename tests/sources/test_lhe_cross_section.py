"""Files whose cross section and weights contradict each other, and beams that do not fit their events."""

import numpy as np
import pytest

from evanesce.errors import DataFileError, InvalidValueError
from evanesce.sources import LheSource

PARTICLES = """ 11 -1 0 0 0 0 0. 0. 7. 7. 0. 0. 9.
 -11 -1 0 0 0 0 0. 0. -4. 4. 0. 0. 9.
 -11 1 1 2 0 0 {py} 0. {pz} {energy} 0. 0. 9.
 11 1 1 2 0 0 0. 0. 5. 5. 0. 0. 9.
"""


def lhe(path, weights, processes=((100.0, 1),), strategy=-4, numbers=None, trials="", announced=None, turned=False):
    """A file of Bhabha-like events with these weights, one of them each."""
    numbers = [1] * len(weights) if numbers is None else numbers
    beams = "-11 11 4.0 7.0" if turned else "11 -11 7.0 4.0"
    text = f"<LesHouchesEvents version='3.0'>\n<init>\n{beams} 0 0 0 0 {strategy} {announced or len(processes)}\n"
    text += "".join(f"{sigma} 0.1 1.0 {number}\n" for sigma, number in processes) + "</init>\n"
    for i, (weight, number) in enumerate(zip(weights, numbers, strict=True)):
        energy, angle = 4.4 + 0.02 * (i % 50), 0.7 + 0.02 * (i % 61)
        sign = -1.0 if turned else 1.0
        lines = PARTICLES.format(py=energy * np.sin(angle), pz=sign * energy * np.cos(angle), energy=energy)
        if turned:
            lines = lines.replace(" 7. 7.", " -7. 7.").replace("-4. 4.", "4. 4.")
        text += f"<event{trials}>\n 4 {number} {weight} 10. .1 .1\n{lines}</event>\n"
    path.write_text(text + "</LesHouchesEvents>\n")
    return str(path)


N = 200
HALVES = [1] * (N // 2) + [2] * (N // 2)
TWO = ((60.0, 1), (40.0, 2))
SIXTY = [1] * 120 + [2] * 80
GOOD = {
    "mean": {"weights": [100.0] * N},
    "sum": {"weights": [0.5] * N},
    "sum, unweighted": {"weights": [0.5] * N, "strategy": 3},
    "ones": {"weights": [1.0] * N, "strategy": 3},
    "signs": {"weights": [1.0] * 150 + [-1.0] * 50, "strategy": -3},
    "any unit": {"weights": [7e3] * N, "strategy": 2},
    "mean of many": {"weights": np.linspace(0.0, 200.0, N).tolist()},
    "mean within its error": {"weights": [92.0, 98.0, 112.0, 105.0] * 50},
    "trials": {"weights": [300.0] * N, "trials": " trials='3'"},
    "ntries": {"weights": [300.0] * N, "trials": ' ntries="3"'},
    "two": {"weights": [100.0] * N, "processes": TWO, "numbers": SIXTY},
    "two, ones": {"weights": [1.0] * N, "processes": TWO, "numbers": SIXTY, "strategy": 3},
    "one pb by its weights": {"weights": [0.5, 1.5] * (N // 2), "processes": ((1.0, 1),)},
}
BAD = {
    "mean": ({"weights": [5.0] * N}, "is 100 pb by <init>, and the weights of its 200 events average to 5 pb"),
    "unweighted": ({"weights": [5.0] * N, "strategy": 3}, r"100 pb .* average to 5 pb \(IDWTUP is 3\)"),
    "ones": ({"weights": [1.0] * N}, r"100 pb .* average to 1 pb \(IDWTUP is -4\)"),
    "filtered": ({"weights": [0.1] * N, "strategy": 3}, "100 pb .* average to 0.1 pb"),
    "placeholder": ({"weights": [1.0] * N, "strategy": 3, "processes": ((1.0, 1),)}, "is 1 pb, as where .* to 1 pb"),
    "minus": ({"weights": [90.0] * N, "processes": ((-1.0, 1),)}, "is -1 pb, as where it is not known, .* to 90 pb"),
    "one of two": (
        {"weights": [100.0] * N, "processes": ((99.0, 1), (1.0, 2)), "numbers": HALVES},
        "process 2 is 1 pb.* 50",
    ),
    "minus of two": ({"weights": [100.0] * N, "processes": ((101.0, 1), (-1.0, 2))}, "process 2 is -1 pb.* to 0 pb"),
    "mixture": (
        {"weights": [1.0] * N, "processes": ((90.0, 1), (10.0, 2)), "numbers": HALVES, "strategy": 3},
        "90 pb.* 50 pb",
    ),
    "trials": ({"weights": [100.0] * N, "trials": " trials='3'"}, "100 pb by <init>.* average to 33.3333 pb"),
    "placeholder and trials": (
        {"weights": [675.65] * N, "trials": " trials='3'", "processes": ((1.0, 1),), "strategy": 3},
        "is 1 pb.* to 225.217 pb",
    ),
    "none": (
        {"weights": [100.0] * N, "processes": (), "announced": 1},
        "announces 1 and lists 0 processes, .* to 100 pb",
    ),
    "fewer": ({"weights": [100.0] * N, "announced": 2}, "announces 2 and lists 1 processes, .* to 100 pb"),
    "zero": ({"weights": [100.0] * N, "processes": ((0.0, 1),)}, "is 0 pb by <init>, .* to 100 pb"),
    "negative": ({"weights": [100.0] * N, "processes": ((-100.0, 1),)}, "is -100 pb by <init>, .* to 100 pb"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_cross_section_that_the_weights_do_not_contradict(tmp_path, name):
    path = lhe(tmp_path / "a.lhe", **GOOD[name])
    assert LheSource(file=path).sigma == sum(sigma for sigma, _ in GOOD[name].get("processes", TWO))


@pytest.mark.parametrize("name", BAD)
def test_a_contradiction_asks_for_the_cross_section(tmp_path, name):
    what, message = BAD[name]
    path = lhe(tmp_path / "a.lhe", **what)
    with pytest.raises(InvalidValueError, match=f"{message}.*: give cross_section, in pb$"):
        LheSource(file=path)
    assert LheSource(file=path, cross_section=12.0).sigma == 12.0


WINDOW = {"polar_angle_min": 32.2, "polar_angle_max": 75.0}


def test_a_positron_beam_first_is_turned(tmp_path):
    """The same events seen from the other side give the same tracks, boosted or not."""
    for boost in (0.0, 0.2):
        one = LheSource(file=lhe(tmp_path / "a.lhe", [100.0] * N), boost=boost, **WINDOW)
        other = LheSource(file=lhe(tmp_path / "b.lhe", [100.0] * N, turned=True), boost=boost, **WINDOW)
        assert other.tracks == one.tracks < N
        assert other.count == one.count
        energy = np.linspace(3.0, 7.0, 100)
        np.testing.assert_array_equal(other.spectrum(energy), one.spectrum(energy))


def test_beams_that_are_not_in_the_events_are_those_of_the_run(tmp_path):
    for turned in (False, True):
        path = tmp_path / "a.lhe"
        lhe(path, [100.0] * N, turned=turned)
        path.write_text(
            "\n".join(x for x in path.read_text().replace("\n 4 1 ", "\n 2 1 ").split("\n") if " -1 0 0 " not in x)
        )
        assert (
            LheSource(file=str(path), **WINDOW).tracks
            == LheSource(file=lhe(tmp_path / "b.lhe", [100.0] * N), **WINDOW).tracks
        )


def test_a_positron_beam_on_electrons_at_rest_is_not_turned(tmp_path):
    path = tmp_path / "a.lhe"
    text = lhe(path, [100.0] * N) and path.read_text()
    text = text.replace("11 -11 7.0 4.0", "-11 11 11.0 0.00051").replace("0. 0. 7. 7.", "0. 0. 0. 0.00051")
    path.write_text(text.replace(" -4. 4.", " 11. 11."))
    assert (
        LheSource(file=str(path), **WINDOW).tracks
        == LheSource(file=lhe(tmp_path / "b.lhe", [100.0] * N), **WINDOW).tracks
    )


def test_beams_that_contradict_the_events_are_refused(tmp_path):
    path = tmp_path / "a.lhe"
    lhe(path, [100.0] * N)
    good = path.read_text()
    path.write_text(good.replace("11 -11 7.0 4.0", "-11 11 4.0 7.0"))
    with pytest.raises(
        DataFileError,
        match="positron beam first, which is along z, but the incoming electrons .* along z in its events: w",
    ):
        LheSource(file=str(path))
    path.write_text(good.replace(" 7. 7.", " -7. 7."))
    with pytest.raises(
        DataFileError, match="electron beam first, which is along z, but the incoming electrons .* against z in its ev"
    ):
        LheSource(file=str(path))
    path.write_text(good.replace(" 7. 7.", " -7. 7.", 5))
    with pytest.raises(DataFileError, match="its electron beam flies along z in some events, against z in others"):
        LheSource(file=str(path))
