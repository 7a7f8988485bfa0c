"""The option ``resolution=detector`` on the command line."""

import pytest


def test_limit_with_the_detector(run):
    result = run(
        "limit", "belle2", "--mass", "0.0667", "--physics", "converged", "--set", "resolution=detector", "--json"
    )
    ideal = run("limit", "belle2", "--mass", "0.0667", "--physics", "converged", "--json")
    assert result.data["physics"]["resolution"] == "detector"
    assert "resolution" in result.data["physics"]["overrides"]
    assert ideal.data["physics"]["resolution"] == "ideal"
    assert result.data["card"]["resolution"]["polar_angle"] == 3.0
    assert result.data["epsilon"][0] == pytest.approx(1.017 * ideal.data["epsilon"][0], rel=1e-3)


def test_a_card_without_resolution_is_one_line(run):
    result = run("limit", "na64-2019-published", "--mass", "0.1", "--set", "resolution=detector", "--json")
    assert (result.code, result.out) == (2, "")
    assert "the card states no resolution" in result.err
    assert result.err.count("\n") == 1
