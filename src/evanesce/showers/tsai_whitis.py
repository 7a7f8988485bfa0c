"""Analytic shower of Tsai and Whitis, Phys. Rev. 149 (1966) 1248: Eqs. (A.1)-(A.4) of arXiv:2212.04252.

An incident photon starts the chain of the second generation at its second link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from evanesce.cache import Layout, cached, digest
from evanesce.memo import memoised
from evanesce.numerics import (
    PiecewiseLegendre,
    distances,
    endpoint_to_log,
    laplace_divided_difference,
    laplace_first_difference,
    panel_nodes,
    tanh_sinh,
)
from evanesce.particles import Tracked, check_tracked
from evanesce.physics import Option, PhysicsOptions
from evanesce.showers.base import SHOWERS
from evanesce.showers.bins import BinnedTrackLength, bin_kernels
from evanesce.showers.kernel import Kernel, TrackLength
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray, choice

__all__ = ["TsaiWhitis", "first_generation", "first_photons", "from_photon", "second_generation"]

_VERSION: Final[int] = 1
"""Version in every cache key, to be increased with any change that alters a kernel."""
RADIATION: Final[float] = 4.0 / 3.0
"""b₁ of Eq. (A.2): strength of bremsstrahlung per X0."""
CONVERSION: Final[float] = 7.0 / 9.0
"""b₂ of Eq. (A.3): pair production per X0."""
_EDGES: Final[tuple[float, ...]] = (
    0.0, 1e-3, 4e-3, 0.01, 0.025, 0.05, 0.08, 0.12, 0.18, 0.26, 0.36, 0.5, 0.7, 1.0, 1.5, 2.2, 3.2, 5.0, 8.0, 12.5,
)  # fmt: skip
"""Panels in the endpoint variable; 12.5 is v = 6e-6. Thin slabs use finer ones."""
_FINEST: Final[float] = 1e-12
"""Smallest width of a panel; the track length in it is of the same size."""
_ORDER: Final[int] = 20
_THINNEST: Final[float] = 1e-9
"""A thinner layer upstream, in X0, is neglected."""
_TAU_MAX: Final[float] = 60.0
"""Cut-off of exponents: exp(-60) is below rounding errors."""


@SHOWERS.register("tsai-whitis")
@dataclass(frozen=True, slots=True, kw_only=True)
class TsaiWhitis:
    """First and second generation in complete screening; scale-free, any material in units of X0.

    >>> from evanesce.materials import material
    >>> setup = ShowerSetup(
    ...     incident="e+", material=material("CsI"), start=0.0, stop=16.0, energy_min=4.35, energy_max=4.35
    ... )
    >>> shower = TsaiWhitis(pair_charges="positron")
    >>> float(shower.track_length(setup).primary.density(0.5)).__round__(4)
    1.5979
    """

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option(
            name="pair_charges",
            default="both",
            allowed=("both", "positron"),
            needs=("track_length", "tsai-whitis"),
            help="Which tracks of a pair annihilate in Eq. (A.3): its factor 2 is for both. Both radiate in any case.",
        ),
    )
    pair_charges: str = "both"
    """Tracks of a pair that annihilate in Eq. (A.3): ``both`` (its factor 2) or the ``positron``; both radiate."""

    def __post_init__(self) -> None:
        choice("pair_charges", self.pair_charges, ("both", "positron"))

    @classmethod
    def from_options(cls, options: PhysicsOptions) -> TsaiWhitis:
        """Take ``pair_charges`` from the physics options."""
        return cls(pair_charges=options["pair_charges"])

    def track_length(self, setup: ShowerSetup) -> TrackLength:
        """Eq. (A.1) for an incident positron, Eq. (A.4) for an incident electron, only its pairs for a photon."""
        start, stop = setup.depths
        first, charge = _kernels(start, stop, setup.incident == "gamma")
        both = charge * 2.0
        return TrackLength(
            primary=first * float(setup.incident == "e+"),
            secondary=both if self.pair_charges == "both" else charge,
            radiating=first + both,
            photons=_photons(start, stop) * float(setup.incident != "gamma"),
        )

    def binned(
        self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0, of: Tracked = "e+"
    ) -> BinnedTrackLength:
        """Averages of the kernels."""
        check_tracked(of, setup.incident)
        return bin_kernels(self.track_length(setup), edges, energy=setup.energy_max, v_max=v_max, of=of)


_LAYOUT: Final[Layout] = {"edges": ("panels+1",), "first": ("panels", _ORDER), "second": ("panels", _ORDER)}


@memoised(maxsize=64)
def _kernels(start: float, stop: float, photon: bool) -> tuple[Kernel, Kernel]:
    """g(y) of both generations between two depths, the second for one charge of a pair; kept on disk.

    For an incident photon there is no first generation, and the second consists of the pairs of that photon.
    """
    key = digest(_VERSION, RADIATION, CONVERSION, _ORDER, _EDGES, start, stop, photon)
    stored = cached("tsai-whitis", key, lambda: _series(start, stop, photon), layout=_LAYOUT)
    first, charge = (_kernel(stored["edges"], stored[generation]) for generation in ("first", "second"))
    return first, charge


def _series(start: float, stop: float, photon: bool) -> dict[str, FloatArray]:
    """Edges of the panels, and Legendre coefficients of both generations."""

    def first(y: FloatArray) -> FloatArray:
        return first_generation(1.0 / y, start, stop) / y**2

    def second(y: FloatArray) -> FloatArray:
        lethargy = endpoint_to_log(y)
        generation = from_photon if photon else second_generation
        return lethargy * generation(lethargy, start, stop) / y**2

    start = start if start > _THINNEST else 0.0
    edges = _panels(start, stop)
    charge = PiecewiseLegendre.from_function(second, edges, _ORDER).coefficients
    beam = 0.0 * charge if photon else PiecewiseLegendre.from_function(first, edges, _ORDER).coefficients
    return {"edges": edges, "first": beam, "second": charge}


def _panels(start: float, stop: float) -> FloatArray:
    """Edges in y; g vanishes as exp(-b₁·start/y) below y = b₁·start, and bends at y = b₁·stop."""
    edges = np.array(_EDGES)
    finest = max(RADIATION * min(0.25 * stop, 0.02 * start if start > 0 else np.inf), _FINEST)
    return np.unique([0.0, *distances(finest, edges[1]), *edges]) if finest < edges[1] else edges


@memoised(maxsize=64)
def _photons(start: float, stop: float) -> Kernel:
    """g(y) of the photons that the incident particle radiates, between two depths."""
    start = start if start > _THINNEST else 0.0

    def photons(y: FloatArray) -> FloatArray:
        lethargy = endpoint_to_log(y)
        return lethargy * first_photons(lethargy, start, stop) / y**2

    edges = _panels(start, stop)
    return _kernel(edges, PiecewiseLegendre.from_function(photons, edges, _ORDER).coefficients)


def _kernel(edges: FloatArray, coefficients: FloatArray) -> Kernel:
    series = PiecewiseLegendre(edges, coefficients)
    largest = float(np.abs(coefficients[:, 0]).max())
    return Kernel(series=series, error=float(series.truncation.max()) / largest if largest > 0 else 0.0)


def first_generation(inverse_y: FloatArray, start: float, stop: float) -> FloatArray:
    """Return l·F₁(l), the depth integral of Eq. (A.2) times l, at 1/y = ln(1 + 1/l) = ``inverse_y``.

    l·F₁ = ∫ l^(b₁t)/Γ(b₁t) dt. For l < 1 the integrand is e^(-τ) τ/Γ(1 + τ/L) with L = ln(1/l), τ = b₁ t L,
    and the part above τ = 60 is dropped.
    """
    from scipy.special import rgamma  # imported here so that limits with tables on disk do not load scipy

    log_length = -(inverse_y + np.log1p(-np.exp(-inverse_y)))  # ln l without overflow
    reach = np.where(log_length < 0, _TAU_MAX / (RADIATION * np.maximum(-log_length, 1e-300)), np.inf)
    upper = np.minimum(stop, start + reach)
    # for l > 1 the integrand falls as 1/Γ(b₁t) and is negligible beyond 100 X0 for l <= 12
    upper = np.minimum(upper, max(100.0, start + 1.0))
    panels = start + (upper - start)[..., None] * np.linspace(0.0, 1.0, 9)
    t, weights = panel_nodes(panels, 24)
    order = RADIATION * t
    exponent = order * log_length[..., None, None]
    # the largest order is 134 and the largest ln l is 2.5: no overflow
    value: FloatArray = np.sum(weights * np.exp(exponent) * rgamma(order), axis=(-2, -1))
    return value


def second_generation(lethargy: FloatArray, start: float, stop: float) -> FloatArray:
    """F₂(l), the depth integral of Eq. (A.3) without its factor 2 (one charge of a pair), in X0 per unit v.

    With x = e^(-r) the bracket of (A.3) is the second divided difference of e^(-qt) at the rates
    -b₁ ln(1 - x), b₂, -b₁ ln(1 - v/x): electron, photon, electron. Its depth integral is elementary and avoids
    the three zeros of the printed denominators.
    """
    z, complement, weights = tanh_sinh()
    flat = np.maximum(np.ravel(lethargy), 1e-300)[:, None]
    r = flat * z
    radiating = -RADIATION * np.log(-np.expm1(-r))
    daughter = -RADIATION * np.log(-np.expm1(-flat * complement))
    chain = laplace_divided_difference(radiating, CONVERSION, daughter, stop)
    if start > 0:
        chain = chain - laplace_divided_difference(radiating, CONVERSION, daughter, start)
    value: FloatArray = (flat[:, 0] * np.sum(weights * np.exp(r) * chain, axis=1)).reshape(np.shape(lethargy))
    return value


def from_photon(lethargy: FloatArray, start: float, stop: float) -> FloatArray:
    """Track length of one charge of the pairs of an incident photon, in X0 per unit v.

    These are the last two steps of the chain in (A.3), photon → electron: the pair spectrum is flat in energy, one
    per X0 and unit of E'/k for each charge, as in (A.3). The result is the first divided difference of e^(-qt) at
    b₂ and -b₁ ln(1 - v).
    """
    daughter = -RADIATION * np.log(-np.expm1(-np.maximum(lethargy, 1e-300)))
    chain = laplace_first_difference(CONVERSION, daughter, stop)
    return chain - laplace_first_difference(CONVERSION, daughter, start) if start > 0 else chain


def first_photons(lethargy: FloatArray, start: float, stop: float) -> FloatArray:
    """Track length of the photons of an incident electron or positron, in X0 per unit v = k/E.

    The depth integral of I_γ = [(1 - v)^(b₁t) - e^(-b₂t)]/{k [b₂ + b₁ ln(1 - v)]}, Eq. (24) of Tsai and Whitis, which
    is the first link of the chain in (A.3): the first divided difference of e^(-qt) at b₂ and -b₁ ln(1 - v), as in
    :func:`from_photon`, times 1/v. It holds to some 10 % for v > 0.5; photons of later generations are softer.
    """
    return np.asarray(np.exp(lethargy) * from_photon(lethargy, start, stop))
