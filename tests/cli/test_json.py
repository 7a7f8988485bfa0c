"""The JSON of every command: its keys are a contract, its numbers those of the library."""

from collections.abc import Callable
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evanesce as ev
from evanesce.limits import limit_curve
from evanesce.physics import DEFAULT_PRESET
from evanesce.sources import Bhabha

Run = Callable[..., Any]


def test_limit_is_the_librarys_limit(run: Run) -> None:
    data = run("limit", "belle2", "--mass", "0.02:0.2:5", "--physics", "published", "--json").data
    curve = limit_curve(ev.experiment("belle2"), ev.DarkPhoton(), np.geomspace(0.02, 0.2, 5), physics="published")
    assert data["experiment"] == "belle2"
    assert data["mediator"] == "dark-photon"
    assert data["physics"]["preset"] == "published"
    assert data["physics"]["v_max"] == 0.999
    assert data["criterion"] == "sqrt2.71"
    assert data["background"] == 94
    assert data["signal_limit"] == curve.signal_limit
    assert data["mass_gev"] == np.geomspace(0.02, 0.2, 5).tolist()
    assert data["epsilon"] == curve.epsilon.tolist()
    assert data["reason"] == [None] * 5
    assert data["yield_per_epsilon2"] == {name: y.tolist() for name, y in curve.yields.items()}
    assert set(data["yield_per_epsilon2"]) == {"annihilation", "bremsstrahlung"}
    assert all(e > 0 for e in data["epsilon_error"])
    assert data["card"] == ev.experiment("belle2").as_dict()
    assert data["evanesce_version"] == ev.__version__


def test_limit_options_reach_the_library(run: Run) -> None:
    options = ("--alpha-d", "0.1", "--mass-ratio", "5", "--mediator", "scalar", "--background", "1")
    more = ("--set", "v_max=0.99", "--set", "pair_charges=positron", "--criterion", "events-3")
    data = run("limit", "belle2", "--mass", "0.07", *options, *more, "--card", "target.material=Pb", "--json").data
    curve = limit_curve(
        ev.experiment("belle2", {"target.material": "Pb"}),
        ev.Scalar(alpha_d=0.1, mass_ratio=5),
        [0.07],
        overrides={"v_max": 0.99, "pair_charges": "positron"},
        background=1,
        criterion="events-3",
    )
    assert data["epsilon"] == curve.epsilon.tolist()
    assert (data["alpha_d"], data["mass_ratio"], data["mediator"]) == (0.1, 5, "scalar")
    assert (data["background"], data["signal_limit"], data["criterion"]) == (1, 3, "events-3")
    assert data["physics"]["preset"] == DEFAULT_PRESET
    assert data["physics"]["overrides"] == ["pair_charges", "v_max"]
    assert data["card"]["target"]["material"] == "Pb"


@pytest.mark.parametrize(("experiment", "mass"), [("belle2", "9"), ("na64-2019-published", "3")])
def test_limit_says_why_there_is_none(run: Run, experiment: str, mass: str) -> None:
    data = run("limit", experiment, "--mass", mass, "--json").data
    assert data["epsilon"] == [None]
    assert data["epsilon_error"] == [None]
    assert f"{mass} GeV" in data["reason"][0]


def test_limit_has_a_grid_of_its_own(run: Run) -> None:
    data = run("limit", "na64-2019", "--physics", "published", "--json").data
    assert len(data["mass_gev"]) == len(data["epsilon"]) > 100
    assert np.diff(data["mass_gev"]).min() > 0


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ((), 0),
        (("--card", "target.thickness=8", "--card", "efficiency=0.5"), 1),
        (("--card", "target.thickness=8", "--background", "94"), 0),
        (("--card", "target.thickness=8", "--card", "background=94"), 0),
        (("--card", "name=mine"), 0),
    ],
)
def test_limit_notes_a_background_that_the_budget_replaces(run: Run, options: tuple[str, ...], number: int) -> None:
    notes = run("limit", "belle2", "--mass", "0.07", *options, "--json").data["notes"]
    assert len(notes) == number
    assert all(
        "holds for target.thickness = 16 (here 8), efficiency = 1 (here 0.5): the sum of the components" in n
        for n in notes
    )


def test_limit_takes_a_card_of_ones_own(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(run("experiments", "show", "belle2", "--card", "name=mine").out, encoding="utf-8")
    mine = run("limit", str(path), "--mass", "0.07", "--json").data
    assert mine["experiment"] == "mine"
    assert mine["epsilon"] == run("limit", "belle2", "--mass", "0.07", "--json").data["epsilon"]


TSAI_WHITIS = ("--shower", "tsai-whitis")


def test_tracklength(run: Run) -> None:
    argv = ("tracklength", "CsI", "--energy", "4.35", "--thickness", "16", "--edges", "0.8,0.9,0.95,1", "--json")
    argv = (*argv, *TSAI_WHITIS)
    positron, electron = run(*argv).data, run(*argv, "--incident", "e-").data
    assert positron["edges"] == [0.8, 0.9, 0.95, 1]
    for data in (positron, electron):
        for key in ("primary", "secondary"):
            assert len(data[key]) == len(data[f"{key}_error"]) == 3
            for value, error in zip(data[key], data[f"{key}_error"], strict=True):
                assert 0 <= error <= 1e-9 * value  # a deterministic method: rounding, and little more
    assert electron["primary"] == [0, 0, 0]
    assert electron["secondary"] == positron["secondary"]
    assert positron["physics"]["pair_charges"] == "positron"
    assert positron["physics"]["v_max"] == 1


def test_tracklength_options_are_the_presets_unless_set(run: Run) -> None:
    argv = ("tracklength", "CsI", "--energy", "4.35", "--thickness", "16", "--edges", "0.9,0.999,1", "--json")
    argv = (*argv, *TSAI_WHITIS)
    plain = run(*argv).data
    varied = run(*argv, "--set", "pair_charges=both", "--set", "v_max=0.999").data
    assert varied["secondary"][0] == pytest.approx(2 * plain["secondary"][0], rel=1e-14, abs=0)  # the 2 of Eq. (A.3)
    assert varied["primary"] == [plain["primary"][0], 0]


def test_tracklength_is_the_cascade_s_unless_another_shower_is_named(run: Run) -> None:
    argv = ("tracklength", "CsI", "--energy", "4.35", "--thickness", "16", "--edges", "0.8,0.9,0.95,1", "--json")
    cascade, other = run(*argv).data, run(*argv, *TSAI_WHITIS).data
    assert cascade["shower"] == cascade["physics"]["track_length"] == "cascade"
    assert cascade["physics"]["preset"] == "reference"
    assert cascade["primary"] == pytest.approx(other["primary"], rel=0.05)
    assert cascade["primary"] != other["primary"]
    for key in ("primary", "secondary"):
        for value, error in zip(cascade[key], cascade[f"{key}_error"], strict=True):
            assert 0 < error < 1e-4 * value


@pytest.mark.parametrize("shower", ["cascade", "tsai-whitis"])
def test_tracklength_of_a_photon(run: Run, shower: str) -> None:
    argv = ("tracklength", "CsI", "--energy", "4.35", "--thickness", "16", "--edges", "0.8,0.9,1", "--json")
    data = run(*argv, "--incident", "gamma", "--shower", shower).data
    assert data["incident"] == "gamma"
    assert data["primary"] == data["primary_error"] == [0, 0]
    # a pair at the front travels as far as a positron, and a photon makes one within 9/7 X0
    positron = run(*argv, "--incident", "e+", "--shower", shower).data
    assert 0.2 < data["secondary"][0] / positron["primary"][0] < 0.5


def test_tracklength_of_a_formula(run: Run) -> None:
    argv = ("--energy", "4", "--thickness", "1", "--edges", "0.9,1", "--json", *TSAI_WHITIS)
    data = run("tracklength", "Lu1.8Y0.2SiO5", "--density", "7.1", *argv).data
    assert data["primary"] == run("tracklength", "CsI", *argv).data["primary"]  # in X0 all materials agree
    assert data["material"] == "Lu1.8Y0.2SiO5"


def test_tracklength_in_the_calorimeter_of_an_experiment(run: Run) -> None:
    """That of its material; the incident particle is that of its source unless another is given."""
    argv = ("--energy", "4.35", "--edges", "0.8,0.9,1", "--json", *TSAI_WHITIS)
    found = run("tracklength", "belle2", *argv).data
    expected = run("tracklength", "CsI", "--thickness", "16", *argv).data
    assert found == expected
    behind = run("tracklength", "belle2", "--card", "target.upstream=0.3", *argv).data
    assert behind["thickness"] == pytest.approx(16)
    assert behind["primary"][1] < 0.8 * expected["primary"][1]
    assert run("tracklength", "na64-2019", *argv).data["incident"] == "e-"
    assert run("tracklength", "na64-2019", "--incident", "e+", *argv).data["incident"] == "e+"


def test_tracklength_of_a_mixture(run: Run) -> None:
    argv = ("--energy", "4", "--thickness", "1", "--edges", "0.9,1", "--json", *TSAI_WHITIS)
    data = run("tracklength", "Pb=0.9,C8H8=0.1", "--density", "5.9", *argv).data
    assert data["primary"] == run("tracklength", "CsI", *argv).data["primary"]  # in X0 all materials agree
    assert data["material"] == "Pb=0.9,C8H8=0.1"


def test_cross_section_of_annihilation_is_a_breit_wigner(run: Run) -> None:
    argv = ("cross-section", "annihilation", "CsI", "--energy", "4.35", "--mass", "0.05", "--json")
    data = run(*argv, "--set", "electrons=free", "--set", "width=fixed").data
    # Eq. (4.2), far from the resonance, with constants written out
    m_e, m, alpha, alpha_d = 0.51099895e-3, 0.05, 1 / 137.035999, 1e-3
    s, chi = 2 * m_e * (4.35 + m_e), (m / 3) ** 2
    width = m * alpha_d / 3 * (1 + 2 / 9) * (1 - 4 / 9) ** 0.5
    numerator = 4 * np.pi * alpha * alpha_d / 3 * (s + 2 * chi) * (1 - 4 * chi / s) ** 0.5
    expected = numerator / ((s - m**2) ** 2 + (m * width) ** 2) * 0.3893793721e-27 / 1e-36
    assert data["sigma_pb"] == pytest.approx(expected, rel=1e-7)  # the digits of the constants
    assert data["sigma_error_pb"] == 0
    assert data["per"] == "electron"


def test_cross_section_of_annihilation_on_bound_electrons(run: Run) -> None:
    argv = ("cross-section", "annihilation", "CsI", "--energy", "4.35", "--mass", "0.05", "--json")
    eikonal, none = (
        run(*argv, "--set", "electrons=bound", "--set", f"binding={name}").data for name in ("eikonal", "none")
    )
    free = run(*argv, "--set", "electrons=free").data
    # below the resonance electrons that move away from the positron make up for its energy; fewer do in the field
    assert none["sigma_pb"] > eikonal["sigma_pb"] > 2 * free["sigma_pb"]
    assert 0 < eikonal["sigma_error_pb"] < 1e-3 * eikonal["sigma_pb"]
    assert eikonal["per"] == "electron"


def test_cross_section_of_bremsstrahlung(run: Run) -> None:
    argv = ("cross-section", "bremsstrahlung", "CsI", "--energy", "4.35", "--mass", "0.05", "--json")
    data = run(*argv, "--formula", "ww", "--form-factor", "elastic").data
    hard = run(*argv, "--min-fraction", "0.95").data
    assert 0 < hard["sigma_pb"] < data["sigma_pb"]
    assert 0 < data["sigma_error_pb"] < 1e-6 * data["sigma_pb"]
    assert data["per"] == "formula unit"
    assert data["physics"]["bremsstrahlung"] == "ww"
    for option in (("--formula", "exact"), ("--formula", "iww"), ("--form-factor", "elastic+inelastic")):
        assert run(*argv, *option).data["sigma_pb"] != data["sigma_pb"]
    other = run(*argv, "--mediator", "scalar").data
    assert other["sigma_pb"] != data["sigma_pb"]
    assert run(*argv[:-2], "100", "--json").data["sigma_pb"] == 0


@pytest.mark.parametrize("bins", ["1", "7", "50"])
@pytest.mark.parametrize("name", ["bhabha", "belle2"])
def test_source_integrates_to_its_cross_section(run: Run, name: str, bins: str) -> None:
    data = run("source", name, "--bins", bins, "--json").data
    assert data["sigma_pb"] == pytest.approx(11996.73, abs=0.01)  # section 2: 1.2e4 pb
    assert data["n_positrons"] == pytest.approx(5.9984e11, rel=1e-4)  # section 2: 6e11
    assert len(data["edges_gev"]) == int(bins) + 1
    assert len(data["dsigma_de_pb_per_gev"]) == int(bins)
    integral = np.dot(data["dsigma_de_pb_per_gev"], np.diff(data["edges_gev"]))
    assert integral == pytest.approx(data["sigma_pb"], rel=1e-12)
    assert 0 <= data["sigma_error_pb"] < 1e-12 * data["sigma_pb"]


def test_source_averages_follow_the_differential_cross_section(run: Run) -> None:
    data = run("source", "bhabha", "--bins", "400", "--alpha", "0.0078", "--luminosity", "1", "--json").data
    edges = np.array(data["edges_gev"])
    middle = 0.5 * (edges[1:] + edges[:-1])
    source = Bhabha(alpha=0.0078, luminosity=1.0)
    assert data["n_positrons"] == source.count
    expected = source.differential_cross_section(middle)
    # the midpoint rule at 400 bins: h²/24 of the relative curvature, which is largest at the lower edge
    np.testing.assert_allclose(data["dsigma_de_pb_per_gev"], expected, rtol=2e-4)


def test_source_of_a_beam_is_a_line(run: Run) -> None:
    for argv in (("na64-2019",), ("beam", "--card", "energy=100", "--card", "particles=2.84e11")):
        data = run("source", *argv, "--json").data
        assert data["sigma_pb"] is None
        assert data["sigma_error_pb"] is None
        assert data["n_positrons"] == 2.84e11
        assert data["edges_gev"] == data["dsigma_de_pb_per_gev"] == []
        assert data["lines"] == [{"energy_gev": 100, "number": 2.84e11}]
        assert data["incident"] == "e-"


def test_source_from_a_table_keeps_its_kinks(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "spectrum.csv"
    path.write_text("energy, density\n1, 0\n1.3, 3\n2, 0\n", encoding="utf-8")
    data = run("source", "tabulated", "--card", f"file={path}", "--bins", "4", "--json").data
    assert data["n_positrons"] == pytest.approx(1.5)
    assert np.dot(data["dn_de_per_gev"], np.diff(data["edges_gev"])) == pytest.approx(1.5, rel=1e-14, abs=0)
    assert data["sigma_pb"] is None
    assert data["dsigma_de_pb_per_gev"] == [None] * 4


def test_source_takes_changes_of_the_card(run: Run) -> None:
    data = run("source", "belle2", "--card", "source.polar_angle_min=40", "--luminosity", "1", "--json").data
    kind = run("source", "bhabha", "--card", "polar_angle_min=40", "--luminosity", "1", "--json").data
    assert {**data, "source": ""} == {**kind, "source": ""}


def test_background(run: Run) -> None:
    data = run("background", "belle2", "--json").data
    names = [part["name"] for part in data["components"]]
    assert names[:2] == ["photons", "neutrons"]
    for part in data["components"]:
        assert {"name", "expected", "error", "source", "inputs", "upper_limit"} <= set(part)
        assert part["inputs"]
    assert isclose(data["total"], sum(part["expected"] for part in data["components"]))
    assert isclose(data["total_error"] ** 2, sum(part["error"] ** 2 for part in data["components"]))
    assert data["background"] == 94


def test_background_follows_the_card(run: Run) -> None:
    argv = ("background", "belle2", "--card", "backgrounds.photons.veto_efficiency=1", "--json")
    photons = run(*argv).data["components"][0]
    assert photons["expected"] == pytest.approx(2.85e4, rel=2e-3)  # section 3.1, before the KLM veto
    none = run("background", "na64-2019", "--json").data
    assert (none["components"], none["total"], none["total_error"]) == ([], 0, 0)


def test_a_card_lists_what_it_assumes(run: Run) -> None:
    shown = run("experiments", "show", "na64-2022")
    assert "assumed:" in shown.out.splitlines()
    assert "  efficiency: >-" in shown.out.splitlines()
    assumed = run("experiments", "show", "na64-2022", "--json").data["assumed"]
    assert list(assumed) == [one.field for one in ev.experiment("na64-2022").assumed]
    data = run("limit", "bes3", "--mass", "0.045", "--physics", "published", "--json").data
    assert "background" in data["card"]["assumed"]


def test_experiments(run: Run, tmp_path: Path) -> None:
    listed = run("experiments", "list", "--json").data
    assert [entry["name"] for entry in listed] == list(ev.experiment_names())
    for entry in listed:
        assert set(entry) == {"name", "title", "reference"}
        assert run("experiments", "show", entry["name"], "--json").data == ev.experiment(entry["name"]).as_dict()
        path = tmp_path / f"{entry['name']}.yaml"
        path.write_text(run("experiments", "show", entry["name"]).out, encoding="utf-8")
        assert ev.experiment(path) == ev.experiment(entry["name"])  # what is shown is a card
        checked = run("experiments", "validate", str(path), "--json").data
        assert checked["valid"] is True
        assert checked["name"] == entry["name"]


def test_constraints(run: Run) -> None:
    listed = run("constraints", "list", "--json").data
    assert [entry["name"] for entry in listed] == list(ev.constraint_names())
    for entry in listed:
        data = run("constraints", "show", entry["name"], "--json").data
        assert {key: data[key] for key in entry} == entry
        assert data["mass_gev"] == list(ev.constraint(entry["name"]).masses)
        assert data["epsilon"] == list(ev.constraint(entry["name"]).epsilons)
        assert data["reference"]


def test_a_constraint_to_another_luminosity(run: Run) -> None:
    then = run("constraints", "show", "belle2-monophoton", "--json").data
    now = run("constraints", "show", "belle2-monophoton", "--luminosity", "50", "--json").data
    assert now["luminosity"] == 50
    ratio = np.divide(now["epsilon"], then["epsilon"])
    np.testing.assert_allclose(ratio, (0.02 / 50) ** 0.25)  # L^(-1/4), section 4


def test_a_constraint_of_ones_own(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("0.01, 1e-4\n0.1, 2e-4\n", encoding="utf-8")
    data = run("constraints", "show", str(path), "--json").data
    assert (data["name"], data["mass_gev"], data["epsilon"]) == ("mine", [0.01, 0.1], [1e-4, 2e-4])


def test_options_that_change_nothing_are_named(run: Run) -> None:
    argv = ("limit", "belle2", "--mass", "0.0667", "--json", "--physics", "converged")
    assert run(*argv, "--set", "v_max=0.99").data["notes"] == []
    notes = run(*argv, "--set", "seed=3", "--set", "binding=none").data["notes"]
    assert notes == [
        "binding has no effect here, it needs electrons = bound",
        "seed has no effect here, it needs track_length = montecarlo",
    ]


def test_options_that_do_not_reach_a_track_length_are_named(run: Run) -> None:
    argv = ("tracklength", "CsI", "--energy", "4.35", "--thickness", "1", "--edges", "0.9,1", "--shower", "tsai-whitis")
    plain = run(*argv, "--json").data
    assert plain["notes"] == []
    idle = run(*argv, "--set", "electrons=free", "--set", "histories=10", "--json").data
    assert idle["notes"] == [
        "electrons changes nothing in the track length of tsai-whitis",
        "histories changes nothing in the track length of tsai-whitis",
    ]
    assert idle["primary"] == plain["primary"]
    assert run(*argv, "--set", "pair_charges=both", "--json").data["notes"] == []
