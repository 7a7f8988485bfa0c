"""Predictions of several experiments for the same mediator, side by side."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.fingerprint import fingerprint
from evanesce.prediction.model import Prediction
from evanesce.prediction.systematic import Systematic

__all__ = ["combine"]


def combine(*predictions: Prediction) -> Prediction:
    """Return one prediction with the regions of all; systematics of the same name are the same nuisance.

    Raises
    ------
    InvalidValueError
        No prediction, different masses or mediators, the same region twice, or one name for two different systematics.

    Examples
    --------
    >>> import evanesce as ev
    >>> names = ("belle2", "na64-2019")
    >>> both = ev.combine(*(ev.predict(name, "scalar", 0.0667, physics="published") for name in names))
    >>> list(both.regions)
    ['belle2/vanishing-track', 'na64-2019/vanishing-track']

    """
    if not predictions:
        raise InvalidValueError("combine: give at least one prediction")
    for prediction in predictions:
        if not isinstance(prediction, Prediction):
            raise InvalidValueError(f"combine: {reprlib.repr(prediction)} is not a prediction; make one with predict()")
    first = predictions[0]
    regions = dict(first.regions)
    for other in predictions[1:]:
        same = first.coordinates.keys() == other.coordinates.keys() and all(
            np.array_equal(axis, other.coordinates[name]) for name, axis in first.coordinates.items()
        )
        if not same or fingerprint(first.mediator) != fingerprint(other.mediator):
            raise InvalidValueError("combine: predictions must share the mediator and the masses")
        for label, region in other.regions.items():
            if label in regions:
                raise InvalidValueError(f"combine: region '{label}' is given twice; give each experiment its own name")
            regions[label] = region
    return Prediction(
        coordinates=first.coordinates,
        mediator=first.mediator,
        regions=regions,
        systematics=Systematic.merged(one for prediction in predictions for one in prediction.systematics),
        highest_energy=max(prediction.highest_energy for prediction in predictions),
        notes=_all(prediction.notes for prediction in predictions),
        warnings=_all(prediction.warnings for prediction in predictions),
        cautions=_all(prediction.cautions for prediction in predictions),
        curves=_all(prediction.curves for prediction in predictions),
        provenance=_provenance(predictions),
    )


def _provenance(predictions: Sequence[Prediction]) -> dict[str, Any]:
    """That of the first, with the cards and the files of all."""
    files: dict[str, str] = {}
    for prediction in predictions:
        files |= prediction.provenance.get("source_files_sha256", {})
    plug_ins = sorted({name for prediction in predictions for name in prediction.provenance.get("plug_ins", ())})
    return {
        **predictions[0].provenance,
        "experiments": [card for prediction in predictions for card in prediction.provenance["experiments"]],
        **({"source_files_sha256": files} if files else {}),
        **({"plug_ins": plug_ins} if plug_ins else {}),
    }


def _all(texts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All sentences without duplicates."""
    return tuple(dict.fromkeys(text for group in texts for text in group))
