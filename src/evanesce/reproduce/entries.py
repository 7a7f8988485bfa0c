"""Lists of the numbers in a section of the paper, one small function for each.

section = Section("2")

@section.computed("energy-min", "smallest positron energy", "GeV", paper="≃ 4.35")
def energy_min(setting: Setting) -> float:
return setting.bhabha.energy_range[0]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from evanesce.reproduce.row import Kind, Stated
from evanesce.reproduce.setting import Setting

__all__ = ["Entry", "Section", "Value"]

Value: TypeAlias = Callable[[Setting], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the table before its numbers are computed."""

    id: str
    section: str
    quantity: str
    unit: str
    kind: Kind
    paper: Stated | None
    note: str
    value: Value
    beyond: bool
    """Whether the paper has nothing to compare the number with."""


class Section:
    """The entries of one section, in the order of the paper; ``beyond`` marks what the paper does not have."""

    def __init__(self, name: str, *, beyond: bool = False) -> None:
        self.name = name
        self.beyond = beyond
        self._entries: list[Entry] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry so far."""
        return tuple(self._entries)

    def computed(
        self, slug: str, quantity: str, unit: str = "", *, paper: str | None = None, note: str = ""
    ) -> Callable[[Value], Value]:
        """Decorator that enters a function as a number computed by the package; ``paper`` as printed."""

        def enter(value: Value) -> Value:
            self._enter("computed", slug, quantity, unit, paper, value, note)
            return value

        return enter

    def given(self, slug: str, quantity: str, unit: str, paper: str | None, value: Value, *, note: str = "") -> None:
        """Enter an input; ``value`` reads it from a card, a material or a constant."""
        self._enter("input", slug, quantity, unit, paper, value, note)

    def _enter(
        self, kind: Kind, slug: str, quantity: str, unit: str, paper: str | None, value: Value, note: str
    ) -> None:
        stated = None if paper is None else Stated.parse(paper)
        self._entries.append(
            Entry(
                id=slug,
                section=self.name,
                quantity=quantity,
                unit=unit,
                kind=kind,
                paper=stated,
                note=note,
                value=value,
                beyond=self.beyond,
            )
        )
