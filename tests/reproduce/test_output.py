"""Files: all of them and complete, or none."""

import csv
import json
import sys
from pathlib import Path

import pytest

from evanesce.errors import DataFileError, MissingExtraError
from evanesce.reproduce import output, pictures, run, runner
from evanesce.reproduce.output import write_files

FIGURES = [
    "fig-a-track-length",
    "fig03-dark-photon",
    "fig04-coupling",
    "fig05-na64",
    "fig06-scalar",
    "fig07-spectra",
    "fig08-radiative",
    "fig-b-expected",
]
BEYOND = {"detector", "bins", "projection"}
"""Sections that the paper does not have."""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Folder, rows and steps of a whole run."""
    folder, steps = tmp_path_factory.mktemp("out") / "deep" / "paper", []
    rows = run(folder, progress=lambda *step: steps.append(step))
    return folder, rows, steps


@pytest.fixture
def few(monkeypatch):
    """Every twentieth row."""
    monkeypatch.setattr(runner, "ENTRIES", runner.ENTRIES[::20])
    return runner.ENTRIES


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_every_file_is_there_and_nothing_else(written):
    folder = written[0]
    figures = [f"figures/{name}.{kind}" for name in FIGURES for kind in ("pdf", "png")]
    assert everything(folder) == sorted([*figures, "table.csv", "table.json", "table.md"])
    assert sorted(path.name for path in folder.iterdir()) == ["figures", "table.csv", "table.json", "table.md"]


def test_figures_are_whole(written):
    for name in FIGURES:
        pdf = (written[0] / "figures" / f"{name}.pdf").read_bytes()
        png = (written[0] / "figures" / f"{name}.png").read_bytes()
        assert pdf.startswith(b"%PDF")
        assert pdf.rstrip().endswith(b"%%EOF")
        assert png.startswith(b"\x89PNG")
        assert png.endswith(b"IEND\xaeB`\x82")
        assert b"CreationDate" not in pdf


def test_json_holds_the_rows(written):
    folder, rows, _ = written
    assert json.loads((folder / "table.json").read_text(encoding="utf-8")) == [row.as_dict() for row in rows]


def test_csv_holds_the_rows_with_their_notes(written):
    folder, rows, _ = written
    with (folder / "table.csv").open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    assert [record["id"] for record in records] == [row.id for row in rows]
    for record, row in zip(records, rows, strict=True):
        assert record["paper"] == ("" if row.paper is None else repr(row.paper))
        assert float(record["published"]) == row.published
        assert record["note"] == row.note
        assert record["reference"] == ("" if row.reference is None else repr(row.reference))


def test_markdown_is_one_table(written):
    folder, rows, _ = written
    lines = (folder / "table.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(rows) + 2
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert "≲ 1.7e-05" in (folder / "table.md").read_text(encoding="utf-8")


def test_progress_counts_every_step_once(written):
    steps = written[2]
    total = steps[0][2]
    assert [step[1] for step in steps] == list(range(total + 1))
    assert {step[2] for step in steps} == {total}
    assert [step[0] for step in steps[-9:]] == [*(p.slug for p in pictures.PICTURES), "done"]


@pytest.mark.slow  # that nothing carries over is the rule of every cache, which has its own tests
def test_the_paper_alone_gives_the_same_rows_and_figures(written, tmp_path):
    """Whatever was computed before: the files are the same to the last byte."""
    folder, rows, _ = written
    assert {row.section for row in rows} >= BEYOND
    assert None not in {value for row in rows for value in (row.published, row.converged, row.reference)}
    alone = run(tmp_path, paper_only=True)
    assert alone == [row for row in rows if row.section not in BEYOND]
    figures = {name for name in everything(folder) if name.startswith("figures/") and "expected" not in name}
    assert {name for name in everything(tmp_path) if name.startswith("figures/")} == figures
    for name in figures:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_without_a_folder_nothing_is_drawn(monkeypatch, few):
    monkeypatch.setattr(runner, "PICTURES", None)
    assert [row.id for row in run()] == [entry.id for entry in few]


def fail(*_):
    raise OSError(28, "No space left on device")


def test_a_failing_figure_leaves_nothing(monkeypatch, few, tmp_path):
    broken = pictures.Picture(slug="fig99", make=fail)
    monkeypatch.setattr(runner, "PICTURES", (pictures.PICTURES[1], broken))
    with pytest.raises(OSError, match="No space left"):
        run(tmp_path / "paper")
    assert not (tmp_path / "paper").exists()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_leaves_old_files_as_they_were(monkeypatch, tmp_path, error):
    (tmp_path / "a").write_bytes(b"old")
    write = Path.write_bytes

    def write_once(self, data):
        if self.name == "b":
            raise error
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", write_once)
    expected = (DataFileError, KeyboardInterrupt)
    with pytest.raises(expected):
        write_files(tmp_path, {"a": b"new", "sub/b": b"new"})
    monkeypatch.undo()
    assert everything(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_files_are_replaced(tmp_path):
    write_files(tmp_path, {"a": b"old", "sub/b": b"old"})
    write_files(tmp_path, {"a": b"new"})
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "sub" / "b").read_bytes() == b"old"


def test_a_folder_that_cannot_be_is_one_line(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataFileError, match=r"cannot write to '.*file': .+"):
        write_files(tmp_path / "file", {"a": b""})
    with pytest.raises(DataFileError, match=r"cannot write to '.*below': .+"):
        write_files(tmp_path / "file" / "below", {"a": b""})
    (tmp_path / "a").mkdir()
    with pytest.raises(DataFileError, match="'a' is a folder"):
        write_files(tmp_path, {"b": b"", "a": b""})
    assert everything(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["matplotlib", "mplhep"])
def test_figures_without_the_extra_say_which(monkeypatch, tmp_path, name):
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(runner, "build_rows", None)  # it fails before any work
    with pytest.raises(MissingExtraError, match=rf"figures need {name}.*pip install 'evanesce\[plot\]'"):
        run(tmp_path / "paper")
    assert not (tmp_path / "paper").exists()


def test_the_table_needs_no_plotting(few):
    import subprocess

    code = (
        "import sys; sys.modules['matplotlib'] = None; sys.modules['mplhep'] = None\n"
        "from evanesce.reproduce import runner\n"
        "runner.ENTRIES = runner.ENTRIES[::20]; print(len(runner.run()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == len(few)


def test_table_files_are_strict(rows):
    files = output.table_files(rows)
    assert set(files) == {"table.json", "table.csv", "table.md"}
    assert b"NaN" not in files["table.json"]
    assert b"Infinity" not in files["table.json"]
