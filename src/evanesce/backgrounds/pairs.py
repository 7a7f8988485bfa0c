"""Pairs of charged particles from the collision that look like an electron and a vanished positron."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from evanesce.backgrounds.base import BACKGROUNDS, BackgroundEstimate, Exposure
from evanesce.backgrounds.uncertainty import Uncertainty, named, quadratic_sum, shared_names
from evanesce.constants import INVERSE_AB_PB
from evanesce.errors import InvalidValueError
from evanesce.validation import fraction, non_negative, positive

__all__ = ["ChargedPair", "Factor"]

_UPPER: Final = "upper estimate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One named probability of a chain, with its reference."""

    name: str
    value: float
    """Probability in [0, 1]."""
    error: float = 0.0
    """Its uncertainty, as a difference of probabilities."""
    reference: str = ""

    def __post_init__(self) -> None:
        fraction("value", self.value, zero_allowed=True)
        non_negative("error", self.error)


@BACKGROUNDS.register("charged-pair")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedPair:
    """Cross section × luminosity × probabilities, appendix D of arXiv:2212.04252 (π⁺π⁻ and μ⁺μ⁻).

    The cross sections and probabilities are upper estimates, so the result is an upper limit. Its error is
    of the same size, since anything down to zero is possible; errors of the factors come on top.

    >>> from evanesce.materials import material
    >>> exposure = Exposure(
    ...     tracks=6e11, luminosity=50, material=material("CsI"), thickness=16, missing_fraction=0.95
    ... )
    >>> factors = (Factor(name="misidentification", value=3e-5), Factor(name="low deposit", value=1e-5))
    >>> pions = ChargedPair(label="pi+pi-", cross_section=0.3, factors=factors, reference="appendix D")
    >>> round(pions.estimate(exposure).expected, 6)
    0.0045
    """

    label: str
    """Name of the final state."""
    cross_section: float
    """Cross section in the acceptance in pb."""
    factors: tuple[Factor, ...]
    """Probabilities that a pair passes each part of the selection."""
    reference: str
    uncertainties: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of nuisance parameters by source of uncertainty; components with the same name share it."""

    def __post_init__(self) -> None:
        positive("cross_section", self.cross_section)
        sources = (_UPPER, *(factor.name for factor in self.factors))
        object.__setattr__(self, "uncertainties", shared_names(self.label, self.uncertainties, sources))

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        """Upper limit on the pairs that pass every factor.

        Raises
        ------
        InvalidValueError
            The exposure has no luminosity.

        """
        if exposure.luminosity is None:
            raise InvalidValueError(
                f"background '{self.label}': needs a collider's luminosity, but the source has none; "
                "leave this component out"
            )
        produced = self.cross_section * exposure.luminosity * INVERSE_AB_PB * exposure.efficiency
        expected = produced * math.prod(factor.value for factor in self.factors)
        sources = named(
            self.uncertainties,
            Uncertainty(source=_UPPER, events=expected),
            *(
                Uncertainty(
                    source=factor.name,
                    events=produced * factor.error * math.prod(f.value for f in self.factors if f is not factor),
                    constraint="log-normal",
                )
                for factor in self.factors
            ),
        )
        return BackgroundEstimate(
            name=self.label,
            expected=expected,
            error=quadratic_sum(sources),
            source=self.reference,
            inputs={
                "cross_section_pb": self.cross_section,
                "luminosity_per_ab": exposure.luminosity,
                "efficiency": exposure.efficiency,
                "produced": produced,
                "factors": {factor.name: factor.value for factor in self.factors},
                "references": {factor.name: factor.reference for factor in self.factors if factor.reference},
                "note": "upper limit, with an error of the same size",
            },
            upper_limit=True,
            uncertainties=sources,
        )
