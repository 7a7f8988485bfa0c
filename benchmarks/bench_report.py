"""From the numbers of ``make bench`` to one report in Markdown, compared with the runs before.

Ratios of two times of the same run depend little on the machine, so that only they are kept in ``history/``, one file
a run. A ratio that falls below 0.8 of the median of the last five runs is a slowdown; the report names it and the exit
code is 1.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SLOWER = 0.8
"""Share of the earlier ratio below which something became slower."""
RUNS = 5
"""Earlier runs that a ratio is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One benchmark."""

    name: str
    seconds: float
    """Median."""
    extra: Mapping[str, float]

    @property
    def ratios(self) -> dict[str, float]:
        """Ratios by name: larger is faster."""
        return {f"{self.name} {key}": value for key, value in self.extra.items() if key.startswith("ratio")}


def measured(data: Mapping[str, Any]) -> list[Measured]:
    """Read what pytest-benchmark wrote."""
    found = []
    for one in data["benchmarks"]:
        module = Path(one["fullname"].partition("::")[0]).stem.removeprefix("test_")
        extra = {key: float(value) for key, value in one["extra_info"].items() if isinstance(value, (int, float))}
        name = f"{module}: {one['name'].removeprefix('test_').replace('_', ' ')}"
        found.append(Measured(name=name, seconds=float(one["stats"]["median"]), extra=extra))
    return found


def slowdowns(ratios: Mapping[str, float], earlier: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float]]:
    """Ratios that fell by more than 20 %, each with the median of the last runs that have it."""
    found = {}
    for name, value in ratios.items():
        known = [run[name] for run in earlier if name in run][-RUNS:]
        if known and value < SLOWER * (before := statistics.median(known)):
            found[name] = (value, before)
    return found


def markdown(data: Mapping[str, Any], earlier: Sequence[Mapping[str, float]]) -> str:
    """The report."""
    every = measured(data)
    machine = data["machine_info"]
    cpu = machine.get("cpu", {})
    lines = [
        "# Benchmarks",
        "",
        f"{data['datetime'][:10]}, {cpu.get('brand_raw', machine.get('machine', 'unknown processor'))}, "
        f"{cpu.get('count', '?')} cores, Python {machine['python_version']}. Ratios are against a direct "
        "transcription, another library or another way in the same run; larger is faster.",
        "",
        "| benchmark | median | ratio | before | others |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in every:
        before = [_before(name, earlier) for name in one.ratios]
        others = ", ".join(f"{key} {value:.3g}" for key, value in one.extra.items() if not key.startswith("ratio"))
        ratios = "; ".join(f"{key.removeprefix('ratio').strip('_') or 'ratio'} {one.extra[key]:.3g}".replace("_", " ")
                           for key in one.extra if key.startswith("ratio"))  # fmt: skip
        lines.append(
            f"| {one.name} | {_time(one.seconds)} | {ratios} | {'; '.join(before)} | {others.replace('_', ' ')} |"
        )
    slow = slowdowns(_all_ratios(every), earlier)
    lines += ["", "## Slower than before", ""]
    lines += [f"- {name}: {now:.3g}, was {before:.3g}" for name, (now, before) in slow.items()] or [
        f"Nothing: no ratio is below {SLOWER:g} of its median in the last {min(RUNS, len(earlier))} runs."
        if earlier
        else "There is no earlier run."
    ]
    lines += [
        "",
        "## Cost laws",
        "",
        "Exponents of the time against the number of points: 1 is in proportion, 0 costs nothing.",
        "",
    ]
    lines += [
        f"- {key.removeprefix('law_')}: {value:.2f}"
        for one in every
        for key, value in one.extra.items()
        if key.startswith("law_")
    ]
    return "\n".join(lines) + "\n"


def _all_ratios(every: Sequence[Measured]) -> dict[str, float]:
    return {name: value for one in every for name, value in one.ratios.items()}


def _before(name: str, earlier: Sequence[Mapping[str, float]]) -> str:
    known = [run[name] for run in earlier if name in run][-RUNS:]
    return f"{statistics.median(known):.3g}" if known else "–"


def _time(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the report, and with ``--store`` the ratios of this run into the history."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measured", type=Path)
    parser.add_argument("--history", type=Path, default=Path(__file__).parent / "history")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args(arguments)
    data = json.loads(options.measured.read_text(encoding="utf-8"))
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.history.glob("*.json"))]
    earlier = [run["ratios"] for run in runs]
    options.output.write_text(markdown(data, earlier), encoding="utf-8")
    ratios = _all_ratios(measured(data))
    if options.store:
        cpu = data["machine_info"].get("cpu", {})
        record = {
            "date": data["datetime"][:19],
            "cpu": cpu.get("brand_raw"),
            "cores": cpu.get("count"),
            "python": data["machine_info"]["python_version"],
            "ratios": {name: float(f"{value:.4g}") for name, value in sorted(ratios.items())},
        }
        name = data["datetime"][:19].replace(":", "").replace("-", "")
        options.history.mkdir(exist_ok=True)
        (options.history / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    slow = slowdowns(ratios, earlier)
    for name, (now, before) in slow.items():
        sys.stderr.write(f"slower by more than 20 %: {name}: {now:.3g}, was {before:.3g}\n")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
