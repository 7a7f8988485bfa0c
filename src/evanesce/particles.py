"""The two kinds of track that can vanish."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from evanesce.validation import choice

__all__ = ["Particle", "check_particle"]

Particle: TypeAlias = Literal["e+", "e-"]


def check_particle(name: str, value: str) -> None:
    """Refuse anything but ``e+`` and ``e-``."""
    choice(name, value, get_args(Particle))
