"""From predictions to limits on ε.

Use :func:`limit` for a labelled :class:`xarray.Dataset`; :func:`limit_curve` gives the same numbers as a plain object
without loading xarray. Rates scale as ε², so a limit on ε is the square root of one on μ = ε².
"""

from evanesce.limits.calculation import likelihood_prediction, limit, limit_curve
from evanesce.limits.curve import LimitCurve
from evanesce.limits.dataset import explain, from_dataset
from evanesce.limits.impact import impacts
from evanesce.limits.optimum import Optimum, optimise
from evanesce.limits.outcomes import Caution, Outcome

__all__ = [
    "Caution",
    "LimitCurve",
    "Optimum",
    "Outcome",
    "explain",
    "from_dataset",
    "impacts",
    "likelihood_prediction",
    "limit",
    "limit_curve",
    "optimise",
]
