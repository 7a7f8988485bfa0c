"""Description of all events of a file: cross section, meaning of the weights, provenance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

__all__ = ["RunInfo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """Description of all events of a file."""

    cross_section: float | None = None
    """Cross section in pb; None if the weights sum to the yield."""
    cross_section_error: float = 0.0
    """Its error in pb."""
    visible_cross_section: tuple[float, float] | None = None
    """Expected events over the luminosity, and the error, in pb, if the weights sum to the yield.

    It is for the coupling of the weights, after selection and efficiency. None for a beam, which has no luminosity.
    """
    description: str = "events"
    """Kind of events, for instance ``signal events``."""
    weights: str = ""
    """Meaning of a weight; if not given, it follows from the cross section."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Further facts: numbers, text, or mappings and lists of them."""
    version: str = field(default_factory=lambda: version("evanesce"))
    """Version of the package that made the events."""

    @property
    def weights_mean(self) -> str:
        """Meaning of a weight, in words."""
        if self.weights:
            return self.weights
        if self.cross_section is None:
            return "the sum over all events is the expected number of events"
        return "the mean over all events is the cross section in pb"

    @property
    def file_cross_section(self) -> tuple[float, float] | None:
        """Cross section of the events in the file and its error, in pb, for any meaning of the weights."""
        if self.cross_section is None:
            return self.visible_cross_section
        return float(self.cross_section), float(self.cross_section_error)

    @property
    def facts(self) -> dict[str, str]:
        """Everything as text, for the header of a file: numbers with all their digits, mappings as JSON."""
        facts = {"evanesce_version": self.version, "description": self.description, "weights_mean": self.weights_mean}
        if self.cross_section is not None:
            facts |= {"cross_section_pb": repr(float(self.cross_section))}
            facts |= {"cross_section_error_pb": repr(float(self.cross_section_error))}
        if self.visible_cross_section is not None:
            value, error = self.visible_cross_section
            facts |= {"visible_cross_section_pb": repr(float(value))}
            facts |= {"visible_cross_section_error_pb": repr(float(error))}
        return facts | {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in self.about.items()
        }
