"""The two kinds of track that can vanish, and the particles that can start a shower."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from evanesce.errors import InvalidValueError
from evanesce.validation import choice

__all__ = ["Incident", "Particle", "Tracked", "check_incident", "check_particle", "check_tracked"]

Particle: TypeAlias = Literal["e+", "e-"]
Incident: TypeAlias = Literal["e+", "e-", "gamma"]
"""Particles that can start a shower; a photon is not a track, but its shower contains tracks."""
Tracked: TypeAlias = Literal["e+", "gamma"]
"""Particles whose track length a shower gives in bins: positrons, which annihilate, and photons."""


def check_particle(name: str, value: str) -> None:
    """Refuse anything but ``e+`` and ``e-``."""
    choice(name, value, get_args(Particle))


def check_incident(name: str, value: str) -> None:
    """Refuse anything but ``e+``, ``e-`` and ``gamma``."""
    choice(name, value, get_args(Incident))


def check_tracked(of: str, incident: str) -> None:
    """Refuse a kind of track that has no density in v: anything but positrons, and photons of an electron's shower."""
    choice("of", of, get_args(Tracked))
    if of == "gamma" and incident == "gamma":
        raise InvalidValueError(
            "of = 'gamma' with an incident photon: the incident one is a line at v = 1; use an incident e+ or e-"
        )
