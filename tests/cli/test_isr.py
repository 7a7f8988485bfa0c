"""Radiation at the vertex on the command line."""

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def test_json_has_the_process(run: Run) -> None:
    common = ("limit", "belle2", "--mass", "0.05", "--physics", "converged", "--json")
    on = run(*common, "--set", "isr=on", "--set", "soft_photons=0.0001").data
    off = run(*common).data
    assert set(on["yield_per_epsilon2"]) == {"isr", "bremsstrahlung"}
    assert on["yield_per_epsilon2"]["isr"][0] > off["yield_per_epsilon2"]["annihilation"][0]
    assert set(on["yield_error"]) == set(on["yield_per_epsilon2"])
    assert (on["physics"]["isr"], on["physics"]["soft_photons"]) == ("on", 1e-4)
    assert on["epsilon"][0] < off["epsilon"][0]


def test_bad_and_old_options_are_one_line(run: Run) -> None:
    for given, said in (
        ("soft_photons=0", "physics option soft_photons = 0: must lie between 1e-07 and 0.1"),
        ("non_resonant=on", "physics option 'non_resonant' no longer exists: use isr = on"),
        ("photon_cut=0.001", "physics option 'photon_cut' no longer exists: use soft_photons"),
    ):
        code, out, err = run("limit", "belle2", "--mass", "0.05", "--set", given)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err


def test_cross_section_with_a_photon(run: Run) -> None:
    """Softer photons and a smaller share of the energy add events; options of other processes are refused."""
    common = ("cross-section", "isr", "CsI", "--energy", "4.36", "--mass", "0.0667", "--json")
    plain = run(*common).data
    assert plain["per"] == "electron"
    hard = run(*common, "--set", "soft_photons=0.01").data
    taken = run(*common, "--min-fraction", "0.999").data
    assert hard["sigma_pb"] == 0 < plain["sigma_pb"]  # s is 0.2 % above the resonance
    assert 0 < taken["sigma_pb"] < plain["sigma_pb"]
    code, out, err = run(*common[:-1], "--formula", "ww")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--formula: does not apply to isr" in err
