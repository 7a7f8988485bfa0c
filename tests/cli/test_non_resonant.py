"""``--set non_resonant=on`` adds a process to what the command line reports."""

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def test_json_has_the_process(run: Run) -> None:
    common = ("limit", "belle2", "--mass", "0.05", "--physics", "converged", "--json")
    on = run(*common, "--set", "non_resonant=on", "--set", "photon_cut=0.002").data
    off = run(*common).data
    assert set(on["yield_per_epsilon2"]) == {"annihilation", "bremsstrahlung", "non_resonant"}
    assert on["yield_per_epsilon2"]["non_resonant"][0] > 0
    assert set(on["yield_error"]) == set(on["yield_per_epsilon2"])
    assert (on["physics"]["non_resonant"], on["physics"]["photon_cut"]) == ("on", 0.002)
    assert set(off["yield_per_epsilon2"]) == {"annihilation", "bremsstrahlung"}
    assert on["epsilon"][0] < off["epsilon"][0]


def test_bad_cut_is_one_line(run: Run) -> None:
    code, out, err = run("limit", "belle2", "--mass", "0.05", "--set", "photon_cut=0")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "physics option photon_cut = 0: must be a finite number, at least 1e-09 GeV" in err
