"""The Geant4 application: slabs behind one another, a beam that enters them, and one random-number engine.

Only a worker process calls this, and only once. The slabs are the whole world, so that particles end when they leave
it; or they are surrounded by a very thin gas of the last material, so that Geant4 needs no data of other elements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from evanesce.materials import Material

__all__ = ["RANGE_CUT", "Layer", "Run", "Slab", "derived", "geant4", "release", "start_run"]

RANGE_CUT: Final[float] = 0.7
"""Range cut in mm, Geant4's default."""

_WIDE: Final[float] = 1e5
"""Half the slab's width in mm, larger than any shower."""
_THIN: Final[float] = 1e-20
"""Density of the surroundings relative to the slab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A thickness of one material for a worker, as plain data."""

    thickness: float
    """Thickness in cm."""
    density: float
    """Density in g/cm³."""
    elements: tuple[tuple[int, str, float, float], ...]
    """Z, symbol, atomic weight and mass fraction of every kind of nucleus."""
    excitation: float | None
    """Mean excitation energy in GeV, or None for Geant4's own."""

    @classmethod
    def of(cls, material: Material, **others: Any) -> Self:
        """Layer of a material; lengths among ``others`` in cm."""
        weights = [nucleus.number_density * nucleus.atomic_weight for nucleus in material.nuclei]
        elements = tuple(
            (nucleus.Z, nucleus.symbol, nucleus.atomic_weight, weight / sum(weights))
            for nucleus, weight in zip(material.nuclei, weights, strict=True)
        )
        return cls(density=material.density, elements=elements, **others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab(Layer):
    """Target and beam for a worker, as plain data; ``thickness`` is that of the scored part."""

    particle: str
    """``e+``, ``e-`` or ``gamma``."""
    energy: float
    """Total energy in GeV."""
    upstream: float
    """Depth in cm, from the front face of the slab, in front of the scored part."""
    cut: float
    """Range cut in mm."""
    before: tuple[Layer, ...] = ()
    """Layers in front of the slab, each of which is scored as a whole."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the worker; without layers it is that of earlier versions, so that their stores stay valid."""
        data = asdict(self)
        return data if self.before else {name: value for name, value in data.items() if name != "before"}


def geant4() -> Any:
    """The bindings; the environment must contain the data sets, or the import would offer a download."""
    import geant4_pybind

    return geant4_pybind


def derived(base: Any, **methods: Callable[..., Any]) -> Any:
    """An object of a class that overrides virtual methods of ``base``."""
    return type(f"Own{base.__name__}", (base,), methods)()


def release(version: str) -> str:
    """Name of a release, from the version text of Geant4.

    >>> release("$Name: geant4-11-04-patch-01 [MT]$")
    'geant4-11-04-patch-01 [MT]'
    """
    return version.strip("$ ").removeprefix("Name: ")


class Run:
    """Runs a number of histories from seeds."""

    def __init__(self, manager: Any, keep: list[Any]) -> None:
        self._manager = manager
        self.keep = keep
        """Objects that must be kept alive, because Geant4 does not own them."""

    def __call__(self, histories: int, seeds: tuple[int, int]) -> None:
        """Run the histories."""
        geant4().HepRandom.setTheSeeds([*seeds, 0])
        self._manager.BeamOn(histories)


def start_run(
    slab: Mapping[str, Any],
    physics: Any,
    actions: Callable[[], list[Any]],
    dress: Callable[[Mapping[str, Any]], None],
    prepare: Callable[[], None],
    *,
    surroundings: bool = False,
) -> Run:
    """Set up Geant4; the result can be called for several runs in turn.

    ``actions`` makes the user actions other than the beam. ``dress`` attaches detectors and limits to the logical
    volumes ``slab``, ``counted`` (the slab beyond ``upstream``), ``before 0``, ``before 1``... (the layers in front of
    it, within ``slab``) and, with ``surroundings``, ``outside``. ``prepare`` sets parameters after the physics list is
    registered and before it is built.
    """
    g4 = geant4()
    engine = g4.MixMaxRng(1)
    g4.HepRandom.setTheEngine(engine)
    manager = g4.G4RunManager()
    manager.SetVerboseLevel(0)
    keep: list[Any] = [engine, physics]
    in_front = sum(layer["thickness"] for layer in slab.get("before", ()))
    length = 10.0 * (in_front + slab["upstream"] + slab["thickness"])

    def set_actions(self: Any) -> None:
        own = [_beam(g4, slab, -0.5 * length), *actions()]
        keep.extend(own)
        for action in own:
            self.SetUserAction(action)

    keep += [
        _geometry(g4, slab, length, dress, surroundings),
        derived(g4.G4VUserActionInitialization, Build=set_actions),
    ]
    manager.SetUserInitialization(keep[2])
    physics.SetVerboseLevel(0)
    physics.SetDefaultCutValue(slab["cut"])
    manager.SetUserInitialization(physics)
    manager.SetUserInitialization(keep[3])
    g4.G4EmParameters.Instance().SetVerbose(0)
    prepare()
    manager.Initialize()
    manager.BeamOn(0)
    return Run(manager, keep)


def _beam(g4: Any, slab: Mapping[str, Any], start: float) -> Any:
    gun = g4.G4ParticleGun(1)
    gun.SetParticleByName(slab["particle"])
    mass = 0.0 if slab["particle"] == "gamma" else g4.electron_mass_c2
    gun.SetParticleEnergy(1e3 * slab["energy"] - mass)
    gun.SetParticleMomentumDirection(g4.G4ThreeVector(0.0, 0.0, 1.0))
    gun.SetParticlePosition(g4.G4ThreeVector(0.0, 0.0, start))

    def shoot(self: Any, event: Any) -> None:
        del self
        gun.GeneratePrimaryVertex(event)

    return derived(g4.G4VUserPrimaryGeneratorAction, GeneratePrimaries=shoot)


def _geometry(
    g4: Any, slab: Mapping[str, Any], length: float, dress: Callable[[Mapping[str, Any]], None], surroundings: bool
) -> Any:
    keep: list[Any] = []
    volumes: dict[str, Any] = {}

    def place(name: str, thickness: float, centre: float, matter: Any, mother: Any) -> Any:
        width = _WIDE if name != "outside" else _WIDE + 1.0
        solid = g4.G4Box(name, width, width, 0.5 * thickness)
        logical = g4.G4LogicalVolume(solid, matter, name)
        where = g4.G4ThreeVector(0.0, 0.0, centre)
        placed = g4.G4PVPlacement(None, where, logical, name, mother, False, 0)
        volumes[name] = logical
        keep.extend([solid, placed])
        return placed

    def construct(self: Any) -> Any:
        del self
        elements = _elements(g4, slab)
        matter = _material(g4, slab, elements, "target", slab["density"])
        keep.extend([*elements, matter])
        world = None
        if surroundings:
            keep.append(_material(g4, slab, elements, "gas", _THIN * slab["density"]))
            world = place("outside", length + 2.0, 0.0, keep[-1], None)
        filled = place("slab", length, 0.0, matter, volumes.get("outside"))
        volumes["counted"] = volumes["slab"]
        front = -0.5 * length
        for number, layer in enumerate(slab.get("before", ())):
            others = _elements(g4, layer, f" of layer {number}")
            other = _material(g4, layer, others, f"layer {number}", layer["density"])
            keep.extend([*others, other])
            thickness = 10.0 * layer["thickness"]
            place(f"before {number}", thickness, front + 0.5 * thickness, other, volumes["slab"])
            front += thickness
        if slab["upstream"] > 0 or slab.get("before"):
            counted = 10.0 * slab["thickness"]
            place("counted", counted, 0.5 * (length - counted), matter, volumes["slab"])
        return world or filled

    def construct_detector(self: Any) -> None:
        del self
        dress(volumes)

    return derived(g4.G4VUserDetectorConstruction, Construct=construct, ConstructSDandField=construct_detector)


def _elements(g4: Any, layer: Mapping[str, Any], label: str = "") -> list[Any]:
    return [
        g4.G4Element(f"element {z}{label}", symbol, float(z), weight * g4.g / g4.mole)
        for z, symbol, weight, _ in layer["elements"]
    ]


def _material(g4: Any, layer: Mapping[str, Any], elements: list[Any], name: str, density: float) -> Any:
    matter = g4.G4Material(name, density * g4.g / g4.cm3, len(elements), g4.kStateSolid)
    for element, (*_, share) in zip(elements, layer["elements"], strict=True):
        matter.AddElementByMassFraction(element, share)
    if layer["excitation"] is not None:
        matter.GetIonisation().SetMeanExcitationEnergy(layer["excitation"] * g4.GeV)
    return matter
