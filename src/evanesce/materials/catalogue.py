"""The materials known by name: a catalogue of cited values, and the NIST compounds behind it.

To add one, add a row with its reference to ``catalogue.yaml``.
"""

from __future__ import annotations

import difflib
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from evanesce.errors import shortened, unknown_name
from evanesce.materials.composition import compound, mixture
from evanesce.materials.mass_fractions import is_mixture, mixture_label
from evanesce.materials.material import Material
from evanesce.materials.xray_library import XRAYLIB

__all__ = ["catalogue_formula", "material", "material_names", "nist_material_names"]


def material(name: str | Material) -> Material:
    """Look up a material by name; a :class:`Material` is returned unchanged.

    We look first in the catalogue, where every row is cited, then among the NIST compounds listed by xraylib
    (their density and mass fractions; X0 from Tsai's formula, no interaction length).

    >>> csi = material("CsI")
    >>> csi.density, csi.radiation_length, csi.interaction_length
    (4.51, 1.86, 38.04)
    >>> material("Sodium Iodide").interaction_length is None
    True

    Raises
    ------
    UnknownNameError
        The name is neither in the catalogue nor in the NIST list; for a formula use :func:`compound`.

    """
    if isinstance(name, Material):
        return name
    if not isinstance(name, str) or not (name in _rows() or name in _aliases() or name in _nist()):
        near = difflib.get_close_matches(shortened(str(name)), [*_aliases(), *_nist()], n=1)
        raise unknown_name("material", name, {*material_names(), *near})
    return _build(_aliases().get(name, name))


def material_names() -> tuple[str, ...]:
    """Names of the catalogue's rows, sorted; :func:`material` also takes their aliases.

    >>> "CsI" in material_names()
    True
    """
    return tuple(sorted(_rows()))


def catalogue_formula(name: str) -> str:
    """Return the chemical formula of a row of the catalogue as written there, or its mass fractions.

    >>> catalogue_formula("LYSO"), catalogue_formula("carbon steel")
    ('Lu1.9Y0.1SiO5', 'Fe=0.995,C=0.005')
    """
    if name not in _rows():
        raise unknown_name("material of the catalogue", name, material_names())
    formula = _rows()[name]["formula"]
    return mixture_label(formula) if is_mixture(formula) else str(formula)


def nist_material_names() -> tuple[str, ...]:
    """Names of the NIST compounds that :func:`material` builds when the catalogue has no such row."""
    return tuple(sorted(_nist()))


@lru_cache(maxsize=256)
def _build(name: str) -> Material:
    if name in _rows():
        row = {key: value for key, value in _rows()[name].items() if key != "aliases"}
        return compound(row.pop("formula"), name=name, **row)
    data = XRAYLIB.GetCompoundDataNISTByName(name)
    return mixture(
        dict(zip(data["Elements"], data["massFractions"], strict=True)),
        density=float(data["density"]),
        name=name,
        density_reference="density and mass fractions from the NIST compounds of xraylib",
    )


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict[str, Any]]:
    text = resources.files("evanesce.materials").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    rows: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return rows


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    return {alias: name for name, row in _rows().items() for alias in row.get("aliases", ())}


@lru_cache(maxsize=1)
def _nist() -> frozenset[str]:
    return frozenset(str(name) for name in XRAYLIB.GetCompoundDataNISTList())
