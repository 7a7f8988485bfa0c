"""Files of other generators are read, and damaged files are refused with the number of the line."""

import gzip

import numpy as np
import pytest

from evanesce.errors import DataFileError
from evanesce.formats.lhe_reader import read_lhe

HEAD = """<LesHouchesEvents version="3.0">
<header>
<slha>
 # a card < or > whatever
</slha>
</header>
<init>
-11 11 4.0 7.0 0 0 247000 247000 -4 1
1.6e+02 3.0e-01 1.6e+02 1
<generator name='MadGraph5_aMC@NLO' version='3.5.0'>please cite 1405.0301</generator>
</init>
"""
EVENT = """<event>
 4      1 +1.6000000e+02 9.1188D+01 7.8186e-03 1.1800e-01
      -11 -1    0    0    0    0 +0.0e+00 +0.0e+00 +4.0e+00 4.0e+00 0.0e+00 0.0e+00 -1.0e+00
       11 -1    0    0    0    0 +0.0e+00 +0.0e+00 -7.0e+00 7.0e+00 0.0e+00 0.0e+00 1.0e+00
      -11  1    1    2    0    0 +3.0e+00 +0.0e+00 +1.0e+00 4.5e+00 0.0e+00 0.0e+00 -1.0e+00
       11  1    1    2    0    0 -3.0e+00 +0.0e+00 -4.0e+00 6.5e+00 0.0e+00 0.0e+00 1.0e+00
</event>
"""
SHORT = EVENT.replace("D+01", "e+01")
"""Numbers that are read in one go."""
EXTRAS = EVENT.replace(
    "</event>",
    "#aMC 1\n<mgrwt>\n<rscale>  2 0.9E+02</rscale>\n</mgrwt>\n<rwgt>\n<wgt id='1'> 1.0 </wgt>\n</rwgt>\n</event>",
)
TAIL = "</LesHouchesEvents>\n"


def put(tmp_path, text, name="a.lhe"):
    path = tmp_path / name
    data = text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    return path


def read(path, **how):
    with read_lhe(path, **how) as (run, blocks):
        return run, list(blocks)


@pytest.mark.parametrize(
    "event", [EVENT, EVENT.replace("9.1188D", "9.1188e"), EXTRAS], ids=["fortran", "plain", "extras"]
)
@pytest.mark.parametrize("name", ["a.lhe", "a.lhe.gz", "gzipped-by-content"])
def test_events_as_madgraph_writes_them(tmp_path, event, name):
    path = put(tmp_path, HEAD + event * 3 + TAIL, name)
    if name == "gzipped-by-content":
        path.write_bytes(gzip.compress(path.read_bytes()))
    run, blocks = read(path)
    assert (run.beams, run.beam_energies, run.cross_section, run.cross_section_error) == (
        (-11, 11),
        (4.0, 7.0),
        160.0,
        0.3,
    )
    (block,) = blocks
    assert block.weight.tolist() == [160.0] * 3
    assert block.event.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert block.pdg_id.tolist() == [-11, 11, -11, 11] * 3
    assert block.momentum[6].tolist() == [3.0, 0.0, 1.0, 4.5]


def test_a_reweighting_header_and_a_mark_of_byte_order(tmp_path):
    """MadGraph's <initrwgt> is not <init>; Windows may begin a file with a mark."""
    text = HEAD.replace("</header>", "<initrwgt>\n<weightgroup name='scale'>\n</weightgroup>\n</initrwgt>\n</header>")
    path = tmp_path / "a.lhe"
    path.write_bytes(b"\xef\xbb\xbf" + (text + SHORT * 2 + TAIL).encode())
    run, (block,) = read(path)
    assert run.cross_section == 160.0
    assert block.line.tolist() == [text.count("\n") + 1, text.count("\n") + 8]


def test_events_of_different_sizes(tmp_path):
    line = EVENT.splitlines(keepends=True)[5]
    longer = EVENT.replace(" 4      1", " 5      1").replace(line, line + line.replace("  11 ", "  22 "))
    _, (block,) = read(put(tmp_path, HEAD + EVENT + longer + EVENT + TAIL))
    assert np.bincount(block.event).tolist() == [4, 5, 4]


def test_blocks_are_read_one_by_one(tmp_path):
    path = put(tmp_path, HEAD + (EVENT.replace("D+01", "e+01")) * 20 + EXTRAS * 20 + TAIL)
    _, blocks = read(path, block=1500)
    assert len(blocks) > 10
    assert sum(len(block.weight) for block in blocks) == 40
    assert np.concatenate([block.momentum for block in blocks])[2::4].tolist() == [[3.0, 0.0, 1.0, 4.5]] * 40


def test_other_parts_of_a_run(tmp_path):
    text = HEAD.replace("-4 1", "3 2").replace("+02 1\n", "+02 7\n4.0 0.4 1.0 8 # tt\n")
    run, (block,) = read(put(tmp_path, text + SHORT + SHORT.replace("<event>", "<event a='x>y' trials='3'>") + TAIL))
    assert (run.weighting, run.announced, [process.number for process in run.processes]) == (3, 2, [7, 8])
    assert run.cross_section == 164.0
    assert run.cross_section_error == pytest.approx(0.5, rel=1e-15)
    assert block.trials.tolist() == [1.0, 3.0]
    assert block.process.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [("+3.0e+00", "+3.0D+00", 3.0), ("+3.0e+00", "1.0-103", 1e-103), ("+3.0e+00", "-2.5+101", -2.5e101)],
)
def test_exponents_as_fortran_writes_them(tmp_path, old, new, value):
    path = put(tmp_path, HEAD + SHORT.replace(old, new, 1) * 2 + TAIL)
    for line_by_line in (False, True):
        _, (block,) = read(path, line_by_line=line_by_line)
        assert block.momentum[2::4, 0].tolist() == [value, value]


LINE = HEAD.count("\n") + 1
"""Line of the first <event>."""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file ends without a complete <init> block"),
        ("energy,density\n", "line 1: is not the beginning of an LHE file"),
        (HEAD.split("<init>")[0] + EVENT + TAIL, "line 7: the events begin without a complete <init> block"),
        (HEAD.replace("-4 1\n", "-4\n") + EVENT + TAIL, "line 8: 9 numbers for <init>, must be 10"),
        (HEAD.replace("-4 1\n", "-4 x\n") + EVENT + TAIL, "line 8: '.*' where the numbers of <init> should be"),
        (HEAD.replace("-4 1\n", "-4 0\n") + EVENT + TAIL, "line 8: number of processes 0: must be a whole number"),
        (HEAD.replace("1.6e+02 3", "nan 3") + EVENT + TAIL, "line 9: a number of <init> is not finite"),
        (HEAD + EVENT, f"line {LINE + 6}: the file ends without </LesHouchesEvents>, it is cut off"),
        (HEAD + EVENT + EVENT[:200], f"line {LINE + 10}: the file ends inside an event, it is cut off"),
        (
            HEAD + EVENT + EVENT.replace("6.5e+00", "6.5e") + TAIL,
            f"line {LINE + 12}: '.*' where the numbers of a particle",
        ),
        (
            HEAD + EVENT + EVENT.replace(" 6.5e+00", "") + TAIL,
            f"line {LINE + 12}: 12 numbers for a particle, must be 13",
        ),
        (
            HEAD + EVENT + EVENT.replace("6.5e+00", "nan") + TAIL,
            f"line {LINE + 12}: a number of a particle is not finite",
        ),
        (HEAD + EVENT.replace("+1.6000000e+02", "NaN") + TAIL, f"line {LINE + 1}: a number of the event is not finite"),
        (HEAD + EVENT.replace("+1.6000000e+02", "inf") + TAIL, f"line {LINE + 1}: a number of the event is not finite"),
        (HEAD + EVENT.replace(" 4      1", " 5      1") + TAIL, f"line {LINE + 6}: the event ends before a particle"),
        (HEAD + EVENT.replace(" 4      1", " 3      1") + TAIL, f"line {LINE + 5}: more lines than the 3 particles"),
        (
            HEAD + EVENT.replace(" 4      1", " 0      1") + TAIL,
            f"line {LINE + 1}: 0 particles: must be a whole number",
        ),
        (HEAD + EVENT.replace(" 4      1", "4.5     1") + TAIL, f"line {LINE + 1}: 4.5 particles"),
        (HEAD + EVENT.replace("11 -1", "1.5 -1", 1) + TAIL, f"line {LINE + 2}: particle code and status must be whole"),
        (HEAD + EVENT.replace("</event>\n", "") + EVENT + TAIL, f"line {LINE + 6}: '<event' inside an event"),
        (HEAD + EVENT + "some text\n" + EVENT + TAIL, f"line {LINE + 7}: 'some text' outside an event"),
        (
            HEAD + SHORT.replace("0.0e+00 -1.0e+00\n       11", "0.0e+00\n  -1.0e+00 11", 1) + TAIL,
            f"line {LINE + 2}: 12 numbers for a particle",
        ),
        (HEAD + SHORT + SHORT.replace("+3.0e+00", "0 +3.0e+00") + TAIL, f"line {LINE + 11}: 14 numbers for a particle"),
        (HEAD + SHORT.replace("</event>\n", "", 1) + SHORT + TAIL, f"line {LINE + 6}: '<event' inside an event"),
        (HEAD + SHORT + TAIL + SHORT, f"line {LINE + 8}: events go on after"),
        (HEAD + SHORT + TAIL + HEAD + SHORT + TAIL, f"line {LINE + 8}: events go on after"),
        (
            HEAD + SHORT.replace("<event>", "<event trials='0'>") + TAIL,
            f"line {LINE}: trials = '0' of the event: must be",
        ),
        (
            HEAD + SHORT.replace(" 4      1", " 4    1.5") + TAIL,
            f"line {LINE + 1}: process of the event 1.5: must be a",
        ),
        (HEAD + SHORT.replace("6.5e+00", "6_5e+00") + TAIL, f"line {LINE + 5}: '.*' where the numbers of a particle"),
        (
            HEAD + SHORT.replace("11 -1", "1e300 -1", 1) + TAIL,
            f"line {LINE + 2}: particle code and status must be whole",
        ),
    ],
)
@pytest.mark.parametrize("name", ["a.lhe", "a.lhe.gz"])
def test_broken_files_are_refused_by_line(tmp_path, text, message, name):
    with pytest.raises(DataFileError, match=message):
        read(put(tmp_path, text, name))


def test_lines_are_counted_through_blocks(tmp_path):
    text = HEAD + EVENT * 9 + EVENT.replace("6.5e+00", "x") + TAIL
    with pytest.raises(DataFileError, match=f"line {LINE + 7 * 9 + 5}: "):
        read(put(tmp_path, text), block=1000)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(DataFileError, match=r"cannot read '.*missing\.lhe': No such file or directory"):
        read(tmp_path / "missing.lhe")
    with pytest.raises(DataFileError, match=r"cannot read '.*': Is a directory"):
        read(tmp_path)
    path = put(tmp_path, HEAD + EVENT * 500 + TAIL, "a.lhe.gz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataFileError, match=r"cannot read '.*a\.lhe\.gz': damaged gzip file"):
        read(path)


def test_what_is_no_regular_file(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.lhe")
    with pytest.raises(DataFileError, match=r"cannot read '.*pipe\.lhe': is not a regular file"):
        read(tmp_path / "pipe.lhe")
