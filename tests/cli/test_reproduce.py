"""``evanesce reproduce`` hands its options on and prints the rows; the rows have their own tests."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

import evanesce.reproduce
from evanesce.reproduce import runner

Run = Callable[..., Any]
KEYS = ["id", "section", "quantity", "unit", "kind", "paper", "published", "converged", "reference"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Stands in for a row."""

    paper: float | None
    published: float
    converged: float | None
    reference: float | None = None
    id: str = "limit"
    section: str = "4"
    quantity: str = "best limit"
    unit: str = ""
    kind: str = "computed"
    comparison: str = "≲"
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if key in KEYS}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []

    def fake(*, output: Any, changes: Any, paper_only: bool, progress: Any) -> list[Entry]:
        seen.append({"output": output, "changes": changes, "paper_only": paper_only, "progress": progress})
        if output is not None:
            output.mkdir(parents=True)
        return [
            Entry(paper=1.7e-5, published=1.722e-5, converged=1.511e-5),
            Entry(paper=None, published=float("inf"), converged=None, kind="input", unit="GeV", note="why " * 60),
        ]

    monkeypatch.setattr(evanesce.reproduce, "run", fake, raising=False)
    return seen


def test_json_is_the_list_of_rows(run: Run, calls: list[dict[str, Any]]) -> None:
    data = run("reproduce", "--json").data
    assert [set(row) for row in data] == [set(KEYS), set(KEYS)]
    assert (data[0]["paper"], data[0]["published"], data[0]["reference"]) == (1.7e-5, 1.722e-5, None)
    assert (data[1]["paper"], data[1]["published"]) == (None, None)
    assert (calls[0]["output"], calls[0]["changes"], calls[0]["paper_only"]) == (None, None, False)


def test_the_table_is_for_people(run: Run, calls: list[dict[str, Any]]) -> None:
    out = run("reproduce").out
    assert "best limit" in out
    assert "1.722e-05" in out
    assert "reference" not in out  # nothing to show
    assert "≲ 1.7e-05" in out
    assert "best limit [GeV] (in)" in out
    assert out.count("why") == 60
    assert max(map(len, out.splitlines())) <= 100


def test_output_and_changes_are_handed_on(run: Run, calls: list[dict[str, Any]], tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    argv = ("--output", str(folder), "--card", "source.luminosity=25", "--card", "target.material=Pb")
    assert f"tables: {folder}/table.md" in run("reproduce", *argv).out
    assert calls[0]["output"] == folder
    assert calls[0]["changes"] == {"source.luminosity": 25, "target.material": "Pb"}
    run("reproduce", "--paper-only")
    assert calls[1]["paper_only"] is True


def test_a_folder_that_cannot_be_made_is_one_line(run: Run, calls: list[dict[str, Any]], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    code, out, err = run("reproduce", "--output", str(file / "folder"))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert str(file) in err


def test_progress_is_drawn_on_a_terminal(
    run: Run, calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, out, _ = run("reproduce", "--json")
    assert code == 0
    assert len(json.loads(out)) == 2
    calls[0]["progress"]("figure 3", 1, 6)


def test_the_real_rows_keep_the_contract(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    some = [entry for entry in runner.ENTRIES if entry.section in ("1", "2", "A")]
    monkeypatch.setattr(runner, "ENTRIES", some)
    argv = ("reproduce", "--paper-only", "--card", "source.luminosity=25")
    data = run(*argv, "--json").data
    assert len(data) == len(some)
    for row in data:
        assert list(row) == KEYS
        assert row["kind"] in ("computed", "input")
        assert all(isinstance(row[key], str) for key in KEYS[:5])
        assert all(row[key] is None or isinstance(row[key], (int, float)) for key in KEYS[5:])
    positrons = next(row for row in data if row["id"] == "positrons")
    lines = run(*argv).out.splitlines()
    assert max(map(len, lines)) <= 100
    assert sum(line.lstrip().startswith("positrons from Bhabha") for line in lines) > 0
    assert any(line == "appendix A" for line in lines)
    assert positrons["published"] == pytest.approx(2.9992e11, rel=1e-4)  # half the 6e11 of section 2
