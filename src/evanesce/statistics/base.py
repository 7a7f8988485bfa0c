"""What a statistical criterion has to offer, and the look-up by name."""

from __future__ import annotations

from typing import Final, Protocol

from evanesce.registry import Registry

__all__ = ["CRITERIA", "Criterion", "criterion", "criterion_names"]


class Criterion(Protocol):
    """Turns an expected background into an upper limit on the number of signal events."""

    @property
    def name(self) -> str:
        """Name in cards and on the command line."""
        ...

    @property
    def confidence_level(self) -> float:
        """Confidence level of the limit, between 0 and 1."""
        ...

    @property
    def description(self) -> str:
        """One line: what is required of the signal."""
        ...

    @property
    def reference(self) -> str:
        """Where the criterion is taken from."""
        ...

    def signal_limit(self, background: float) -> float:
        """Excluded number of signal events for ``background`` expected background events."""
        ...


CRITERIA: Final[Registry[Criterion]] = Registry("criterion", "evanesce.statistics")


def criterion(name: str) -> Criterion:
    """Return the criterion called ``name``.

    >>> round(criterion("sqrt2.71").signal_limit(94), 3)
    15.961

    Raises
    ------
    UnknownNameError
        No criterion has this name; the message lists them and the nearest.

    """
    return CRITERIA.get(name)()


def criterion_names() -> tuple[str, ...]:
    """Names of all criteria, sorted.

    >>> criterion_names()
    ('events-2.3', 'events-3', 'sqrt2.71')
    """
    return CRITERIA.names()
