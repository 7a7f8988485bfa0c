import mpmath as mp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evanesce.numerics import laplace_divided_difference

RATE = st.floats(0.0, 60.0)
GAP = st.floats(-12, 1).map(lambda e: 10.0**e) | st.just(0.0)


def exact(p: float, q: float, r: float, length: float) -> float:
    """∫ dt of the convolution of three exponentials, by a contour-free limit: perturb equal rates at 140 digits."""
    with mp.workdps(140):
        rates = [mp.mpf(p), mp.mpf(q) + mp.mpf("1e-25"), mp.mpf(r) + mp.mpf("2.3e-25")]
        decay = [(1 - mp.exp(-(x + mp.mpf("1e-26")) * length)) / (x + mp.mpf("1e-26")) for x in rates]
        total = mp.mpf(0)
        for i in range(3):
            others = [rates[i] - rates[j] for j in range(3) if j != i]
            total += decay[i] / (others[0] * others[1])
        return float(total)


@example(6.0, 1e-3, 0.0, 40.0)
@settings(max_examples=150)
@given(RATE, GAP, GAP, st.sampled_from([0.02, 1.0, 16.0, 40.0]))
@example(0.0, 0.0, 0.0, 16.0)
@example(7 / 9, 0.0, 1e-9, 16.0)
def test_against_many_digits(p, gap, other_gap, length):
    q, r = p + gap, p + gap + other_gap
    got = float(laplace_divided_difference(q, p, r, length))
    assert got == pytest.approx(exact(p, q, r, length), rel=3e-10, abs=0)
    assert got == float(laplace_divided_difference(r, q, p, length)), "symmetric in the rates"


def test_no_length_no_chain():
    assert float(laplace_divided_difference(1.0, 2.0, 3.0, 0.0)) == 0.0
