"""The best value of a field: against limits computed one by one, and where the answer is known."""

import numpy as np
import pytest

import evanesce as ev
from evanesce.errors import CardError, InvalidValueError

PHOTON = ev.DarkPhoton(alpha_d=1e-3)


def test_with_a_background_in_proportion_epsilon_falls_with_the_fourth_root_of_the_luminosity() -> None:
    found = ev.optimise(
        "belle2",
        PHOTON,
        0.0667,
        field="source.luminosity",
        values=[25, 50, 100],
        physics="published",
        criterion="sqrt2.71",
    )
    assert found.value.tolist() == [100.0]
    # every component of the budget is proportional to the luminosity: signal over root background goes as its root
    np.testing.assert_allclose(found.gain, 2.0**0.25, rtol=1e-12)


def test_an_error_in_proportion_to_the_background_takes_the_gain_of_luminosity() -> None:
    """Gaussian limit: ε² is as √(b + δ² b²)/b, with b in proportion to the luminosity and δ = 21.7/94.9."""
    found = ev.optimise("belle2", PHOTON, 0.0667, field="source.luminosity", values=[50, 100], physics="published")
    event = lambda b, delta: (1.0 / b + delta**2) ** 0.5
    delta, background = 21.7 / 94.9, 94.9
    expected = (event(background, delta) / event(2.0 * background, delta)) ** 0.5
    assert found.gain[0] == pytest.approx(expected, rel=0.02)
    assert found.gain[0] < 1.05 < 2.0**0.25


def test_the_best_is_the_least_of_limits_computed_one_by_one() -> None:
    values = [10.0, 14.0, 16.0]
    found = ev.optimise(
        "belle2",
        PHOTON,
        [0.0667, 0.08],
        field="target.thickness",
        values=values,
        physics="published",
        criterion="sqrt2.71",
    )
    card = ev.experiment("belle2")
    single = np.array(
        [
            ev.limit_curve(
                card.replace({"target.thickness": value}),
                PHOTON,
                [0.0667, 0.08],
                physics="published",
                background="budget",
                criterion="sqrt2.71",
                theory=False,
            ).epsilon
            for value in values
        ]
    )
    np.testing.assert_array_equal(found.epsilon_tried, single)
    np.testing.assert_array_equal(found.epsilon, single.min(axis=0))
    np.testing.assert_array_equal(found.value, np.array(values)[single.argmin(axis=0)])


def test_a_mass_out_of_reach_has_no_best_value() -> None:
    found = ev.optimise(
        "belle2",
        PHOTON,
        [0.0667, 20.0],
        field="source.luminosity",
        values=[25, 50],
        physics="published",
        criterion="sqrt2.71",
    )
    assert np.isnan(found.value[1])
    assert np.isnan(found.gain[1])
    assert np.isinf(found.epsilon[1])


@pytest.mark.parametrize(
    ("values", "field", "error", "message"),
    [
        ([50], "source.luminosity", InvalidValueError, "give two or more"),
        ([50, 50], "source.luminosity", InvalidValueError, "1 of them different"),
        ([50, float("nan")], "source.luminosity", InvalidValueError, "values"),
        (["50", 60], "source.luminosity", InvalidValueError, "values"),
        ([1, 2], "source.luminosty", CardError, "did you mean 'luminosity'"),
        ([1, 2], "source", InvalidValueError, "not a number"),
        ([1, 2], "title", InvalidValueError, "not a number"),
        ([-1, 50], "source.luminosity", CardError, "luminosity"),
    ],
)
def test_bad_input_is_one_clear_line(values: list[float], field: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        ev.optimise("belle2", PHOTON, 0.0667, field=field, values=values, physics="published", criterion="sqrt2.71")
    assert "\n" not in str(caught.value)


def test_several_couplings_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="one alpha_d"):
        ev.optimise(
            "belle2",
            ev.DarkPhoton(alpha_d=[1e-3, 1e-2]),
            0.0667,
            field="source.luminosity",
            values=[25, 50],
            physics="published",
            criterion="sqrt2.71",
        )


def test_a_background_that_cannot_follow_is_refused_and_one_that_stays_is_a_component() -> None:
    asked = {"values": [0.5, 0.6], "physics": "published"}
    with pytest.raises(InvalidValueError, match=r"'ldmx-8gev' is one number, which does not follow .*kind constant"):
        ev.optimise("ldmx-8gev", PHOTON, 0.05, **asked)
    stays = {"backgrounds": [{"kind": "constant", "expected": 0.5, "reference": "a test"}], "background": None}
    found = ev.optimise(ev.experiment("ldmx-8gev").replace(stays), PHOTON, 0.05, **asked)
    # the looser cut has more signal and no more background
    assert found.value == [0.5]
