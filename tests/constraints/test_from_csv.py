"""A user's file: all accepted forms, and a one-line message for every wrong form."""

from pathlib import Path

import pytest

from evanesce.constraints import constraint, constraint_from_csv
from evanesce.errors import DataFileError, InvalidValueError, UnknownNameError


def write(folder: Path, text: str) -> Path:
    path = folder / "curve.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "0.1,1e-4\n1,2e-4\n",
        "mass [GeV], epsilon\n0.1, 1e-4\n1, 2e-4\n",
        "# digitised by hand\nmass epsilon limit\n\n0.1 1e-4  # first\n1\t2e-4",
        "\ufeff0.1,1e-4\r\n1,2e-4\r\n",
    ],
)
def test_well_formed(tmp_path: Path, text: str) -> None:
    own = constraint_from_csv(write(tmp_path, text), name="own", reference="me", luminosity=0.5, alpha_d=0.1)
    assert own.masses == (0.1, 1.0)
    assert own.epsilons == (1e-4, 2e-4)
    assert (own.name, own.title, own.reference) == ("own", "own", "me")
    assert (own.luminosity, own.alpha_d) == (0.5, 0.1)
    assert "curve.csv" in own.notes


def test_round_trip(tmp_path: Path) -> None:
    published = constraint("na64-2019")
    lines = [f"{m!r},{e!r}" for m, e in zip(published.masses, published.epsilons, strict=True)]
    own = constraint_from_csv(str(write(tmp_path, "\n".join(["mass,epsilon", *lines]))), name="again")
    assert (own.masses, own.epsilons) == (published.masses, published.epsilons)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "0.1,1e-4\n1,tiny\n",
            r"curve.csv, line 2: epsilon = 'tiny', must be a number",
        ),
        ("mass,epsilon\nm,eps\n0.1,1e-4\n", "line 2: mass = 'm'"),
        ("0.1,x\n1,2e-4\n", "line 1: epsilon = 'x'"),
        ("0.1,1e-4\n# note\n1,0\n", "line 3: epsilon = 0, must be a finite number greater than 0"),
        ("-0.1,1e-4\n1,1e-4\n", "line 1: mass = -0.1"),
        ("0.1,nan\n1,1e-4\n", "line 1: epsilon = nan"),
        ("0.1,inf\n1,1e-4\n", "line 1: epsilon = inf"),
        ("epsilon,mass\n0.1,1\n", "line 1: the first column is 'epsilon', must be 'mass, epsilon' in this order"),
        ("0.1,1e-4\n0.1,2e-4\n", "line 2: mass 0.1 follows 0.1, masses must increase"),
        ("1,1e-4\n0.1,2e-4\n", "line 2: mass 0.1 follows 1, masses must increase"),
        ("0.1,1e-4,90\n", "line 1: has 3 columns, must have two"),
        ("0.1\n", "line 1: has 1 columns"),
        ("0.1,1e-4\n", "curve.csv: has 1 points, give at least two lines 'mass, epsilon'"),
        ("mass,epsilon\n", "has 0 points"),
        ("", "has 0 points"),
    ],
)
def test_malformed(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message) as caught:
        constraint_from_csv(write(tmp_path, text), name="own")
    assert "\n" not in str(caught.value)


def test_masses_of_no_search_need_a_unit(tmp_path: Path) -> None:
    """From 20 to 200 they are in MeV or wrong; a file that says GeV is believed."""
    with pytest.raises(DataFileError, match=r"masses up to 200 without a unit, .* above 15 GeV; begin the file"):
        constraint_from_csv(write(tmp_path, "20,1e-4\n200,2e-4\n"), name="own")
    own = constraint_from_csv(write(tmp_path, "mass [GeV],epsilon\n20,1e-4\n200,2e-4\n"), name="own")
    assert own.masses == (20.0, 200.0)


def test_missing_and_unreadable(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"none.csv: cannot be read \(No such file or directory\)"):
        constraint_from_csv(tmp_path / "none.csv", name="own")
    with pytest.raises(DataFileError, match="cannot be read"):
        constraint_from_csv(tmp_path, name="own")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataFileError, match="is not text"):
        constraint_from_csv(binary, name="own")


def test_bad_provenance(tmp_path: Path) -> None:
    path = write(tmp_path, "0.1,1e-4\n1,2e-4\n")
    with pytest.raises(UnknownNameError, match=r"constraint property 'luminosty': .* did you mean 'luminosity'"):
        constraint_from_csv(path, name="own", luminosty=1.0)
    with pytest.raises(InvalidValueError, match="path = 3: must be the path of a file"):
        constraint_from_csv(3, name="own")  # type: ignore[arg-type]  # the type checker refuses it too
    with pytest.raises(InvalidValueError, match="confidence_level of own = 90"):
        constraint_from_csv(path, name="own", confidence_level=90)


def test_a_path_is_enough(tmp_path: Path) -> None:
    path = write(tmp_path, "mass,epsilon\n0.01,1e-4\n0.1,2e-4\n")
    assert constraint(path) == constraint(str(path)) == constraint_from_csv(path, name=path.stem)
