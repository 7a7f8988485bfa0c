"""Numbers that a changed card affects, and numbers that it does not."""

import math

import pytest

from evanesce.errors import CardError, EvanesceWarning
from evanesce.reproduce import run, runner

HALF = ["positrons", "positrons-order", "luminosity", "photons", "photons-before-veto", "neutrons", "neutrons-computed"]
HALF += ["background-sum", "pions", "pions-produced", "muons", "muons-produced", "conversion", "conversion-produced"]
HALF += ["photons-better-veto", "neutrons-kinetic", "neutrons-total"]
WEAKER = ["epsilon-best", "epsilon-benchmark", "epsilon-best-strong", "epsilon-benchmark-strong"]
WEAKER += ["epsilon-saturated", "scalar-epsilon-best", "scalar-epsilon-benchmark"]


def changed(changes, *names):
    """Rows of a changed card: those of these names, or all that are in the paper."""
    with pytest.MonkeyPatch.context() as patch:
        if names:
            patch.setattr(runner, "ENTRIES", [entry for entry in runner.ENTRIES if entry.id in names])
        return {row.id: row for row in run(changes=changes, paper_only=True)}


def moved(before, after):
    return {
        name for name, row in after.items() if row.published != pytest.approx(before[name].published, rel=1e-9, abs=0)
    }


def test_half_the_luminosity_halves_events_and_weakens_limits(table):
    half = changed({"source.luminosity": 25})
    for column in ("published", "converged"):
        for name in HALF:
            assert getattr(half[name], column) == pytest.approx(0.5 * getattr(table[name], column), rel=1e-12, abs=0)
        budget = getattr(half["background"], column)  # the card's 94 no longer holds, its components take its place
        assert budget == pytest.approx(0.5 * 94.87, rel=1e-3)
        for name in WEAKER:
            ratio = getattr(half[name], column) / getattr(table[name], column)
            assert ratio == pytest.approx(math.sqrt(2.0) * (budget / 94) ** 0.25, rel=1e-9)
    rival = half["mono-photon"].published / table["mono-photon"].published
    assert rival == pytest.approx(2**0.25, rel=1e-12)
    others = {"mono-photon", "mono-photon-rescaling", "alpha-d-crossing"}
    others |= {"background", "signal-limit", "weakening"}  # which follow the luminosity
    others |= {"rbs-gain", "rbs-background-scaled"}  # compare with the card of appendix F, which is not changed
    assert moved(table, half) == {*HALF, *WEAKER, *others}
    assert all(row.paper == table[name].paper for name, row in half.items())


def test_a_thinner_calorimeter_leaks_photons_and_keeps_the_spectrum(table):
    thin = changed({"target.thickness": 10})
    # Eq. (3.1) falls as e^(-7t/9), with the slow (1 - x)^(4t/3) on top
    ratio = thin["photons"].published / table["photons"].published
    assert ratio == pytest.approx(math.exp(7 / 9 * 6), rel=0.05)
    assert thin["thickness"].published == 10
    # (3.3): 9/16 of the calorimeter's 0.8 λ0 remain instead of 15/16
    ratio = thin["neutron-penetration"].published / table["neutron-penetration"].published
    assert ratio == pytest.approx(math.exp(0.8 * 6 / 16), rel=1e-12)
    lost = thin["epsilon-benchmark"].published / table["epsilon-benchmark"].published
    # the first X0 make nearly all of the signal; photons leak, and the background is no longer 94
    budget = thin["background-sum"].published
    assert budget == pytest.approx(1444.7, rel=1e-3)
    assert 1.0 < lost / (budget / 94) ** 0.25 < 1.001
    expected = {"thickness", "photon-escape", "photons-before-veto", "photons", "photons-better-veto"}
    expected |= {
        "neutron-penetration",
        "neutrons-computed",
        "background-sum",
        "epsilon-benchmark",
        "control-track-length",
    }
    found = moved(table, thin)
    assert expected <= found
    still = {"positrons", "energy-min", "bhabha-cross-section", "first-tenth", "neutrons"}
    still |= {"resonance-min", "mono-photon", "pions", "conversion-produced", "na64-epsilon-0.1", "width"}
    assert not still & found


def test_where_a_card_leaves_no_number_the_row_says_why(table):
    names = ["radiation-length", "neutrons", "background-sum", "z-caesium", "fast-neutron", "photons"]
    with pytest.warns(EvanesceWarning, match="background 94 holds for target.material = 'CsI'"):
        lead = changed({"target.material": "Pb"}, *names, "epsilon-benchmark")
    assert lead["radiation-length"].published == pytest.approx(0.5612, rel=1e-3)
    for name in ("neutrons", "background-sum"):
        assert lead[name].published is None
        assert "was simulated in CsI" in lead[name].note
    assert "has no Cs" in lead["z-caesium"].note
    assert lead["fast-neutron"].published == 4950  # an input stays readable
    assert lead["photons"].published == pytest.approx(table["photons"].published, rel=1e-12)  # per X0
    assert lead["neutrons"].agrees is None


def test_missing_components_and_crossings_are_missing_numbers(table):
    with pytest.warns(EvanesceWarning, match="background 94 holds for source.luminosity = 50"):
        bare = changed({"backgrounds": [], "source.luminosity": 1e-6}, "photons", "alpha-d-crossing", "energy-min")
    assert "unknown background 'photons'" in bare["photons"].note
    assert "equal limits: there is none between" in bare["alpha-d-crossing"].note
    assert bare["energy-min"].published == table["energy-min"].published


def test_no_background_has_no_criterion_to_quote():
    with pytest.warns(EvanesceWarning, match="criterion 'events-2.3' is meant for a background from 0"):
        # rows with our neutrons have 147
        clean = changed({"background": 0, "criterion": "events-2.3"}, "criterion", "signal-limit", "epsilon-kinetic")
    assert clean["criterion"].published is None
    assert clean["signal-limit"].published == 2.3


def test_another_source_leaves_the_collider_rows_empty():
    beam = {"kind": "beam", "energy": 5.0, "particles": 1e12, "incident": "e+"}
    with pytest.warns(EvanesceWarning, match="background 94 holds for another source"):
        rows = changed({"source": beam, "backgrounds": []}, "energy-min", "epsilon-benchmark", "na64-epsilon-0.1")
    assert "must be Bhabha scattering" in rows["energy-min"].note
    assert rows["epsilon-benchmark"].published is not None
    assert rows["na64-epsilon-0.1"].published is not None


def test_a_change_that_the_card_does_not_know_is_refused():
    with pytest.raises(CardError, match="luminosty"):
        run(changes={"source.luminosty": 25}, paper_only=True)
