"""``evanesce doctor``: what is installed, what is not, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, write_json, write_report

if TYPE_CHECKING:
    from evanesce.installation import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="doctor")(_doctor)


def _doctor(as_json: arg.Json = False) -> None:
    """What is installed, what is not, and what to do.

    Packages of each extra, caches and their size, Geant4, plug-ins.

    The exit code is 0 unless something is broken; an extra that is not installed is not.
    """
    from evanesce.installation import examine

    report = examine()
    if as_json:
        write_json(
            {
                **asdict(report),
                "missing_extras": report.missing_extras,
                "problems": report.problems,
                "ok": not report.problems,
            }
        )
    else:
        write_report(*_blocks(report))
    if report.problems:
        raise typer.Exit(1)


def _blocks(report: Report) -> list[str | Table]:
    packages = Table(
        columns=("needed by", "package", "wanted", "installed", "state"),
        rows=[(p.extra, p.package, p.wanted or "any", p.version, p.state) for p in report.packages],
    )
    folders = Table(
        columns=("folder", "files", "size", "place"),
        rows=[(f.name, f.files, _size(f.bytes), f.path) for f in report.folders],
    )
    geant4 = report.geant4
    bindings = "imports" if geant4.imports else "does not import" if geant4.installed else "not installed"
    blocks: list[str | Table] = [
        f"evanesce {report.version}, Python {report.python} ({report.executable}), {report.system}",
        packages,
        folders,
        f"Geant4: geant4-pybind {bindings}; data: {geant4.data}",
    ]
    if report.plug_ins:
        rows = [(each.kind, each.name, each.package, each.problem or "ok") for each in report.plug_ins]
        blocks.append(Table(columns=("plug-in", "name", "package", "state"), rows=rows))
    else:
        blocks.append("Plug-ins: none")
    return [*blocks, "\n".join(_next(report))]


def _next(report: Report) -> list[str]:
    lines = [f"Broken: {problem}" for problem in report.problems]
    lines += [f"Extra '{extra}' is not complete: {advice}" for extra, advice in report.missing_extras.items()]
    if report.geant4.installed and report.geant4.advice:
        lines.append(f"Geant4: {report.geant4.advice}")
    big = max((f for f in report.folders if f.name == "cache"), key=lambda f: f.bytes, default=None)
    if big is not None and big.bytes > 0:
        lines.append(f"The cache can be removed at any time: rm -r '{big.path}'")
    return lines if report.problems else ["Nothing is broken.", *lines]


def _size(number: int) -> str:
    """Write a number of bytes for people.

    >>> _size(0), _size(1536), _size(5 * 1024**2)
    ('0 B', '1.5 kB', '5.0 MB')
    """
    value = float(number)
    for unit in ("B", "kB", "MB"):
        if value < 1024.0:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024.0
    return f"{value:.1f} GB"
