"""The store of finished jobs: continuation, cut-off lines, other configurations, other files, other runs."""

import json
import os

import pytest

from evanesce.errors import DataFileError, InvalidValueError
from evanesce.simulation.store import JobStore

SAME = {"seed": 1, "material": "CsI", "nested": {"a": (1, 2)}}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jobs.jsonl"


def fill(path, numbers, configuration=SAME):
    with JobStore(path, configuration) as store:
        for number in numbers:
            store.add(number, 10, {"events": [number]})
        return dict(store.finished)


def test_goes_on_where_it_was(path):
    fill(path, [0, 2])
    assert sorted(fill(path, [1])) == [(0, 10), (1, 10), (2, 10)]
    assert [json.loads(line).get("job") for line in path.read_text().splitlines()] == [None, 0, 2, 1]
    assert fill(path, [])[2, 10] == {"job": 2, "histories": 10, "events": [2]}


def test_a_job_of_a_longer_run_is_another_one(path):
    """The last job of a run has fewer histories than the same job of a run that goes on."""
    fill(path, [0])
    with JobStore(path, SAME) as store:
        store.add(0, 20, {"events": []})
    assert sorted(fill(path, [])) == [(0, 10), (0, 20)]


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_line_that_was_cut_off_counts_as_absent(path, cut):
    fill(path, [0, 1])
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.warns(UserWarning, match="line 3 was cut off; its job is simulated again"):
        assert sorted(fill(path, [5])) == [(0, 10), (5, 10)]
    assert sorted(fill(path, [])) == [(0, 10), (5, 10)]


def test_cut_off_in_the_first_line(path):
    fill(path, [])
    path.write_bytes(path.read_bytes()[:-3])
    assert sorted(fill(path, [1])) == [(1, 10)]


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "[3]",
        "{}",
        '{"job": -1, "histories": 10}',
        '{"job": true, "histories": 10}',
        '{"job": 1}',
        '{"job": "1", "histories": 10}',
        "\0\0",
        "",
        "[" * 10**5,
    ],
)
def test_a_damaged_line_is_named_and_nothing_is_lost(path, line):
    fill(path, [0, 2])
    content = path.read_text().splitlines()
    path.write_text("\n".join([*content[:2], line, content[2], ""]))
    before = path.read_bytes()
    with pytest.raises(DataFileError, match="line 3 is not a finished job of this run .*: remove the line"):
        fill(path, [1])
    assert path.read_bytes() == before


def test_a_job_that_is_there_twice_is_refused_and_both_lines_are_named(path):
    fill(path, [0, 1])
    line = path.read_text().splitlines()[1]
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(DataFileError, match=r"line 4 is not .* \(job 0 is in line 2 already\): remove the line"):
        fill(path, [])


def test_what_the_caller_knows_of_a_job_is_checked(path):
    def check(entry):
        if entry["events"] != [entry["job"]]:
            raise InvalidValueError("its events are others")

    fill(path, [0, 1])
    with JobStore(path, SAME, check) as store:
        assert len(store.finished) == 2
    path.write_text(path.read_text().replace("[1]", "[7]"))
    with pytest.raises(DataFileError, match=r"line 3 is .* \(its events are others\)"), JobStore(path, SAME, check):
        pass


def test_pipes_devices_and_what_is_too_large(path):
    os.mkfifo(path)
    with pytest.raises(DataFileError, match="is a pipe or a device; name a regular file"):
        fill(path, [])
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(DataFileError, match="is a pipe or a device; name a regular file"):
        fill(path, [])
    path.unlink()
    with path.open("wb") as file:
        file.truncate(3 << 30)  # nothing but a length
    with pytest.raises(DataFileError, match="is larger than 2 GB"):
        fill(path, [])


def test_a_store_that_cannot_be_written(path, monkeypatch):
    for wrong in (path / "no" / "folder", path.parent):
        with pytest.raises(DataFileError, match=r"cannot be written \(.*\), name a file in a folder that can"):
            fill(wrong, [0])

    def full(file):
        raise OSError(28, "No space left on device")

    fill(path, [0])
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataFileError, match=r"cannot be written \(No space left on device\)"):
        fill(path, [1])


def test_another_configuration_is_refused_and_nothing_changes(path):
    fill(path, [0])
    before = path.read_bytes()
    with pytest.raises(InvalidValueError, match="was made with another seed, give the same options or name another"):
        fill(path, [1], SAME | {"seed": 2})
    with pytest.raises(InvalidValueError, match="another extra, nested"):
        fill(path, [1], SAME | {"extra": 0, "nested": {"a": [1, 3]}})
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["hello\n", "hello", "[1]\n", "{}\n", '{"a": 1}\nx\n', "\n"])
def test_another_file_is_refused_and_stays(path, content):
    path.write_text(content)
    with pytest.raises(DataFileError, match="is not a store of this command"):
        fill(path, [0])
    assert path.read_text() == content


def test_two_runs_do_not_share_a_store(path):
    with JobStore(path, SAME), pytest.raises(DataFileError, match="another run is writing it"):
        fill(path, [0])
    fill(path, [0])


def test_a_closed_store_takes_nothing(path):
    with pytest.raises(DataFileError, match="is not open"):
        JobStore(path, SAME).add(0, 1, {})
