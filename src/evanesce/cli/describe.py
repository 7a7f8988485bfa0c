"""What there is to choose from, described once: from the objects themselves and their docstrings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["OptionEntry", "describe_kinds", "describe_options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEntry:
    """A physics option for people and machines."""

    name: str
    presets: dict[str, str | float]
    """Its value in each preset."""
    allowed: str
    """The words it may be, or the kind of number."""
    about: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"name": self.name, "presets": self.presets, "allowed": self.allowed, "about": self.about}


def describe_options() -> list[OptionEntry]:
    """Return every physics option with its values in the presets, what is allowed, and what it means."""
    from dataclasses import fields

    from evanesce.physics import _ALLOWED, PRESETS, PhysicsOptions
    from evanesce.representation import attribute_notes

    notes = attribute_notes(PhysicsOptions)
    numbers = {"float": "a number", "int": "a whole number"}
    return [
        OptionEntry(
            name=entry.name,
            presets={name: getattr(preset, entry.name) for name, preset in PRESETS.items()},
            allowed=", ".join(_ALLOWED[entry.name]) if entry.name in _ALLOWED else numbers[str(entry.type)],
            about=notes[entry.name].replace("``", "").rstrip("."),
        )
        for entry in fields(PhysicsOptions)
        if entry.name not in ("preset", "overrides")
    ]


def describe_kinds() -> dict[str, list[tuple[str, str]]]:
    """Return the registered names of each kind of ingredient, with the first sentence of their docstrings."""
    from evanesce.backgrounds import BACKGROUNDS
    from evanesce.mediators import MEDIATORS
    from evanesce.representation import first_sentence
    from evanesce.showers import SHOWERS
    from evanesce.sources import SOURCES
    from evanesce.statistics import CRITERIA

    registries: dict[str, Any] = {
        "mediators": MEDIATORS,
        "showers": SHOWERS,
        "sources": SOURCES,
        "backgrounds": BACKGROUNDS,
        "criteria": CRITERIA,
    }
    return {
        kind: [(name, first_sentence(registry.get(name))) for name in registry.names()]
        for kind, registry in registries.items()
    }
