"""Lists of the available models, from the registries and docstrings."""

from __future__ import annotations

from typing import Any

__all__ = ["describe_kinds"]


def describe_kinds() -> dict[str, list[tuple[str, str]]]:
    """Return the registered names of each kind of ingredient, with the first sentence of their docstrings."""
    from evanesce.backgrounds import BACKGROUNDS
    from evanesce.channels import CHANNELS
    from evanesce.dark_matter import DARK_MATTER
    from evanesce.mediators import MEDIATORS
    from evanesce.processes import PROCESSES
    from evanesce.representation import first_sentence
    from evanesce.showers import SHOWERS
    from evanesce.sources import SOURCES
    from evanesce.statistics import CRITERIA

    registries: dict[str, Any] = {
        "mediators": MEDIATORS,
        "dark_matter": DARK_MATTER,
        "processes": PROCESSES,
        "channels": CHANNELS,
        "showers": SHOWERS,
        "sources": SOURCES,
        "backgrounds": BACKGROUNDS,
        "criteria": CRITERIA,
    }
    return {
        kind: [(name, first_sentence(registry.get(name))) for name in registry.names()]
        for kind, registry in registries.items()
    }
