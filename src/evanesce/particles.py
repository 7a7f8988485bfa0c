"""The two kinds of track that can vanish, and the particles that can start a shower."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from evanesce.validation import choice

__all__ = ["Incident", "Particle", "check_incident", "check_particle"]

Particle: TypeAlias = Literal["e+", "e-"]
Incident: TypeAlias = Literal["e+", "e-", "gamma"]
"""Particles that can start a shower; a photon is not a track, but its shower contains tracks."""


def check_particle(name: str, value: str) -> None:
    """Refuse anything but ``e+`` and ``e-``."""
    choice(name, value, get_args(Particle))


def check_incident(name: str, value: str) -> None:
    """Refuse anything but ``e+``, ``e-`` and ``gamma``."""
    choice(name, value, get_args(Incident))
