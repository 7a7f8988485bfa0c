"""Every error in a card is one line that names the file, the field and the allowed values."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evanesce.errors import CardError
from evanesce.experiments import Experiment, experiment

Write = Callable[[str], Path]

# what to replace in the small card, by what, and the message
BAD_CARDS = [
    ("luminosity: 50", "luminosity: -3", r"source\.luminosity = -3: must be a finite number greater than 0"),
    (
        "luminosity: 50",
        "luminosity: .nan",
        r"source\.luminosity = nan: must be a finite number greater than 0",
    ),
    ("luminosity: 50", "luminosity: .inf", r"source\.luminosity = inf: must be a finite number"),
    ("luminosity: 50", "luminosity: fifty", r"source\.luminosity = 'fifty': must be a number"),
    ("luminosity: 50", "luminosity: '50'", r"source\.luminosity = '50': must be a number"),
    ("luminosity: 50", "luminosity: true", r"source\.luminosity = True: must be a number"),
    ("luminosity: 50", "luminosity: [50]", r"source\.luminosity = \[50\]: must be a number"),
    ("luminosity: 50", "luminosity:", r"source\.luminosity = None: must be a number"),
    ("luminosity: 50", "luminosty: 50", r"luminosty: unknown field; allowed are .*mean 'luminosity'\?"),
    ("luminosity: 50", "luminosity: 50\n  luminosity: 5", r"line 5: .*'luminosity' is given twice; keep one"),
    ("luminosity: 50", "alpha: 1:2", r"source\.alpha = '1:2': must be a number"),
    (
        "polar_angle_min: 32.2",
        "polar_angle_min: 130",
        r"polar_angle_min = 130: must be less than polar_angle_max",
    ),
    ("polar_angle_min: 32.2", "incident: mu", r"source\.incident = 'mu': must be 'e\+' or 'e-'"),
    ("polar_angle_min: 32.2", "opposite_in_acceptance: 1", r"acceptance = 1: must be true or false"),
    ("kind: bhabha", "kind: bhaba", r"source\.kind: unknown source 'bhaba'.*did you mean 'bhabha'\?"),
    ("kind: bhabha", "kind: [bhabha]", r"source\.kind: unknown source"),
    (
        "kind: bhabha",
        "energy: 3",
        r"source\.kind: is missing; known are beam, bhabha, lhe, radiative-bhabha, tabulated",
    ),
    ("kind: bhabha", "? [1, 2]\n  : 3", "not valid YAML"),
    ("material: CsI", "material: CsJ", r"target\.material: unknown material 'CsJ'.*did you mean 'CsI'\?"),
    ("material: CsI", "material: 3", r"target\.material = 3: must be a material's name, or a mapping"),
    ("material: CsI", "material: {formula: CsI}", r"target\.material\.density: is missing"),
    ("material: CsI", "material: {formula: '?', density: 1}", r"target\.material\.formula = '\?'"),
    ("material: CsI", "material: {formula: CsI, density: -1}", r"target\.material: density of CsI = -1"),
    (
        "material: CsI",
        "material: {formula: 3, density: 1}",
        r"target\.material\.formula = 3: must be plain text",
    ),
    ("material: CsI", "material: {formula: CsI, mass: 3}", r"target\.material\.mass: unknown field"),
    *(
        ("thickness: 16", f"thickness: {text}", rf"target\.thickness = '{text}': must be a number")
        for text in ("010", "1:30", "1_0", "0x10", "0b11", "1:30.5", "1_0.5", "00.5")
    ),
    ("  material: CsI\n", "", r"target\.material: is missing; required: material, thickness"),
    ("thickness: 16", "thickness: 0", r"target\.thickness = 0: must lie between 1e-06 and 10000 X0"),
    ("thickness: 16", "thickness: 16\n  upstream: -1", r"target\.upstream = -1: must be .* 0 or greater"),
    (
        "thickness: 16",
        "thickness: 16\n  upstream: 1e-12",
        r"target\.upstream = 1e-12: must lie between 1e-09 and 30 X0",
    ),
    ("name: small", "name: ''", r"name = '': must not be empty"),
    ("name: small", "name: 2", r"name = 2: must be text"),
    ("name: small", "name: on", r"name = True: must be text"),
    ("name: small", "title: small", r"name: is missing; required: name, source, target"),
    ("background: 94", "background: -1", r"background = -1: must be a finite number, 0 or greater"),
    ("background: 94", "background: 94\nefficiency: 0", r"efficiency = 0: must lie in \(0, 1\]"),
    ("background: 94", "background: 94\nefficiency: 1e-13", r"efficiency = 1e-13: must be at least 1e-12"),
    ("background: 94", "background: 94\nefficiency: 1.5", r"efficiency = 1\.5: must lie in \(0, 1\]"),
    ("background: 94", "background: 94\ncriterion: clz", "unknown criterion 'clz': known are cls, discovery-3"),
    ("background: 94", "background: 94\ncriterion: 2.3", r"criterion = 2\.3: must be text"),
    ("background: 94", "background: 9\nbremsstrahlung_curve: na6", r"unknown bremsstrahlung_curve 'na6'"),
    (
        "background: 94",
        "background: 9\nselection: {missing_fraction: 1}",
        r"missing_fraction = 1: must lie in",
    ),
    ("background: 94", "background: 9\nselection: 0.9", r"selection = 0\.9: must be a mapping"),
    ("background: 94", "background: 2026-01-01", r"background = '2026-01-01': must be a number"),
    ("background: 94", "background: 2026-01-01 10:00:00Z", r"background = '2026-01-01 10:00:00Z': must be a number"),
    ("background: 94", "background: [94", r"line \d+: not valid YAML"),
    ("background: 94", "background: 94\n---\nname: two", r"line \d+: not valid YAML"),
    *(
        ("background: 94", f"background: {tag}", r"line \d+: not valid YAML: a tag \(.*\) is not allowed; leave it out")
        for tag in ("!!bool 4", "!!timestamp 4", "!!python/object:os.system 1", "!!binary aGk=", "!!set {a}", "!own 4")
    ),
    ("background: 94", "background: 94\n<<: {efficiency: 0.5}", "<<: unknown field"),
    ("background: 94", "background: =", r"background = '=': must be a number"),
    ("name: small", 'name: "\\ud800"', r"line 1: .* the character U\+D800 is not allowed in text"),
    ("name: small", 'name: "\\e[31m"', r"line 1: .* the character U\+001B is not allowed in text"),
    ("name: small", 'name: "\\UFFFFFFFF"', "not valid YAML"),
    ("luminosity: 50", "luminosity: 1" + "0" * 400, r"source\.luminosity"),
    ("luminosity: 50", "luminosity: 1" + "0" * 5000, "not valid YAML: Exceeds the limit"),
    (
        "background: 94",
        "background: &a 94\nefficiency: *a",
        r"line \d+: not valid YAML: an alias .* not allowed",
    ),
    ("background: 94", "background: 9\x07", "not valid YAML"),
    ("kind: photons", "kind: photon", r"backgrounds\.0\.kind: unknown background 'photon'"),
    ("4.5e-4", "5", r"backgrounds\.0\.veto_efficiency = 5: must lie in \[0, 1\]"),
    ("    reference: arXiv:0808.0017\n", "", r"backgrounds\.0\.reference: is missing"),
    ("  - kind: photons\n", "  - 3\n  - kind: photons\n", r"backgrounds\.0 = 3: must be a mapping"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD_CARDS)
def test_bad_card_is_one_line(small: str, write: Write, old: str, new: str, message: str) -> None:
    assert old in small
    with pytest.raises(CardError, match=message) as info:
        experiment(write(small.replace(old, new, 1)))
    assert str(info.value).startswith("card 'card.yaml'")
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty, it must be a mapping with name, source, target and background"),
        ("# only a comment\n", "is empty"),
        ("- 1\n- 2\n", "holds list data, it must be a mapping"),
        ("belle2", "holds str data, it must be a mapping"),
        ("{" * 5000, "not valid YAML"),
    ],
)
def test_not_a_card(write: Write, text: str, message: str) -> None:
    with pytest.raises(CardError, match=message) as info:
        experiment(write(text))
    assert "\n" not in str(info.value)


def test_binary_file(tmp_path: Path) -> None:
    path = tmp_path / "card.yaml"
    path.write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(CardError, match=r"card 'card\.yaml': is not text in UTF-8"):
        experiment(path)


def test_missing_file_and_directory(tmp_path: Path) -> None:
    with pytest.raises(CardError, match=r"cannot read card '.*none\.yaml': No such file"):
        experiment(tmp_path / "none.yaml")
    with pytest.raises(CardError, match=r"cannot read card '.*': Is a directory"):
        experiment(str(tmp_path))
    with pytest.raises(CardError, match="cannot read card"):
        experiment("null\0byte.yaml")


def test_further_errors_are_counted(small: str, write: Write) -> None:
    bad = small.replace("luminosity: 50", "luminosity: x").replace("thickness: 16", "thickness: y")
    with pytest.raises(CardError, match=r"source\.luminosity = 'x': must be a number \(and 1 more\)"):
        experiment(write(bad))


def test_a_mapping_of_thousands_of_fields_is_refused_at_once(small: str, write: Write) -> None:
    """Well under a second where the whole file takes a minute; as plain data it is one unknown field."""
    fields = [f"luminosity{i}" for i in range(80_000)]
    start = time.perf_counter()
    with pytest.raises(CardError, match=r"line 1\d\d\d: not valid YAML: a mapping has more than 1000 fields"):
        experiment(write(small + "".join(f"{name}: 1\n" for name in fields[:50_000])))
    with pytest.raises(CardError, match="luminosity0: unknown field"):
        Experiment.from_dict({"name": "x"} | dict.fromkeys(fields, 1))
    assert time.perf_counter() - start < 2.0  # 0.3 s on a machine at rest


def test_special_and_large_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/zero")):
        with pytest.raises(CardError, match=r"cannot read card '.*': is a (pipe|device); give a regular file"):
            experiment(path)
    (tmp_path / "large.yaml").write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(CardError, match=r"card 'large\.yaml': is larger than 1 MB"):
        experiment(tmp_path / "large.yaml")


@pytest.mark.parametrize("data", [None, 3, [], "belle2"])
def test_from_dict_takes_a_mapping(data: object) -> None:
    with pytest.raises(CardError, match=r"card: is .*, must be a mapping"):
        Experiment.from_dict(data)
