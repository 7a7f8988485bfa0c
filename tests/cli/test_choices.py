"""Available choices are listed in help texts and by commands, and completed in a shell."""

import os
import shutil
import subprocess
import sys

import pytest

import evanesce as ev
from evanesce.cli.arguments import mass_grid, mediator, numbers, whole_number
from evanesce.cli.options import grouped
from evanesce.errors import InvalidValueError
from evanesce.mediators import MEDIATORS
from evanesce.physics import DEFAULT_PRESET, PRESETS, PhysicsOptions
from evanesce.showers import SHOWERS
from evanesce.sources import SOURCES
from evanesce.statistics import CRITERIA


def test_alone_it_shows_its_help(run):
    for group in ((), ("experiments",), ("constraints",), ("geant4",)):
        assert run(*group) == run(*group, "--help")
        assert run(*group).code == 0
    assert "evanesce limit belle2" in run().out


def test_physics_lists_every_option_with_its_values(run):
    data = run("physics", "--json").data
    assert data["default_preset"] == DEFAULT_PRESET
    assert data["presets"] == list(PRESETS)
    found = {option["name"]: option for option in data["options"]}
    made = PhysicsOptions().as_dict().keys() - {"preset", "overrides"}
    assert set(found) == made
    for name, option in found.items():
        assert option["presets"] == {preset: options[name] for preset, options in PRESETS.items()}
        assert option["about"]
        assert option["allowed"]
    assert found["bremsstrahlung"]["allowed"] == "ww | iww | exact"


@pytest.mark.parametrize("name", ["track_length", "pair_charges", "binding", "resolution"])
def test_what_is_listed_as_allowed_is(run, name):
    found = {option["name"]: option["allowed"] for option in run("physics", "--json").data["options"]}
    for value in found[name].split(" | "):
        assert ev.resolve_physics("reference", {name: value})[name] == value


def test_physics_lists_what_is_registered(run):
    data, out = run("physics", "--json").data, run("physics").out
    registries = {"mediators": MEDIATORS, "showers": SHOWERS, "sources": SOURCES, "criteria": CRITERIA}
    for kind, registry in registries.items():
        assert [entry["name"] for entry in data[kind]] == list(registry.names())
        assert all(entry["about"] for entry in data[kind])
        for name in registry.names():
            assert f"\n  {name} " in out
    assert max(map(len, out.splitlines())) <= 100


def unwrapped(text):
    """Undo click's line breaks, of which some fall behind a hyphen."""
    return " ".join(text.split()).replace("- ", "-")


def test_help_names_what_an_option_may_be(run):
    text = unwrapped(run("limit", "--help").out)
    for name in (*MEDIATORS.names(), *PRESETS, f"[default: {DEFAULT_PRESET}]"):
        assert name in text
    text = unwrapped(run("tracklength", "--help").out)
    assert all(name in text for name in SHOWERS.names())


def test_materials(run):
    listed = run("materials", "--json").data
    assert [entry["name"] for entry in listed] == list(ev.material_names())
    for entry in listed:
        found = ev.material(entry["name"])
        assert ev.compound(entry["formula"], density=1.0).composition == found.composition == entry["atoms"]
        assert (entry["density_g_cm3"], entry["radiation_length_cm"]) == (found.density, found.radiation_length)
        assert entry["reference"] == found.reference
    assert run("materials", "CsI", "--json").data == next(entry for entry in listed if entry["name"] == "CsI")
    assert "Sodium Iodide" in run("materials", "--nist", "--json").data
    assert run("materials", "Sodium Iodide", "--json").data["interaction_length_cm"] is None
    assert run("materials", "Lu1.8Y0.2SiO5", "--density", "7.1", "--json").data["density_g_cm3"] == 7.1
    out = run("materials").out
    assert "CsI" in out
    assert "Particle Data Group" in out
    assert "radiation_length_cm: 1.86" in run("materials", "CsI").out


def process(*argv, **environment):
    code = "import sys; from evanesce.cli import main; sys.argv[0] = 'evanesce'; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], check=False, capture_output=True, text=True, timeout=60, **environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_is_printed_and_nothing_written(run, tmp_path, monkeypatch, shell):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    code, out, err = run("--show-completion", shell)
    assert (code, err) == (0, "")
    assert "_EVANESCE_COMPLETE" in out
    assert "evanesce" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("evanesce cro", "cross-section"),
        ("evanesce tracklength Pb", "Pb\nPbWO4"),
        ("evanesce events bel", "belle2\nbelle2-combined\nbelle2-detector\nbelle2-mono-photon\nbelle2-radiative"),
        ("evanesce events belle2 --medi", "--mediator"),
        ("evanesce events belle2 --mediator sc", "scalar"),
        ("evanesce events belle2 --physics con", "converged"),
        ("evanesce limit na64-2", "na64-2019\nna64-2019-published\nna64-2022"),
        ("evanesce experiments show stc", "stcf"),
        ("evanesce constraints show lsn", "lsnd"),
        ("evanesce scan stc", "stcf"),
        ("evanesce export csv stc", "stcf"),
        ("evanesce plot limits.nc --constraint bab", "babar"),
        ("evanesce limit belle2 --criterion fel", "feldman-cousins"),
    ],
)
def test_bash_completes(words, found):
    position = str(len(words.split()) - 1)
    environment = {**os.environ, "COMP_WORDS": words, "COMP_CWORD": position, "_EVANESCE_COMPLETE": "complete_bash"}
    assert process(env=environment).strip() == found


def test_an_installed_completion_works_in_bash(tmp_path):
    """Bash itself completes an experiment after the lines that were written to its start-up file."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    for _ in range(2):  # the second time changes nothing
        said = process("--install-completion", "bash", env={**os.environ, "HOME": str(tmp_path)})
    assert "a new terminal has it" in said
    start = tmp_path / ".bashrc"
    assert start.read_text().count("evanesce") == 1
    program = tmp_path / "evanesce"
    code = "import sys; from evanesce.cli import main; sys.argv[0] = 'evanesce'; sys.exit(main())"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$@"\n')
    program.chmod(0o755)
    asked = (
        f'. "{start}"; COMP_WORDS=(evanesce limit stc); COMP_CWORD=2; '
        '"$(complete -p evanesce | sed "s/.*-F \\([^ ]*\\) .*/\\1/")" evanesce; echo "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([bash, "--norc", "-c", asked], capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr, done.returncode) == ("stcf\n", "", 0)


def test_completion_is_not_installed_for_a_shell_that_would_need_another_policy(run):
    assert run("--install-completion", "powershell").code == 2


def test_masses_and_couplings_are_one_several_or_a_grid():
    assert mass_grid("0.05").tolist() == [0.05]
    assert mass_grid("0.05, 0.06,0.0667").tolist() == [0.05, 0.06, 0.0667]
    assert mass_grid("0.02:0.2:4e2").tolist() == ev.geomspace(0.02, 0.2, 400).tolist()
    assert mass_grid("1,0.1:0.2:2").tolist() == [1.0, 0.1, 0.2]
    assert numbers("--alpha-d", "1e-4,1e-3") == (1e-4, 1e-3)
    assert mediator("scalar", "1e-4,1e-3", "3").alpha_d == (1e-4, 1e-3)
    assert mediator("scalar", "1e-4", "3").alpha_d == 1e-4
    assert mediator("dark-photon", "1e-4:1e-2:3", "4").alpha_d == pytest.approx((1e-4, 1e-3, 1e-2))


def test_limit_takes_a_list_of_masses(run):
    data = run("limit", "belle2", "--mass", "0.06,0.0667", "--physics", "published", "--json").data
    assert data["mass_gev"] == [0.06, 0.0667]
    assert all(data["epsilon"])


@pytest.mark.parametrize(
    ("text", "value"), [("1e3", 1000), ("1.5E+3", 1500), ("10", 10), ("9007199254740992", 2**53), ("2.", 2)]
)
def test_whole_numbers_in_scientific_notation(text, value):
    assert whole_number("-n", text, smallest=1, largest=2**53) == value


@pytest.mark.parametrize(
    "text",
    ["1e-1", "0.5", "1e400", "9007199254740993", "1_000", "+5", " 5", "\u0665", "nan", "inf", "1e", "", "1e99999"],
)
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(InvalidValueError, match="must be a whole number from 1 to 9007199254740992"):
        whole_number("-n", text, smallest=1, largest=2**53)


def test_counts_take_scientific_notation_everywhere(run, tmp_path):
    path = str(tmp_path / "e.lhe")
    assert len(run("source", "bhabha", "--bins", "1e1", "--json").data["edges_gev"]) == 11
    command = ("events", "belle2", "--mass", "0.0667", "--physics", "published", "-n", "1e2", "--seed", "1e1")
    data = run(*command, "--output", path, "--json").data
    assert (data["events"], data["seed"]) == (100, 10)


@pytest.mark.slow
def test_counts_of_a_source_take_scientific_notation(run, tmp_path):
    path = str(tmp_path / "e.lhe")
    command = ("source", "radiative-bhabha", "--events", "1e2", "--seed", "1e1", "--output", path, "--json")
    assert run(*command).data["events"] == 100


def test_a_function_without_groups_stays_as_it_is():
    def plain(number: int = 3) -> None:
        raise InvalidValueError(str(number))

    with pytest.raises(InvalidValueError, match="^7$"):
        grouped(plain)(number=7)
