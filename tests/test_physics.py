"""Physics options: presets, overrides, options that models declare, and what each may be."""

from dataclasses import dataclass, field
from typing import ClassVar

import pytest

from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.physics import (
    DEFAULT_PRESET,
    PRESETS,
    Option,
    PhysicsOptions,
    describe_options,
    idle_options,
    resolve_physics,
    simpler_physics,
)
from evanesce.showers import SHOWERS

OLD_KEYS = {
    "preset", "overrides", "track_length", "histories", "seed", "v_max", "pair_charges", "electrons", "binding",
    "bremsstrahlung", "form_factor", "bremsstrahlung_thickness", "resolution", "isr", "soft_photons", "width",
    "compton", "vector_mesons", "off_shell_mesons",
}  # fmt: skip
"""What scripts read from the JSON of a limit."""


def test_every_preset_says_all_its_options():
    assert DEFAULT_PRESET == "reference"
    for name, preset in PRESETS.items():
        plain = preset.as_dict()
        assert plain["preset"] == name
        assert plain.keys() >= OLD_KEYS
    assert PRESETS["published"].v_max == 0.999
    assert (PRESETS["reference"]["pair_charges"], PRESETS["converged"]["pair_charges"]) == ("positron", "both")


def test_overrides_are_named_and_sorted():
    options = resolve_physics("converged", {"seed": "7", "electrons": "bound"})
    assert options.overrides == ("electrons", "seed")
    assert (options["seed"], options["histories"], options.electrons) == (7, 1_000_000, "bound")
    again = resolve_physics(options, {"seed": 8.0})
    assert again["seed"] == 8
    assert isinstance(again["seed"], int)
    assert again.as_dict()["seed"] == 8
    assert resolve_physics("converged") is PRESETS["converged"]


def test_equal_options_are_equal_keys():
    one, two = (resolve_physics("converged", {"seed": 7, "v_max": 0.9}) for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)


@pytest.mark.parametrize(
    ("overrides", "error", "message"),
    [
        ({"v_max": 10**400}, InvalidValueError, "v_max: is a whole number beyond 1e308, which is too large"),
        ({"v_max": 0}, InvalidValueError, "v_max = 0: must lie between 0.001 and 1"),
        ({"v_max": "nan"}, InvalidValueError, "v_max = nan: must lie between"),
        ({"v_max": True}, InvalidValueError, "v_max = True: must be a number"),
        ({"v_max": None}, InvalidValueError, "v_max = None: must be a number"),
        ({"seed": 1.5}, InvalidValueError, "seed = 1.5: must be a whole number from 0"),
        ({"histories": 1}, InvalidValueError, "histories = 1.0: must be a whole number from 2"),
        ({"bremsstrahlung_thickness": "inf"}, InvalidValueError, "thickness = inf: must be a finite number"),
        ({"bremsstrahlung_thickness": 1e-7}, InvalidValueError, "at least 1e-06 X0"),
        ({"electrons": 3}, InvalidValueError, "electrons = '3': must be one of free, bound"),
        ({"track_length": "cascad"}, UnknownNameError, "unknown shower 'cascad': .* did you mean 'cascade'"),
        ({"vmax": 1}, UnknownNameError, "unknown physics option 'vmax': .* did you mean 'v_max'"),
    ],
)
def test_what_an_option_does_not_allow(overrides, error, message):
    with pytest.raises(error, match=message):
        resolve_physics("converged", overrides)


def test_shell_was_replaced():
    with pytest.raises(InvalidValueError, match="binding = 'shell': was replaced by on-shell and eikonal"):
        resolve_physics("reference", {"binding": "shell"})
    with pytest.raises(InvalidValueError, match="binding = 'shell': was replaced by on-shell and eikonal"):
        PhysicsOptions(binding="shell")


def test_a_retired_word_says_what_replaced_it():
    option = Option(
        name="colour", default="red", allowed=("red",), retired={"pink": "was replaced by red"}, help="Colour."
    )
    assert option.check("red") == "red"
    with pytest.raises(InvalidValueError, match=r"^physics option colour = 'pink': was replaced by red$"):
        option.check("pink")
    with pytest.raises(InvalidValueError, match="must be one of red"):
        option.check("blue")


def test_unknown_presets_and_names():
    for given in ("refernce", 3, None, ["reference"]):
        with pytest.raises(UnknownNameError, match="unknown physics preset"):
            resolve_physics(given)
    with pytest.raises(UnknownNameError, match="unknown physics option 'colour'"):
        _ = PRESETS["converged"]["colour"]


def test_keys_hold_what_is_read_and_the_options_of_the_shower():
    names = frozenset({"track_length", "v_max"})
    assert dict(PRESETS["converged"].key(names)) == {
        "track_length": "tsai-whitis",
        "v_max": 1.0,
        "pair_charges": "both",
    }
    assert dict(PRESETS["reference"].key(names)) == {"track_length": "cascade", "v_max": 1.0}
    montecarlo = resolve_physics("reference", {"track_length": "montecarlo", "seed": 3})
    assert dict(montecarlo.key(names))["seed"] == 3
    assert "seed" not in dict(montecarlo.key(frozenset({"v_max"})))


def test_idle_options_say_what_they_need():
    options = resolve_physics(
        "reference", {"pair_charges": "both", "isr": "off", "soft_photons": 1e-3, "binding": "none"}
    )
    assert idle_options(options) == {
        "pair_charges": "track_length = tsai-whitis",
        "soft_photons": "isr = on",
    }
    assert idle_options(resolve_physics("converged", {"soft_photons": 1e-3, "isr": "on"})) == {}


def test_simpler_physics_changes_one_option():
    for change, options in simpler_physics(PRESETS["reference"]).items():
        name, value = change.split("=")
        assert options[name] == value
        different = {key for key, given in options.as_dict().items() if given != PRESETS["reference"].as_dict()[key]}
        assert different == {name, "overrides"}


def test_descriptions_cover_every_option():
    texts = describe_options()
    assert {text.name for text in texts} == OLD_KEYS - {"preset", "overrides"}
    assert all(text.help.endswith(".") and text.allowed for text in texts)
    owners = {text.name: text.belongs_to for text in texts}
    assert owners["pair_charges"] == "tsai-whitis"
    assert owners["soft_photons"] == "isr"
    assert owners["v_max"] == ""


def test_a_shower_of_ones_own_brings_its_options():
    @SHOWERS.register("flat")
    @dataclass(frozen=True)
    class Flat:
        """A shower that is none."""

        OPTIONS: ClassVar[tuple[Option, ...]] = (
            Option(name="flatness", default=0.5, largest=1.0, needs=("track_length", "flat"), help="How flat it is."),
        )
        given: float = field(default=0.5)

        @classmethod
        def from_options(cls, options):
            return cls(options["flatness"])

    try:
        options = resolve_physics("converged", {"track_length": "flat", "flatness": "0.25"})
        assert Flat.from_options(options).given == 0.25
        assert dict(options.key(frozenset({"track_length"}))) == {"track_length": "flat", "flatness": 0.25}
        assert options.as_dict()["flatness"] == 0.25
        assert idle_options(resolve_physics("converged", {"flatness": 1})) == {"flatness": "track_length = flat"}
        with pytest.raises(InvalidValueError, match="flatness = 2: must lie between 0 and 1"):
            resolve_physics("converged", {"flatness": 2})
    finally:
        SHOWERS.remove("flat")
    with pytest.raises(UnknownNameError, match="unknown shower 'flat'"):
        resolve_physics("converged", {"track_length": "flat"})


def test_options_are_checked_at_birth():
    with pytest.raises(InvalidValueError, match="electrons = 'moving': must be one of free, bound"):
        PhysicsOptions(electrons="moving")
    with pytest.raises(InvalidValueError, match="models: must be pairs of the name of an option and its value"):
        PhysicsOptions(models="none")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="track_length = None: must be text"):
        PhysicsOptions(track_length=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "instead"), [("non_resonant", "isr = on"), ("photon_cut", "soft_photons")])
def test_a_retired_option_says_what_replaced_it(name, instead):
    with pytest.raises(UnknownNameError, match=f"physics option '{name}' no longer exists: use {instead}") as caught:
        resolve_physics("reference", {name: 1})
    assert "\n" not in str(caught.value)
    assert name not in {option.name for option in describe_options()}


def test_radiation_at_the_vertex_is_on_in_reference_only():
    assert {name: preset["isr"] for name, preset in PRESETS.items()} == {
        "published": "off",
        "converged": "off",
        "reference": "on",
    }
