"""Limits in every format, and the same numbers read back."""

import importlib
import json
import sys
import warnings

import numpy as np
import pytest
import yaml
from PIL import Image

import evanesce as ev
from evanesce.cli import main
from evanesce.constraints import constraint_from_csv
from evanesce.errors import DataFileError
from evanesce.interchange import LimitTable, read_csv, read_darkcast, read_hepdata, read_json, read_limits
from evanesce.interchange.hepdata import write_hepdata
from evanesce.limits import from_dataset
from evanesce.scans.journal import Journal

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports a deprecated part of jsonschema
    VALIDATOR = importlib.import_module("hepdata_validator.full_submission_validator")
MASSES = [0.03, 0.0667, 0.08, 9.0]  # no limit at the last
OPTIONS = {"physics": "published", "criterion": ev.criterion("cls", toys=0, confidence_level=0.95)}
ARGUMENTS = ["belle2", "--mass", "0.03,0.0667,0.08,9", "--alpha-d", "1e-3,0.1", "--physics", "published"]
ARGUMENTS += ["--criterion", "cls", "--toys", "0", "--confidence-level", "0.95", "--observed", "90"]


@pytest.fixture(scope="module")
def curve():
    return ev.limit_curve("belle2", ev.DarkPhoton(alpha_d=[1e-3, 0.1]), MASSES, observed=90, **OPTIONS)


@pytest.fixture(scope="module")
def stored(curve, tmp_path_factory):
    """The same limits as a file, which the commands take as well."""
    path = tmp_path_factory.mktemp("stored") / "limits.nc"
    curve.to_dataset().to_netcdf(path, engine="scipy")
    return path


def same(found, wanted, rtol=0.0):
    assert found.axes == wanted.axes
    assert found.expected.keys() == wanted.expected.keys()
    pairs = [(found.points[name], wanted.points[name]) for name in wanted.points]
    pairs += [(found.expected[band], wanted.expected[band]) for band in wanted.expected]
    for mine, other in [*pairs, (found.epsilon, wanted.epsilon), (found.observed, wanted.observed)]:
        np.testing.assert_allclose(mine, other, rtol=rtol, atol=0.0)
    for name in ("experiment", "criterion", "confidence_level", "dark_matter", "cards", "physics", "alpha_d", "notes"):
        assert found.about[name] == wanted.about[name], name


@pytest.mark.parametrize("origin", ["computed", "stored"])
@pytest.mark.parametrize(("name", "suffix", "read"), [("csv", "csv", read_csv), ("json", "json", read_json)])
def test_tables_are_read_back_to_the_last_digit(origin, name, suffix, read, curve, stored, tmp_path):
    path = tmp_path / f"limits.{suffix}"
    given = ARGUMENTS if origin == "computed" else [str(stored)]
    assert main(["export", name, *given, "--output", str(path)]) == 0
    same(read(path), LimitTable.of(curve))


def test_netcdf_gives_the_curve_back(curve, stored, tmp_path):
    path = tmp_path / "again.nc"
    assert main(["export", "netcdf", str(stored), "--output", str(path)]) == 0
    back = read_limits(path)
    assert (back.dims, back.notes, back.provenance) == (curve.dims, curve.notes, curve.provenance)
    assert back.context == curve.context
    assert back.theory.keys() == curve.theory.keys()
    for name in ("epsilon", "epsilon_error", "expected", "observed", "outcome", "caution", "visible_width"):
        np.testing.assert_array_equal(getattr(back, name), getattr(curve, name), err_msg=name)
    for name, values in curve.yields.items():
        np.testing.assert_array_equal(back.yields[name], values)
        np.testing.assert_array_equal(back.yield_errors[name], curve.yield_errors[name])
    assert back.reason.tolist() == curve.reason.tolist()
    assert back.to_dataset().identical(curve.to_dataset())


def test_alternatives_to_one_option_are_all_kept():
    """Two of them are alternatives to the eikonal tables."""
    curve = ev.limit_curve("belle2", ev.DarkPhoton(), 0.0667)
    back = from_dataset(curve.to_dataset())
    assert {"binding=on-shell", "binding=on-shell-orbitals"} <= back.theory.keys()
    assert {name: float(v) for name, v in back.theory.items()} == {n: float(v) for n, v in curve.theory.items()}


def test_a_scan_is_exported_with_all_its_axes(tmp_path):
    axes = {"source.luminosity": [1.0, 50.0]}
    photon = ev.DarkPhoton(alpha_d=[1e-3, 0.1])
    data = ev.scan("belle2", photon, [0.05, 0.0667], axes=axes, physics="published", output=tmp_path / "scan.zarr")
    for name, read in (("csv", read_csv), ("json", read_json)):
        path = tmp_path / f"scan.{name}"
        assert main(["export", name, str(tmp_path / "scan.zarr"), "--output", str(path)]) == 0
        table = read(path)
        assert table.axes[:2] == ("source.luminosity", "alpha_d")
        np.testing.assert_array_equal(table.epsilon, data.epsilon.values.ravel())
        np.testing.assert_allclose(table.y, data.y.values.ravel(), rtol=1e-14)
    last = ["--select", "source.luminosity=50", "--select", "alpha_d=0.1"]
    assert main(["export", "darkcast", str(tmp_path / "scan.zarr"), *last, "--output", str(tmp_path / "a.lmt")]) == 0
    assert read_darkcast(tmp_path / "a.lmt")["lower"] == data.epsilon.values.reshape(2, 2, 2)[1, 1].tolist()


def test_an_unfinished_scan_says_so(tmp_path, capsys):
    """Half of it is missing: one chunk is taken from the journal, as after kill -9."""
    store, axes = tmp_path / "scan.zarr", {"source.luminosity": [1, 50]}
    ev.scan("belle2", ev.DarkPhoton(), [0.05, 0.0667], axes=axes, physics="published", output=store)
    Journal(store).remove(1)
    assert main(["export", "csv", str(store), "--output", str(tmp_path / "a.csv")]) == 0
    assert "2 of 4 points are not computed yet; continue the scan with resume" in capsys.readouterr().err
    table = read_csv(tmp_path / "a.csv")
    assert table.has_limit.tolist() == [True, True, False, False]


# -- DarkCast


@pytest.fixture
def darkcast(stored, tmp_path):
    path = tmp_path / "Belle2_track.lmt"
    assert main(["export", "darkcast", str(stored), "--select", "alpha_d=0.1", "--output", str(path)]) == 0
    return path


def test_darkcast_gets_mass_in_gev_and_epsilon(darkcast, curve):
    """The columns and units of DarkCast's own limits; the last mass has no limit and is left out."""
    columns = read_darkcast(darkcast)
    assert darkcast.read_text().splitlines()[0].split() == ["#", "mass", "lower"]
    assert columns == {"mass": MASSES[:3], "lower": curve.epsilon[1, :3].tolist()}


def test_the_description_for_darkcast_runs_and_says_what_it_is(darkcast):
    """With a stand-in that records: all that DarkCast needs is there, for an invisible dark photon."""
    calls = {}

    class Module:
        def __getattr__(self, name):
            return lambda *given, **named: calls.setdefault(name, (given, named))

    names = {"__file__": str(darkcast.with_suffix(".py")), "__builtins__": {**vars(__import__("builtins"))}}
    names["__builtins__"]["__import__"] = lambda name, *rest: Module() if name == "darkcast" else __import__(name)
    exec(compile(darkcast.with_suffix(".py").read_text(), "limit", "exec"), names)  # noqa: S102
    assert {"notes", "bibtex", "model", "production", "decay", "bounds", "efficiency"} <= names.keys()
    assert names["decay"] == "invisible"
    assert calls["Model"][0] == ("dark_photon",)
    assert calls["Dataset"][0] == (str(darkcast),)
    assert calls["Efficiency"][1] == {"t0": 0, "t1": float("inf")}
    for text in ("95 % CL (cls)", "belle2", "alpha_D = 0.1", "m/m_chi = 3", "dirac", "left out"):
        assert text in names["notes"], text


@pytest.mark.parametrize(
    ("more", "output", "message"),
    [
        ([], "a.lmt", "this format holds one curve, and alpha_d has 2 values: select one, as alpha_d=0.001"),
        (["--select", "alpha_d=0.2"], "a.lmt", "alpha_d = 0.2: is not on the grid; there are 0.001, 0.1"),
        (["--select", "luminosity=1"], "a.lmt", "unknown axis of these limits 'luminosity'"),
        (["--select", "alpha_d=0.1"], "2 b.lmt", "DarkCast imports a limit by its name"),
        (["--select", "alpha_d=0.1"], "a.txt", "unknown format here '.txt': known are .lmt"),
        (["--select", "alpha_d=0.1", "--mass", "0.1"], "a.lmt", "leave out the options of a calculation"),
        (["--select", "alpha_d=0.1", "--criterion", "cls"], "a.lmt", "leave out the options of a calculation"),
        (["belle2"], "a.lmt", "cannot be combined with others"),
    ],
)
def test_what_darkcast_cannot_hold_is_refused(more, output, message, stored, tmp_path, capsys):
    assert main(["export", "darkcast", str(stored), *more, "--output", str(tmp_path / output)]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_python_file_of_the_user_is_not_replaced(stored, darkcast, tmp_path, capsys):
    given = ["export", "darkcast", str(stored), "--select", "alpha_d=0.1", "--output"]
    assert main([*given, str(darkcast)]) == 0
    (tmp_path / "analysis.py").write_text("import this\n")
    assert main([*given, str(tmp_path / "analysis.lmt")]) == 2
    assert "there is another Python file of this name" in capsys.readouterr().err
    assert (tmp_path / "analysis.py").read_text() == "import this\n"
    assert not (tmp_path / "analysis.lmt").exists()


def test_darkcast_takes_vectors_only(tmp_path, capsys):
    given = ["belle2", "--mass", "0.0667", "--mediator", "scalar", "--physics", "published"]
    assert main(["export", "darkcast", *given, "--output", str(tmp_path / "a.lmt")]) == 2
    assert "mediator scalar: DarkCast knows vectors" in capsys.readouterr().err


# -- HEPData


def bands_of(column):
    """Expected limits of a column by standard deviations."""
    middle = np.array(column.values)
    found = {0: middle}
    for steps, changes in zip((1, 2), column.errors.values(), strict=True):
        low, high = np.array(changes).T
        found |= {-steps: middle + low, steps: middle + high}
    return found


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the validator closes no file
@pytest.mark.filterwarnings("ignore:Python 3.14 will:DeprecationWarning")  # and unpacks as was usual before 3.12
@pytest.mark.parametrize("output", ["submission", "submission.tar.gz"])
def test_a_submission_is_valid_and_read_back(output, curve, stored, tmp_path):
    path = tmp_path / output
    assert main(["export", "hepdata", str(stored), "--output", str(path)]) == 0
    validator = VALIDATOR.FullSubmissionValidator()
    how = {"directory": str(path)} if path.is_dir() else {"archive": str(path)}
    assert validator.validate(**how), [one.message for each in validator.get_messages().values() for one in each]
    tables = read_hepdata(path)
    wanted = LimitTable.of(curve).with_limits()
    scale = wanted.points["alpha_d"] * wanted.points["mass_ratio"] ** -4.0
    for title, values in (("Limit on epsilon", lambda e: e), ("Limit on y", lambda e: e**2 * scale)):
        alpha_d, mass, observed, expected = tables[title]
        assert (alpha_d.values, mass.values) == tuple(tuple(wanted.points[n]) for n in ("alpha_d", "mass"))
        assert mass.units == "GEV"
        np.testing.assert_allclose(observed.values, values(wanted.observed), rtol=1e-15)
        for band, limits in bands_of(expected).items():
            np.testing.assert_allclose(limits, values(wanted.expected[band]), rtol=1e-12, err_msg=f"{band}")
        said = dict(expected.qualifiers)
        assert said["Criterion"] == "cls (asymptotic)"
        assert said["Confidence level"] == "95 %"
        assert (said["Dark matter"], said["Luminosity [1/ab]"], said["Physics"]) == ("dirac", "50", "published")
        assert said[r"$m/m_\chi$"] == "3.0"
        assert r"$\alpha_D$" not in said
    if path.is_dir():
        assert json.loads((path / "provenance.json").read_text()) == wanted.about


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_a_submission_has_a_figure_without_imagemagick(stored, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # no program at all
    path = tmp_path / "submission"
    assert main(["export", "hepdata", str(stored), "--output", str(path)]) == 0
    assert VALIDATOR.FullSubmissionValidator().validate(directory=str(path))
    first = list(yaml.safe_load_all((path / "submission.yaml").read_text()))[1]
    assert first["name"] == "Limit on epsilon"
    said = {one["description"]: path / one["location"] for one in first["additional_resources"]}
    assert list(said) == ["Image file", "Thumbnail image file"]
    whole, small = (Image.open(file).size for file in said.values())
    assert whole[0] > 600
    assert max(small) == 300
    assert small[0] / small[1] == pytest.approx(whole[0] / whole[1], rel=0.01)
    chosen = tmp_path / "chosen"
    assert main(["export", "hepdata", str(stored), "--select", "alpha_d=0.1", "--output", str(chosen)]) == 0
    assert not list(chosen.glob("*.png"))  # the figure has the whole grid


def test_a_submission_without_bands_has_one_column(tmp_path):
    plain = ev.limit_curve("belle2", ev.DarkPhoton(), 0.0667, physics="published")
    write_hepdata(LimitTable.of(plain), tmp_path / "plain")
    mass, expected = read_hepdata(tmp_path / "plain")["Limit on epsilon"]
    assert (mass.values, expected.values, expected.errors) == ((0.0667,), (float(plain.epsilon),), {})
    assert dict(expected.qualifiers)[r"$\alpha_D$"] == "0.001"


def test_a_submission_is_written_whole_or_not_at_all(stored, tmp_path, capsys):
    there = tmp_path / "there"
    there.mkdir()
    assert main(["export", "hepdata", str(stored), "--output", str(there)]) == 2
    error = capsys.readouterr().err
    assert (
        error == f"evanesce: error: cannot write '{there}': it exists; name a new folder, or a file ending in .tar.gz\n"
    )
    nothing = ["belle2", "--mass", "9", "--physics", "published"]
    assert main(["export", "hepdata", *nothing, "--output", str(tmp_path / "new")]) == 2
    assert "there is no limit at any point, nothing is written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@pytest.mark.parametrize(
    ("library", "command", "extra"), [("hepdata_lib", "hepdata", "export"), ("pyhf", "pyhf", "stats")]
)
def test_a_missing_library_names_its_extra(library, command, extra, tmp_path, monkeypatch, capsys):
    for name in [name for name in sys.modules if name.partition(".")[0] == library] + [library]:
        monkeypatch.setitem(sys.modules, name, None)
    given = ["belle2", "--mass", "0.0667", "--physics", "published", "--output", str(tmp_path / "a.json")]
    assert main(["export", command, *given]) == 2
    assert f"pip install 'evanesce[{extra}]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "content"), [("a.nc", b"nothing"), ("a.nc", b""), ("a.zarr", None)])
def test_a_file_without_limits_is_refused(name, content, tmp_path, capsys):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main(["export", "csv", str(path), "--output", str(tmp_path / "a.csv")]) == 2
    error = capsys.readouterr().err
    assert str(path) in error
    assert error.count("\n") == 1


def test_a_foreign_file_is_refused(tmp_path):
    import xarray

    xarray.Dataset({"epsilon": ("mass", [1.0])}).to_netcdf(tmp_path / "a.nc", engine="scipy")
    (tmp_path / "a.csv").write_text("mass,epsilon\n1,2\n")
    (tmp_path / "a.json").write_text("[1]")
    for read, name in ((read_limits, "a.nc"), (read_csv, "a.csv"), (read_json, "a.json")):
        with pytest.raises(ev.EvanesceError, match=r"does not hold limits|evanesce wrote"):
            read(tmp_path / name)


def test_the_readers_of_constraints_take_what_is_exported(darkcast, curve):
    own = constraint_from_csv(darkcast, name="own")
    assert own.epsilons == tuple(curve.epsilon[1, :3])
    assert json.dumps(own.masses)


@pytest.mark.parametrize("kept", [10, 100, 1000, 3000, -100, -1])
def test_a_file_that_is_cut_off_is_refused(kept, stored, tmp_path, capsys):
    """Wherever it ends: the library that reads it may raise anything."""
    path = tmp_path / "a.nc"
    path.write_bytes(stored.read_bytes()[:kept])
    capsys.readouterr()
    for command in (["plot", str(path), "--output", "a.pdf"], ["export", "csv", str(path), "--output", "a.csv"]):
        assert main([*command[:-1], str(tmp_path / command[-1])]) == 2
        error = capsys.readouterr().err
        assert f"'{path}': " in error
        assert error.count("\n") == 1
    assert [one.name for one in tmp_path.iterdir()] == ["a.nc"]


def test_a_damaged_file_never_ends_in_an_internal_error(stored, tmp_path):
    """Any byte may be wrong: refused in one line, or read."""
    path, rng, good = tmp_path / "a.nc", np.random.default_rng(4), stored.read_bytes()
    said = []
    for _ in range(60):
        content = bytearray(good)
        for at in rng.integers(len(good), size=rng.integers(1, 20)):
            content[at] = rng.integers(256)
        path.write_bytes(bytes(content))
        try:
            read_limits(path)
        except DataFileError as error:
            said.append(str(error))
    assert len(said) > 10
    assert not any("\n" in one for one in said)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("physics", value) for value in (None, "published", [], {}, {"preset": "x", "overrides": ["v_max"]})),
        *(("card", value) for value in (None, "belle2", {}, [])),
        *(("confidence_level", value) for value in (None, "0.9", [], -1, 90)),
        *((number, value) for number in ("alpha_d", "mass_ratio") for value in (None, [], -1)),
        *(("mass_gev", value) for value in (None, [], 0.03, [0.03, -1, 0.08, 9])),
        *((name, value) for name in ("epsilon", "epsilon_error") for value in ([], 1e-4, [[1e-4, 1e-4]])),
        *(("epsilon", [[value] * 4] * 2) for value in (0.0, -1e-4)),
        ("mediator", None),
        ("expected", []),
    ],
)
def test_json_that_was_changed_is_refused(name, value, stored, tmp_path, capsys):
    """Fields of another kind, shape or range, in one line."""
    path = tmp_path / "a.json"
    assert main(["export", "json", str(stored), "--output", str(path)]) == 0
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    with pytest.raises(DataFileError, match="is not JSON of limits that evanesce wrote"):
        read_json(path)
    capsys.readouterr()
    assert main(["plot", str(path), "--output", str(tmp_path / "a.pdf")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_csv_that_is_cut_off_is_refused(stored, tmp_path):
    """Between two rows, in the last word and in a number: nothing is drawn of a part."""
    path = tmp_path / "a.csv"
    assert main(["export", "csv", str(stored), "--output", str(path)]) == 0
    good = path.read_text()
    assert read_csv(path).epsilon.size == 8
    for content, message in (
        (good.rstrip().rpartition("\n")[0], "7 rows of 8; it was cut off"),
        (good.rstrip()[:-2], "it was cut off or changed"),
        (good.rstrip().rpartition(",")[0][:-3], "is not a file of limits"),
    ):
        path.write_text(content)
        with pytest.raises(DataFileError, match=message):
            read_csv(path)


def test_csv_with_an_impossible_limit_is_refused(stored, tmp_path):
    path = tmp_path / "a.csv"
    assert main(["export", "csv", str(stored), "--output", str(path)]) == 0
    good = path.read_text().splitlines()
    first = next(n for n, line in enumerate(good) if not line.startswith("#")) + 1
    for column, value in ((0, "-0.03"), (0, "nan"), (1, "-1"), (2, "0"), (2, "-1e-4")):
        words = good[first].split(",")
        words[column] = value
        path.write_text("\n".join([*good[:first], ",".join(words), *good[first + 1 :]]))
        with pytest.raises(DataFileError, match=r"must be .*(greater than 0|finite numbers)"):
            read_csv(path)


def test_exposures_of_combined_experiments_are_named():
    """One luminosity for all is a number; where they differ, each is said with its experiment."""
    from evanesce.interchange.hepdata import _exposures

    cards = {name: ev.experiment(name).as_dict() for name in ("belle2", "belle2-mono-photon", "na64-2019")}
    assert _exposures([cards["belle2"]], "luminosity") == "50"
    assert _exposures([ev.experiment("belle2-combined").as_dict()], "luminosity") == "50"
    assert _exposures(list(cards.values()), "luminosity") == "50 (belle2), 0.02 (belle2-mono-photon)"
    assert _exposures(list(cards.values()), "particles") == "2.84e+11 (na64-2019)"
    assert _exposures([cards["na64-2019"]], "luminosity") == ""
