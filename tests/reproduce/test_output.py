"""Files: all of them and complete, or none."""

import csv
import json
import sys
import time
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
]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "deep" / "paper"
    steps = []
    start = time.process_time()
    rows = run(folder, progress=lambda *step: steps.append(step))
    return folder, rows, steps, time.process_time() - start


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
    folder, rows, *_ = written
    assert json.loads((folder / "table.json").read_text(encoding="utf-8")) == [row.as_dict() for row in rows]


def test_csv_holds_the_rows_with_their_notes(written):
    folder, rows, *_ = written
    with (folder / "table.csv").open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    assert [record["id"] for record in records] == [row.id for row in rows]
    for record, row in zip(records, rows, strict=True):
        assert record["paper"] == ("" if row.paper is None else repr(row.paper))
        assert float(record["published"]) == row.published
        assert record["note"] == row.note
        assert record["reference"] == ("" if row.reference is None else repr(row.reference))


def test_markdown_is_one_table(written):
    folder, rows, *_ = written
    lines = (folder / "table.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(rows) + 2
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert "≲ 1.7e-05" in (folder / "table.md").read_text(encoding="utf-8")


def test_progress_counts_every_step_once(written):
    steps = written[2]
    total = steps[0][2]
    assert [step[1] for step in steps] == list(range(total + 1))
    assert {step[2] for step in steps} == {total}
    assert [step[0] for step in steps[-8:]] == [*(p.slug for p in pictures.PICTURES), "done"]


def test_it_is_quick(written):
    # 35 to 50 s of one core, a third of it the integration of appendix F, which an installed package keeps on disk;
    # far more says that something broke
    assert written[3] < 100.0


def test_the_same_numbers_give_the_same_files(written, tmp_path):
    run(tmp_path)
    for name in everything(written[0]):
        assert (tmp_path / name).read_bytes() == (written[0] / name).read_bytes(), name


def test_without_a_folder_nothing_is_drawn(monkeypatch, rows):
    monkeypatch.setattr(runner, "PICTURES", None)
    assert [row.id for row in run()] == [row.id for row in rows]


def fail(*_):
    raise OSError(28, "No space left on device")


def test_a_failing_figure_leaves_nothing(monkeypatch, tmp_path):
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


def test_the_table_needs_no_plotting():
    import subprocess

    code = (
        "import sys; sys.modules['matplotlib'] = None; sys.modules['mplhep'] = None\n"
        "from evanesce.reproduce import run; print(len(run()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 100


def test_table_files_are_strict(rows):
    files = output.table_files(rows)
    assert set(files) == {"table.json", "table.csv", "table.md"}
    assert b"NaN" not in files["table.json"]
    assert b"Infinity" not in files["table.json"]
