"""The report of the benchmarks, on made-up numbers: a ratio that falls by 20 % is seen."""

from __future__ import annotations

import json

import pytest
from bench_report import main, slowdowns


def written(folder, ratio, date="2026-01-02T03:04:05"):
    """What pytest-benchmark writes, with what the report reads."""
    data = {
        "datetime": date,
        "machine_info": {"python_version": "3.11.2", "cpu": {"brand_raw": "a processor", "count": 2}},
        "benchmarks": [
            {
                "fullname": "benchmarks/test_speed.py::test_warm_curve",
                "name": "test_warm_curve",
                "stats": {"median": 0.0123},
                "extra_info": {"ratio_at_least": ratio, "note": "text", "law_masses": 0.9, "peak_mib": 420.0},
            }
        ],
    }
    path = folder / "benchmarks.json"
    path.write_text(json.dumps(data))
    return path


@pytest.fixture
def run(tmp_path, capsys):
    history, output = tmp_path / "history", tmp_path / "report.md"

    def report(ratio, *more, **options):
        path = written(tmp_path, ratio, **options)
        code = main([str(path), "--history", str(history), "--output", str(output), *more])
        return code, output.read_text(), capsys.readouterr().err

    return report


def test_first_run_then_the_same_then_slower(run, tmp_path):
    code, text, _ = run(1000.0, "--store")
    assert code == 0
    assert "| speed: warm curve | 12.3 ms | at least 1e+03 | – | law masses 0.9, peak mib 420 |" in text
    assert "There is no earlier run." in text
    assert "- masses: 0.90" in text
    (stored,) = (tmp_path / "history").glob("*.json")
    assert json.loads(stored.read_text())["ratios"] == {"speed: warm curve ratio_at_least": 1000.0}
    code, text, error = run(810.0, date="2026-01-03T03:04:05")
    assert (code, error) == (0, "")
    assert "Nothing: no ratio is below 0.8" in text
    code, text, error = run(790.0, date="2026-01-04T03:04:05")
    assert code == 1
    assert "- speed: warm curve ratio_at_least: 790, was 1e+03" in text
    assert "slower by more than 20 %: speed: warm curve ratio_at_least: 790, was 1e+03" in error


def test_the_median_of_the_last_five_runs_counts():
    earlier = [{"a": value} for value in (1e6, 10.0, 11.0, 9.0, 500.0, 10.0)]
    assert slowdowns({"a": 8.1, "b": 1.0}, earlier) == {}
    assert slowdowns({"a": 7.9}, earlier) == {"a": (7.9, 10.0)}
