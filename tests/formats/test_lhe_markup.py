"""Markup of real files and of damaged ones; no event is lost silently."""

import gzip
import time
import tracemalloc

import numpy as np
import pytest

from evanesce.errors import DataFileError
from evanesce.formats.lhe_markup import LARGEST_PART
from evanesce.formats.lhe_reader import read_lhe

ROOT = '<LesHouchesEvents version="3.0">\n'
INIT = "<init>\n11 -11 7.0 4.0 0 0 0 0 -4 1\n1.6e+02 3.0e-01 1.6e+02 1\n</init>\n"
PARTICLES = """       11 -1    0    0    0    0 0.0 0.0 7.0 7.0 0.0 0.0 9.0
      -11 -1    0    0    0    0 0.0 0.0 -4.0 4.0 0.0 0.0 9.0
      -11  1    1    2    0    0 {px} 0.0 1.0 4.5 0.0 0.0 9.0
       11  1    1    2    0    0 -3.0 0.0 2.0 6.5 0.0 0.0 9.0
"""
TAIL = "</LesHouchesEvents>\n"
ROW = "1.0 " * 13


def event(number, extra="", opening="<event>"):
    return f"{opening}\n 4 1 1.6e+02 9.1 7.8e-03 1.2e-01\n{PARTICLES.format(px=float(number))}{extra}</event>\n"


def file(*events, head=ROOT + INIT, tail=TAIL):
    return head + "".join(events) + tail


def read(tmp_path, text, **how):
    path = tmp_path / "a.lhe"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with read_lhe(path, **how) as (run, blocks):
        return run, list(blocks)


def momenta(tmp_path, text, **how):
    return [px for block in read(tmp_path, text, **how)[1] for px in block.momentum[2::4, 0].tolist()]


THREE = [event(1), event(2), event(3)]
EXTRAS = {
    "weights": f"<weights>\n{ROW}\n{ROW}</weights>\n",
    "rwgt": "<rwgt>\n<wgt id='1'> 1.0 </wgt>\n<wgt id=\"a>b\">2.0</wgt>\n</rwgt>\n",
    "scales": "<scales pt_clust_1='5.0' muf=\"9.1\"/>\n",
    "comment line": "#aMCatNLO 1 5 3 3 1 0.5E+02 < 0.1\n#pdf 1 2 0.1 0.2 9.1 0.3 0.4\n# </rwgt> <weights>\n",
    "comment": f"<!-- {ROW}\n <event> -->\n",
    "clustering": "<clustering>\n<clus scale='9.1'>1 2</clus>\n</clustering>\n<mgrwt>\n<asrwt> 0</asrwt>\n</mgrwt>\n",
    "unclosed": "<rwgt>\n<wgt id='1'> 1.0\n",
    "character data": f"<note><![CDATA[\n{ROW}\n</rwgt> <event> ]]></note>\n",
}
FILES = {
    "prolog": '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE x>\n' + file(*THREE),
    "comment before": "<!-- <init> made by hand\n -->\n" + file(*THREE),
    "version without quotes": file(*THREE).replace('"3.0"', "3.0"),
    "attribute with >": file(*THREE).replace("<init>", "<init note='a>b'>").replace("<event>", '<event note="a > b">'),
    "no header": file(*THREE),
    "empty header": file(*THREE, head=ROOT + "<header/>\n" + INIT),
    "header": file(*THREE, head=ROOT + f"<header>\n<slha>\n# <init>\n{INIT}<event>\n a < b\n</slha></header>\n" + INIT),
    "character data": file(
        *THREE, head=ROOT + "<header>\n<a><![CDATA[\n</header> <init> <event>\n]]></a></header>" + INIT
    ),
    "initrwgt": file(*THREE, head=ROOT + "<initrwgt>\n<weight id='1'>x</weight>\n</initrwgt>\n" + INIT),
    "initrwgt inside": file(*THREE).replace("</init>", "<generator name='x'>y</generator>\n<initrwgt /></init>"),
    "comment in init": file(*THREE).replace("<init>\n", "<init>\n# beams\n<!-- and\n processes -->\n"),
    "comment between": file(event(1), "<!-- was here:\n" + event(9) + "-->\n# and here\n", event(2), event(3)),
    "comment behind": file(event(1), event(2)[:-1] + " <!-- seen --> # here\n", event(3)),
    "comment after a number": file(event(1), event(2).replace("9.0\n", "9.0 # spin\n"), event(3)),
    "comment among numbers": file(event(1), event(2).replace("-3.0 ", "-3.0 <!-- px --> "), event(3)),
    "on one line": file("".join(THREE).replace("</event>\n<event>", "</event><event>")),
    "upper case": file(*THREE)
    .replace("event>", "EVENT>")
    .replace("init>", "INIT>")
    .replace("LesHouches", "LESHOUCHES"),
    "windows": file(*THREE).replace("\n", "\r\n"),
    "mark of byte order": "\ufeff" + file(*THREE),
    "text after": file(*THREE, tail=TAIL + " #Random number generator exit values: 7 104242 0\n<!-- end -->\nmore\n"),
    "no last line break": file(*THREE)[:-1],
    "space in a tag": file(*THREE)
    .replace("</event>", "</event >")
    .replace("</LesHouchesEvents>", "</LesHouchesEvents >"),
    "different sizes": file(
        event(1), event(2).replace(" 4 1 ", " 5 1 ").replace("</", PARTICLES[:64] + "</"), event(3)
    ),
    **{name + " inside": file(event(1), event(2, extra), event(3)) for name, extra in EXTRAS.items()},
}


@pytest.mark.parametrize("how", [{}, {"line_by_line": True}, {"block": 97}], ids=str)
@pytest.mark.parametrize("name", FILES)
def test_what_real_files_have(tmp_path, name, how):
    run, blocks = read(tmp_path, FILES[name], **how)
    assert (run.beams, run.cross_section) == ((11, -11), 160.0)
    positron = [block.momentum[(block.pdg_id == -11) & (block.status == 1), 0] for block in blocks]
    assert np.concatenate(positron).tolist() == [1.0, 2.0, 3.0]
    lines = FILES[name].split("\n")
    found = [line for block in blocks for line in block.line.tolist()]
    assert all("<event" in lines[line - 1].lower() for line in found)


def test_process_lines_may_be_missing(tmp_path):
    run, _ = read(tmp_path, file(*THREE).replace("1.6e+02 3.0e-01 1.6e+02 1\n", ""))
    assert (run.announced, run.processes, run.cross_section) == (1, (), 0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            file(event(1, "<!-- begins\n"), event(2), event(3, "-->\n")),
            "line 12: a comment begins here that extends beyond",
        ),
        (
            file(event(1), "<!-- begins\n", event(2, "<!-- x -->\n"), event(3)),
            "line 13: a comment begins here, and anot",
        ),
        (file(event(1), "<!-- begins\n", event(2)), "the file ends inside a comment"),
        (file(event(1), "<eventgroup>\n", event(2)), "line 13: '<eventgroup>' outside an event"),
        (file(event(1).replace("</event>", "</event"), event(2)), "line 13: '<event' inside an event"),
        (file(event(1), event(2).replace("<event>", "<event "), event(3)), "line 13: '<event' is an incomplete tag"),
        (file(event(1), event(2).replace("</event>", ""), tail=TAIL), "'</LesHouchesEvents' inside an event"),
        (
            file(event(1), event(2, EXTRAS["rwgt"]) + event(3)).replace("</rwgt>\n</event>\n<event>", "<"),
            "line 24: a particle after other tags",
        ),
        (file(*THREE).replace("<init>", "<initt>"), "line 6: the events begin without a complete <init> block"),
    ],
)
@pytest.mark.parametrize("line_by_line", [False, True])
def test_what_is_refused(tmp_path, text, message, line_by_line):
    with pytest.raises(DataFileError, match=message):
        read(tmp_path, text, line_by_line=line_by_line)


def test_an_unclosed_tag_takes_no_events_with_it(tmp_path):
    """The first of four events has a tag that is closed in the last: all four are read."""
    text = file(event(1, "<rwgt>\n"), event(2), event(3), event(4, "</rwgt>\n"))
    for line_by_line in (False, True):
        assert momenta(tmp_path, text, line_by_line=line_by_line) == [1.0, 2.0, 3.0, 4.0]


PIECES = [b"<", b">", b"#", b"-", b".", b"1", b" ", b"\n", b"e", b"\x00", b"\xff", b"<rwgt>", b"</rwgt>", b"</event>"]
PIECES += [b"<event>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"nan", b"1e400", b"0 0", b"\r", b"<init>", TAIL.encode()]


def mutated(text, rng):
    """A file with some bytes lost, doubled or replaced, or with tags where they do not belong."""
    for _ in range(rng.integers(1, 3)):
        at, length = int(rng.integers(len(text))), int(rng.integers(0, 30)) if rng.random() < 0.5 else 0
        text = text[:at] + PIECES[rng.integers(len(PIECES))] * int(rng.random() < 0.7) + text[at + length :]
    return text


def outcome(tmp_path, text, **how):
    try:
        run, blocks = read(tmp_path, text, **how)
    except DataFileError as error:
        return str(error)
    names = ("line", "process", "weight", "trials", "pdg_id", "status", "momentum")
    return [repr(run), *(np.concatenate([getattr(block, name) for block in blocks]).tolist() for name in names)]


def test_both_ways_of_reading_agree_on_broken_files(tmp_path):
    """Equal numbers or the same error, in one block or many; and no event is lost silently."""
    rng = np.random.default_rng(2006)
    events = [event(i, extra) for i, extra in enumerate(EXTRAS.values())]
    whole, refused = file(*events, *THREE).encode(), 0
    for _ in range(300):
        text = mutated(whole, rng)
        found = outcome(tmp_path, text)
        assert outcome(tmp_path, text, line_by_line=True) == found
        if isinstance(found, str):
            refused += 1
            # an error that stands further on may be met first where the file is read in one block
            assert isinstance(outcome(tmp_path, text, block=500), str)
        else:
            assert outcome(tmp_path, text, block=500) == found
            assert len(found[1]) == len(events) + len(THREE)
    assert 50 < refused < 270  # or the test shows little


BOMBS = {
    "header": (ROOT + "<header>\n", "# text\n"),
    "event": (ROOT + INIT + event(1)[:-9], "# text\n"),
    "tags": (ROOT + INIT + event(1)[:-9], "<rwgt><wgt id='1'>"),
    "comment": (ROOT + INIT + event(1)[:-9], "<!-- text "),
    "opening": (ROOT + INIT + "<event ", "a='>' "),
    "space": (ROOT + INIT + event(1), " "),
    "rest": (file(event(1)), "# text\n"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_never_ends_is_refused_with_little_memory(tmp_path, name):
    """A gzip file of some hundred kB that unpacks to 60 MB: refused after 32 MB, within seconds and 200 MB."""
    start, again = BOMBS[name]
    path = tmp_path / "a.lhe.gz"
    with gzip.open(path, "wb", 1) as packed:
        packed.write(start.encode())
        for _ in range(60):
            packed.write(again.encode() * (1_000_000 // len(again)))
    begin = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(DataFileError, match="more than 32 MB"), read_lhe(path) as (_, blocks):
            for _ in blocks:
                pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * LARGEST_PART
    assert time.process_time() - begin < 5.0
