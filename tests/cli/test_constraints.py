"""``evanesce constraints`` with the parameters of the dark sector."""

from collections.abc import Callable
from typing import Any

import pytest

from evanesce.constraints import constraint, constraint_names

Run = Callable[..., Any]


def test_show_takes_a_curve_to_other_parameters(run: Run) -> None:
    data = run("constraints", "show", "na64-2019", "--alpha-d", "0.1", "--mass-ratio", "3", "--json").data
    curve = constraint("na64-2019").at(alpha_d=0.1, mass_ratio=3)
    assert data["epsilon"] == list(curve.epsilons)
    assert data["y"] == curve.y(curve.masses).tolist()
    assert (data["alpha_d"], data["mass_ratio"], data["quantity"], data["abscissa"]) == (
        *(0.1, 3.0),
        *("epsilon", "mediator"),
    )
    assert "figure 3" in data["source"]


def test_show_prints_y(run: Run) -> None:
    text = run("constraints", "show", "lsnd", "--quantity", "y").out
    assert "mass [GeV]" in text
    assert "1.492e-12" in text  # the first point of the published table


def test_show_has_no_y_without_parameters(run: Run) -> None:
    assert run("constraints", "show", "babar", "--json").data["y"] is None


def test_list_has_every_curve_or_the_reason(run: Run) -> None:
    data = run("constraints", "list", "--alpha-d", "0.5", "--mass-ratio", "3", "--json").data
    assert {one["name"] for one in data} == set(constraint_names())
    assert {one["name"] for one in data if "refused" in one} == {"na64-2021", "na64-2021-scalar"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("show", "na64-2021", "--alpha-d", "0.5"), "annihilation of secondary positrons"),
        (("show", "lsnd", "--mass-ratio", "4"), "at 4 the acceptance of the scattering changes"),
        (("show", "babar", "--alpha-d", "0.1"), "give --mass-ratio too"),
        (("show", "babar", "--quantity", "y"), "y needs an alpha_d"),
        (("show", "babar", "--quantity", "g"), "must be one of epsilon, y"),
        (("list", "--alpha-d", "nan", "--mass-ratio", "3"), "nan"),
        (("list", "--alpha-d", "0.1", "--mass-ratio", "2"), "must exceed 2"),
    ],
)
def test_refused_in_one_line(run: Run, options: tuple[str, ...], message: str) -> None:
    outcome = run("constraints", *options)
    assert outcome.code != 0
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
