"""Only regular files of a sensible size are read."""

import os
from pathlib import Path

import pytest

from evanesce.errors import DataFileError
from evanesce.inputs import check_regular, open_regular, read_bytes, read_text


def test_a_regular_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfmass\r\n")
    assert read_text(path, 100, expected=", give a table") == "mass\r\n"
    with open_regular(path) as file:
        assert file.read(3) == b"\xef\xbb\xbf"
    link = tmp_path / "link"
    link.symlink_to(path)
    assert len(read_bytes(link, 9)) == 9


def test_what_is_no_regular_file_is_one_line_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    places = {tmp_path / "pipe": "is a pipe", tmp_path: "Is a directory", "/dev/zero": "is a device", "a\0": "null"}
    for place, why in (places | {tmp_path / "none": "No such file"}).items():
        with pytest.raises(DataFileError, match=rf"cannot be read \(.*{why}"):
            read_bytes(place, 10)
        with pytest.raises(DataFileError, match=why):
            check_regular(place)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: no disk space
    with pytest.raises(DataFileError, match=r"large: is larger than 1 MB"):
        read_bytes(path, 1 << 20)
    if Path("/proc/self/smaps").exists():  # says that it is empty
        with pytest.raises(DataFileError, match="is larger than"):
            read_bytes("/proc/self/smaps", 10)


def test_what_is_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataFileError, match=r"b\.csv: is not text, give a table"):
        read_text(path, 100, expected=", give a table")
