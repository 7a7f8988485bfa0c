"""Electromagnetic showers in slabs: track length of positrons per slab and energy bin, with Geant4's standard physics.

``G4EmStandardPhysics`` (option 0). Particles with too little energy for the bins are dropped inside Geant4: electrons
and positrons by its tracking cut, the photons that they radiate by Russian roulette with a survival probability of
1e-9, other particles before they are tracked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.simulation.engine import derived, geant4, start_run
from evanesce.validation import FloatArray

__all__ = ["score", "start"]

_BATCH: Final[int] = 1_000
"""Number of events whose steps are in memory at a time."""
_MARGIN: Final[float] = 0.998
"""Tracks end below this fraction of the lowest scored energy."""
_ROULETTE: Final[float] = 1e-9


def score(
    steps: FloatArray, event: npt.NDArray[np.intp], events: int, edges: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Sums and sums of squares over events of track length per bin, shape (2, bins): beam particle and others.

    ``steps`` of shape (steps, 4): 1 for the beam particle or 0, length, total energy before the step and its continuous
    loss as fractions of the incident energy. The energy falls linearly along a step, which is split across bins.
    ``event`` is the event of each step.
    """
    beam, length, high, loss = steps.T
    low = high - loss
    bins = len(edges) - 1
    inside = np.clip(high[:, None], edges[:-1], edges[1:]) - np.clip(low[:, None], edges[:-1], edges[1:])
    # a step without loss lies in one bin
    whole = (edges[:-1] <= high[:, None]) & (high[:, None] < edges[1:])
    share = np.where(loss[:, None] > 0, inside / np.where(loss > 0, loss, 1.0)[:, None], whole)
    kind = np.where(beam > 0, 0, 1)
    sums, squares = np.zeros((2, bins)), np.zeros((2, bins))
    for k in range(2):
        chosen = kind == k
        weights = length[chosen, None] * share[chosen]
        for b in range(bins):
            per_event = np.bincount(event[chosen], weights[:, b], minlength=events)
            sums[k, b], squares[k, b] = per_event.sum(), per_event @ per_event
    return sums, squares


def start(settings: Mapping[str, Any]) -> Callable[[int, tuple[int, int]], dict[str, Any]]:
    """Set Geant4 up for ``settings``: ``slab``, bin ``edges`` in v, and ``units`` of track length in cm, one a layer.

    The result of a job: its ``sums`` and ``squares``, both (layers, 2, bins), and the ``version`` of Geant4. The layers
    are those before the slab and the slab itself.
    """
    g4 = geant4()
    slab = settings["slab"]
    edges = np.array(settings["edges"])
    total, mass = 1e3 * slab["energy"], g4.electron_mass_c2
    lowest = max(_MARGIN * edges[0] * total - mass, 1e-3)
    units = settings["units"]
    layers = len(units)
    recorder = _Recorder(g4)
    physics = derived(g4.G4VModularPhysicsList)
    physics.RegisterPhysics(g4.G4EmStandardPhysics())

    def prepare() -> None:
        parameters = g4.G4EmParameters.Instance()
        parameters.SetLPM(True)
        parameters.SetLowestElectronEnergy(lowest)
        for process in ("eBrem", "eIoni"):
            parameters.ActivateSecondaryBiasing(process, "World", _ROULETTE, lowest)

    run = start_run(
        slab,
        physics,
        lambda: [recorder.events(), recorder.tracks(), _stack(g4, lowest)],
        lambda volumes: recorder.dress([*(volumes[f"before {k}"] for k in range(layers - 1)), volumes["counted"]]),
        prepare,
    )

    def job(histories: int, seeds: tuple[int, int]) -> dict[str, Any]:
        sums, squares = np.zeros((2, layers, 2, len(edges) - 1))

        def digest() -> None:
            steps, event, events = recorder.take()
            for layer, unit in enumerate(units):
                inside = steps[:, 0] == layer
                scale = np.array([1.0, 0.1 / unit, 1.0 / total, 1.0 / total])
                own = steps[inside, 1:] * scale + np.array([0.0, 0.0, mass / total, 0.0])
                one = score(own, event[inside], events, edges)
                for totals, batch in zip((sums, squares), one, strict=True):
                    totals[layer] += batch

        recorder.full = digest
        recorder.take()
        run(histories, seeds)
        digest()
        return {"sums": sums.tolist(), "squares": squares.tolist(), "version": g4.G4Version}

    return job


def _stack(g4: Any, lowest: float) -> Any:
    urgent, kill = g4.G4ClassificationOfNewTrack.fUrgent, g4.G4ClassificationOfNewTrack.fKill

    def classify(self: Any, track: Any) -> Any:
        del self
        return urgent if track.GetKineticEnergy() > lowest else kill

    return derived(g4.G4UserStackingAction, ClassifyNewTrack=classify)


class _Recorder:
    """Steps of positrons, event by event; a Geant4 filter excludes all other particles."""

    def __init__(self, g4: Any) -> None:
        self._g4 = g4
        self._steps: list[tuple[int, float, float, float, float]] = []
        self._ends: list[int] = []
        self._beam = 0.0
        self._keep: list[Any] = []
        self.full: Callable[[], None] = lambda: None

    def take(self) -> tuple[FloatArray, npt.NDArray[np.intp], int]:
        """Steps since the last call, the event of each, and the number of events.

        The columns of a step are its layer and those of :func:`score`, in the units of Geant4.
        """
        steps = np.array(self._steps, dtype=np.float64).reshape(-1, 5)
        ends = np.array(self._ends, dtype=np.intp)
        counts = ends - np.concatenate([[0], ends[:-1]]).astype(np.intp)
        self._steps.clear()
        self._ends.clear()
        return steps, np.repeat(np.arange(len(counts)), counts), len(counts)

    def events(self) -> Any:
        """Geant4 action at the end of an event."""

        def end(own: Any, event: Any) -> None:
            del own, event
            self._ends.append(len(self._steps))
            if len(self._ends) == _BATCH:
                self.full()

        return derived(self._g4.G4UserEventAction, EndOfEventAction=end)

    def tracks(self) -> Any:
        """Geant4 action that identifies the beam particle."""

        def begin(own: Any, track: Any) -> None:
            del own
            self._beam = float(track.GetTrackID() == 1)

        return derived(self._g4.G4UserTrackingAction, PreUserTrackingAction=begin)

    def dress(self, volumes: Sequence[Any]) -> None:
        """Attach to each volume a detector that records the steps of positrons with the volume's number."""
        for number, volume in enumerate(volumes):
            volume.SetSensitiveDetector(self._detector(number))

    def _detector(self, number: int) -> Any:
        g4, record = self._g4, self._steps.append
        # Geant4 keeps one step and its points for all tracks: look them up once
        known: list[Callable[[], float]] = []

        def process(own: Any, step: Any, history: Any) -> bool:
            del own, history
            if not known:
                known.extend([step.GetStepLength, step.GetPreStepPoint().GetKineticEnergy, step.GetTotalEnergyDeposit])
                self._keep.append(step)
            length, energy, deposit = known
            record((number, self._beam, length(), energy(), deposit()))
            return False

        scorer = type("Scorer", (g4.G4VPrimitiveScorer,), {"ProcessHits": process})("steps")
        only_positrons = g4.G4SDParticleFilter("positrons", "e+")
        scorer.SetFilter(only_positrons)
        detector = g4.G4MultiFunctionalDetector(f"track length {number}")
        g4.G4SDManager.GetSDMpointer().AddNewDetector(detector)
        detector.RegisterPrimitive(scorer)
        self._keep += [scorer, only_positrons, detector]
        return detector
