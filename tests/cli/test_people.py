"""Output for users: help, tables in a pipe and on a terminal, and the version."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import evanesce as ev
from evanesce.cli import output
from evanesce.cli.output import Table

Run = Callable[..., Any]
COMMANDS = [
    ("reproduce",),
    ("limit",),
    ("tracklength",),
    ("cross-section",),
    ("source",),
    ("background",),
    ("experiments", "list"),
    ("experiments", "show"),
    ("experiments", "validate"),
    ("constraints", "list"),
    ("constraints", "show"),
    ("constraints", "add"),
    ("physics",),
    ("materials",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(run: Run, command: tuple[str, ...], flag: str) -> None:
    code, out, err = run(*command, flag)
    assert (code, err) == (0, "")
    assert f"Usage: evanesce {' '.join(command)}" in out
    assert "--json" in out
    assert out.isascii()


def test_help_lists_the_commands_and_cuts_nothing_off(run: Run) -> None:
    out = run("--help").out
    for command in COMMANDS:
        assert re.search(rf"^  {command[0]} ", out, re.MULTILINE)
    assert "..." not in out.partition("Commands:")[2]


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"evanesce {ev.__version__}\n", "")


@pytest.mark.parametrize(
    "argv",
    [
        ("limit", "belle2", "--mass", "0.07"),
        ("tracklength", "CsI", "--energy", "4", "--thickness", "16"),
        ("cross-section", "annihilation", "CsI", "--energy", "4", "--mass", "0.07"),
        ("cross-section", "bremsstrahlung", "CsI", "--energy", "4", "--mass", "0.07"),
        ("source", "belle2"),
        ("source", "na64-2019"),
        ("background", "belle2"),
        ("background", "na64-2019"),
        ("experiments", "list"),
        ("experiments", "show", "belle2"),
        ("experiments", "validate", "belle2"),
        ("constraints", "list"),
        ("constraints", "show", "babar"),
        ("physics",),
        ("materials",),
    ],
    ids=" ".join,
)
def test_every_command_has_something_for_people(run: Run, argv: tuple[str, ...]) -> None:
    code, out, err = run(*argv)
    assert (code, err) == (0, "")
    assert out.endswith("\n")
    assert "\x1b" not in out
    assert "nan" not in out.split()
    assert all(line == line.rstrip() for line in out.splitlines())


def test_a_long_curve_is_thinned_out_but_keeps_its_best_and_its_ends(run: Run) -> None:
    out = run("limit", "belle2", "--mass", "0.02:0.2:200").out
    rows = [line for line in out.splitlines() if re.match(r" *[\d.]+  ", line)]
    assert len(rows) <= 40
    assert f"{200 - len(rows)} of 200 masses are left out here; --json has all" in out
    assert rows[0].split()[0] == "0.02"
    assert rows[-1].split()[0] == "0.2"
    (best,) = [row for row in rows if row.endswith("best")]
    assert f"best limit: epsilon = {float(best.split()[1]):.4g}" in out


def test_a_curve_without_a_limit_says_so(run: Run) -> None:
    out = run("limit", "na64-2019-published", "--mass", "0.9:3:4").out
    assert re.search(r"^no limit: 3 of 4 masses, first at 1\.34\d GeV: .*outside the published curve", out, re.M)
    assert "best limit: epsilon" in out
    out = run("limit", "belle2", "--mass", "20").out
    assert "best limit" not in out


def test_a_warning_is_shown(run: Run) -> None:
    out = run("limit", "belle2", "--mass", "0.5", "--alpha-d", "1e-9", "--set", "v_max=0.99").out
    assert "with v_max = 0.99" in out
    assert "see below: 1 of 1 masses" in out
    assert "the width to e+e-" in out


TABLE = Table(
    columns=("mass [GeV]", "epsilon", "", "reference"),
    rows=[
        (0.1, 1.23456789e-5, True, "a [bold]reference[/bold] of some words, " * 3),
        (12, None, False, None),
        (2.0, float("nan"), True, "b\nc"),
    ],
)


def test_a_table_in_a_pipe_is_plain_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    output.write_report("title", TABLE)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["title", ""]
    assert lines[2] == "mass [GeV]     epsilon       reference"
    assert lines[3] == "       0.1  1.2346e-05  yes  " + ("a [bold]reference[/bold] of some words, " * 3).strip()
    assert lines[4:] == ["        12           -  no   -", "         2           -  yes  b c"]


@pytest.mark.parametrize("columns", [20, 60, 80, 200])
def test_a_table_on_a_terminal_loses_no_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    output.write_report(TABLE)
    out = re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out)
    for text in ("mass [GeV]", "0.1", "1.2346e-05", "12", "yes", "no"):
        assert text in out
    assert out.count("words,") == 3
    assert "…" not in out
    if columns >= 60:
        assert max(map(len, out.splitlines())) <= columns  # folded, not run over


def test_a_progress_bar_is_for_terminals(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for terminal in (False, True):
        monkeypatch.setattr("sys.stderr.isatty", lambda terminal=terminal: terminal)
        with output.progress() as step:
            step("waiting", 0, None)
            step("writing", 3, 4)
        out, err = capsys.readouterr()
        assert out == ""
        assert ("writing" in err, "75%" in err) == (terminal, terminal)


@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("events", ("events", "belle2", "--mass", "0.0667", "--physics", "published", "-n", "150000")),
        ("source", ("source", "radiative-bhabha", "--events", "60000")),
    ],
)
def test_progress_counts_events(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, command: tuple[str, ...]
) -> None:
    steps: list[tuple[str, int, int | None]] = []

    @contextmanager
    def progress() -> Iterator[Callable[..., None]]:
        yield lambda *step: steps.append(step)

    monkeypatch.setattr(f"evanesce.cli.commands.{module}.progress", progress)
    run(*command, "--output", str(tmp_path / "e.parquet"))
    done = [number for what, number, _ in steps if what == "events"]
    assert done == sorted(set(done))
    assert len(done) > 1
    assert steps[-1] == ("events", int(command[-1]), int(command[-1]))


def test_the_error_of_an_integral_is_not_shown_as_that_of_the_events(run: Run) -> None:
    lines = run("background", "belle2").out.splitlines()
    photons = next(line for line in lines if line.startswith("photons")).split()
    assert photons[1:4] == ["12.814", "-", "3.5797"]
    total = next(line for line in lines if line.startswith("total")).split()
    assert total == ["total", "94.87", "21.655", "9.7401"]


def test_a_background_that_follows_the_card_is_said(run: Run) -> None:
    code, out, err = run("limit", "belle2", "--mass", "0.07", "--card", "source.luminosity=25")
    assert code == 0
    assert out
    assert err == (
        "evanesce: warning: background 94 holds for source.luminosity = 50 (here 25): the sum of the "
        "components, 47.43, takes its place\n"
    )
