"""Fast neutrons from a beam on a slab with Geant4's FTFP_BERT: the events that have one, and the hadrons that leave.

No neutron has more kinetic energy than the photon, electron or positron that made it. Particles of these kinds below
``lowest``, the smallest energy of a fast neutron, are therefore stopped at once, and their energy counts as visible, as
it would if they left the slab. This neglects their reactions in events that already have a fast neutron, one event in a
thousand. Photons and knock-on electrons below 2 MeV are treated as continuous loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from evanesce.simulation.engine import derived, geant4, start_run

__all__ = ["start"]

_PRODUCTION: Final[float] = 2.0
"""Production threshold of secondary particles in MeV."""
_HADRONS: Final[tuple[str, ...]] = (
    *("neutron", "proton", "pi+", "pi-", "anti_neutron", "anti_proton"),
    *("kaon+", "kaon-", "kaon0L", "kaon0S", "lambda", "sigma+", "sigma-", "deuteron", "triton", "He3", "alpha"),
)


def start(settings: Mapping[str, Any]) -> Callable[[int, tuple[int, int]], dict[str, Any]]:
    """Set Geant4 up for ``settings``: ``slab``, ``lowest`` in GeV, and ``every`` to keep all events.

    The result of a job: ``events``, each with its ``visible`` energy in GeV (deposited in the slab, and that of
    electrons, positrons and photons that leave it) and its ``hadrons``, code and kinetic energy in GeV of each that
    leaves.
    """
    g4 = geant4()
    lowest = 1e3 * settings["lowest"]
    recorder = _Recorder(g4, lowest, settings.get("every", False))
    physics = g4.FTFP_BERT()
    limiter = g4.G4StepLimiterPhysics()
    limiter.SetApplyToAll(True)
    physics.RegisterPhysics(limiter)

    def prepare() -> None:
        g4.G4ProductionCutsTable.GetProductionCutsTable().SetEnergyRange(_PRODUCTION, 1e5)

    run = start_run(settings["slab"], physics, lambda: [recorder.events()], recorder.dress, prepare, surroundings=True)
    processes = g4.G4ProcessTable.GetProcessTable()
    processes.SetProcessActivation("StepLimiter", False)
    processes.SetProcessActivation("UserSpecialCut", False)
    for particle in ("gamma", "e-", "e+"):
        processes.SetProcessActivation("UserSpecialCut", particle, True)
    run.keep.append(limiter)

    def job(histories: int, seeds: tuple[int, int]) -> dict[str, Any]:
        recorder.found.clear()
        run(histories, seeds)
        return {"events": list(recorder.found), "version": g4.G4Version}

    return job


class _Recorder:
    """Hadrons that leave the slab, and the visible energy of the events that matter."""

    def __init__(self, g4: Any, lowest: float, every: bool) -> None:
        self._g4, self._lowest, self._every = g4, lowest, every
        self._hadrons: list[tuple[int, float]] = []
        self._fast = False
        self._keep: list[Any] = []
        self._maps: tuple[int, ...] = ()
        self.found: list[dict[str, Any]] = []

    def events(self) -> Any:
        """Geant4 event action that records an event at its end."""

        def end(own: Any, event: Any) -> None:
            del own
            if self._fast or self._every:
                hits = event.GetHCofThisEvent()
                visible = sum(energy for number in self._maps for _, energy in hits.GetHC(number))
                self.found.append({"visible": 1e-3 * visible, "hadrons": list(self._hadrons)})
            if self._hadrons:
                self._hadrons.clear()
                self._fast = False

        return derived(self._g4.G4UserEventAction, EndOfEventAction=end)

    def dress(self, volumes: Mapping[str, Any]) -> None:
        """Attach scorers of energy and of leaving hadrons, and the energy below which light particles are stopped."""
        g4 = self._g4
        manager = g4.G4SDManager.GetSDMpointer()
        manager.SetVerboseLevel(0)
        for name, least in (("slab", self._lowest), ("outside", 1e12)):
            detector = g4.G4MultiFunctionalDetector(name)
            manager.AddNewDetector(detector)
            deposit = g4.G4PSEnergyDeposit("deposit")
            detector.RegisterPrimitive(deposit)
            self._keep += [detector, deposit]
            if name == "outside":
                leaving = self._leaving()
                detector.RegisterPrimitive(leaving)
                self._keep.append(leaving)
            limits = g4.G4UserLimits(1e300, 1e300, 1e300, least)
            volumes[name].SetSensitiveDetector(detector)
            volumes[name].SetUserLimits(limits)
            self._keep.append(limits)
        self._maps = tuple(manager.GetCollectionID(f"{name}/deposit") for name in ("slab", "outside"))

    def _leaving(self) -> Any:
        """Scorer of the first step of a hadron outside the slab, after which it is stopped."""
        g4 = self._g4

        def process(own: Any, step: Any, history: Any) -> bool:
            del own, history
            track = step.GetTrack()
            energy = step.GetPreStepPoint().GetKineticEnergy()
            code = track.GetParticleDefinition().GetPDGEncoding()
            self._hadrons.append((code, 1e-3 * energy))
            self._fast = self._fast or (code == 2112 and energy > self._lowest)
            track.SetTrackStatus(g4.G4TrackStatus.fStopAndKill)
            return False

        scorer = type("Leaving", (g4.G4VPrimitiveScorer,), {"ProcessHits": process})("hadrons")
        chosen = g4.G4SDParticleFilter("hadrons")
        for name in _HADRONS:
            chosen.add(name)
        scorer.SetFilter(chosen)
        self._keep.append(chosen)
        return scorer
