r"""The negative logarithm of the likelihood of many fits at once, with first and second derivatives.

    -ln L = Σ_bins [ν - n ln ν] + Σ_k ½ (θ_k - a_k)²  or  m_k θ_k - n_k ln(m_k θ_k)

with ν = μ s F_s(θ) + Σ_c b_c F_c(θ), and F a product of factors (1 + δ)^θ or 1 + δ (θ - θ_0). It is given relative to a
perfect fit (ν = n), so that it is never negative and its differences keep their digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from evanesce.statistics.templates import SMALLEST, Nuisances, Templates
from evanesce.validation import FloatArray

__all__ = ["BEND", "STRAIGHT", "Data", "Derivatives", "Likelihood"]

BEND: Final[float] = 0.01
"""Width of the bend at zero of a factor 1 + δ θ; it is straight from 0.4 on."""
STRAIGHT: Final[float] = 40.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Data:
    """Counts of shape (N, B) and auxiliary measurements of shape (N, K), for N fits."""

    counts: FloatArray
    auxiliary: FloatArray

    def take(self, index: npt.NDArray[np.intp]) -> Data:
        """The data of some of the fits."""
        return Data(counts=self.counts[index], auxiliary=self.auxiliary[index])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derivatives:
    """Value (N,), gradient (N, P) and second derivatives (N, P, P); parameter 0 is the signal strength.

    The value is inf where the expectation is negative.
    """

    value: FloatArray
    gradient: FloatArray
    hessian: FloatArray
    convex: FloatArray
    """The part of ``hessian`` that is positive whatever the data."""

    def take(self, index: npt.NDArray[Any]) -> Derivatives:
        """Those of some of the fits."""
        return Derivatives(
            value=self.value[index],
            gradient=self.gradient[index],
            hessian=self.hessian[index],
            convex=self.convex[index],
        )

    def put(self, index: npt.NDArray[Any], other: Derivatives) -> None:
        """Replace those of some of the fits."""
        self.value[index], self.gradient[index] = other.value, other.gradient
        self.hessian[index], self.convex[index] = other.hessian, other.convex


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likelihood:
    """Likelihoods of N fits, each with its template and its data; one template may serve all."""

    nuisances: Nuisances
    nominal: FloatArray
    """Components at strength 1, shape (N, C, B) or (1, C, B)."""
    effects: FloatArray
    """Effects of the nuisance parameters, shape (N, K, C, B) or (1, K, C, B)."""
    data: Data

    @classmethod
    def of(cls, templates: Templates, which: npt.NDArray[np.intp], data: Data) -> Likelihood:
        """Likelihoods of the templates ``which``, shape (N,)."""
        chosen = slice(None) if templates.number == 1 else which
        return cls(
            nuisances=templates.nuisances,
            nominal=templates.nominal[chosen],
            effects=templates.effects[chosen],
            data=data,
        )

    @property
    def number(self) -> int:
        """Number of fits."""
        return len(self.data.counts)

    def take(self, index: npt.NDArray[np.intp]) -> Likelihood:
        """Some of the fits."""
        if len(index) == self.number and np.array_equal(index, np.arange(self.number)):
            return self
        one = len(self.nominal) == 1
        return Likelihood(
            nuisances=self.nuisances,
            nominal=self.nominal if one else self.nominal[index],
            effects=self.effects if one else self.effects[index],
            data=self.data.take(index),
        )

    def _components(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Components at strength 1, (N, C, B), and derivatives of their logarithms, (N, K, C, B)."""
        first, theta, effects = self.nuisances.exponential, x[:, 1:], self.effects
        effects = np.broadcast_to(effects, (len(x), *effects.shape[1:]))
        parts = np.broadcast_to(self.nominal, (len(x), *self.nominal.shape[1:]))
        if first:
            exponent = np.einsum("nk,nkcb->ncb", theta[:, :first], effects[:, :first])
            parts = parts * np.exp(np.clip(exponent, -300.0, 300.0))
        if first == theta.shape[1]:
            return np.array(parts), effects
        shift = theta[:, first:] - self.nuisances.origin[first:]
        linear = 1.0 + effects[:, first:] * shift[:, :, None, None]
        factor, slope, _ = _not_negative(linear, self.nuisances.gaussian[first:])
        slopes = effects[:, first:] * slope
        return parts * np.prod(factor, axis=1), np.concatenate([effects[:, :first], slopes], axis=1)

    def _bend(self, theta: FloatArray, weight: FloatArray) -> FloatArray:
        """Second derivatives from where linear factors are kept from being negative, shape (N, number of them)."""
        first = self.nuisances.exponential
        effects = self.effects[:, first:]
        shift = theta[:, first:] - self.nuisances.origin[first:]
        bend = _not_negative(1.0 + effects * shift[:, :, None, None], self.nuisances.gaussian[first:])[2]
        return np.asarray(np.sum(weight[:, None] * effects**2 * bend, axis=(2, 3)))

    def expected(self, x: FloatArray) -> FloatArray:
        """Expected events at parameters (N, P), shape (N, B)."""
        parts, _ = self._components(x)
        return np.asarray(x[:, :1] * parts[:, 0] + parts[:, 1:].sum(axis=1))

    def auxiliary(self, x: FloatArray) -> FloatArray:
        """Expected auxiliary measurements at parameters (N, P), shape (N, K)."""
        nuisances = self.nuisances
        return np.where(nuisances.gaussian, x[:, 1:], nuisances.counts * x[:, 1:])

    def _pulls(self, x: FloatArray) -> FloatArray:
        nuisances, theta = self.nuisances, x[:, 1:]
        gaussian = 0.5 * np.square(theta - self.data.auxiliary)
        terms = np.where(nuisances.gaussian, gaussian, _misfit(self.data.auxiliary, nuisances.counts * theta))
        return np.asarray(np.where(nuisances.gaussian | (nuisances.counts > 0), terms, 0.0).sum(axis=1))

    def derivatives(self, x: FloatArray) -> Derivatives:
        """Value and derivatives at parameters (N, P)."""
        nuisances, theta = self.nuisances, x[:, 1:]
        parts, slopes = self._components(x)
        scaled = parts.copy()
        scaled[:, 0] *= x[:, :1]
        raw = scaled.sum(axis=1)
        mean = np.maximum(raw, SMALLEST)
        counts = self.data.counts
        first = np.concatenate([parts[:, :1], np.sum(scaled[:, None] * slopes, axis=2)], axis=1)
        residual = 1.0 - counts / mean
        gradient = np.einsum("npb,nb->np", first, residual)
        convex = np.matmul(first * (counts / mean**2)[:, None], first.swapaxes(1, 2))
        weight = scaled * residual[:, None]
        flat = slopes.reshape(*slopes.shape[:2], slopes.shape[2] * slopes.shape[3])
        curved = np.matmul(flat * weight.reshape(len(x), 1, flat.shape[2]), flat.swapaxes(1, 2))
        linear = np.arange(nuisances.exponential, theta.shape[1])
        curved[:, linear, linear] = self._bend(theta, weight) if linear.size else 0.0
        hessian = convex.copy()
        hessian[:, 1:, 1:] += curved
        mixed = np.einsum("nb,nkb->nk", parts[:, 0] * residual, slopes[:, :, 0])
        hessian[:, 0, 1:] += mixed
        hessian[:, 1:, 0] += mixed
        counted = nuisances.counts > 0
        positive = np.where(counted, theta, 1.0)
        pull = np.where(nuisances.gaussian, theta - self.data.auxiliary, nuisances.counts)
        pull -= np.where(counted, self.data.auxiliary / positive, 0.0)
        gradient[:, 1:] += pull
        stiffness = np.where(nuisances.gaussian, 1.0, np.where(counted, self.data.auxiliary / positive**2, 0.0))
        diagonal = np.arange(1, x.shape[1])
        for matrix in (hessian, convex):
            matrix[:, diagonal, diagonal] += stiffness
        misfit = np.where(np.any(raw < 0, axis=1), np.inf, _misfit(counts, mean).sum(axis=1))
        return Derivatives(value=misfit + self._pulls(x), gradient=gradient, hessian=hessian, convex=convex)


def _not_negative(linear: FloatArray, gaussian: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A factor that is ``linear`` where positive, else 0, with a smooth bend; f, f'/f and f''/f, shape (N, L, C, B).

    Parameters that are not Gaussian have a bound that keeps the factor positive.
    """
    bent = gaussian[:, None, None] & (linear < STRAIGHT * BEND)
    factor = np.maximum(linear, SMALLEST)
    slope, bend = 1.0 / factor, np.zeros_like(linear)
    if bent.any():
        scaled = linear[bent] / BEND
        factor[bent] = BEND * np.logaddexp(0.0, scaled) + SMALLEST
        share = expit(scaled)
        slope[bent] = share / factor[bent]
        bend[bent] = share * (1.0 - share) / (BEND * factor[bent])
    return factor, slope, bend


def _misfit(counts: FloatArray, mean: FloatArray) -> FloatArray:
    """ν - n - n ln(ν/n), zero at ν = n."""
    floored = np.maximum(mean, SMALLEST)
    seen = counts > 0
    relative = np.where(seen, (floored - counts) / np.where(seen, counts, 1.0), 0.0)
    return np.where(seen, counts * (relative - np.log1p(relative)), np.maximum(mean, 0.0))
