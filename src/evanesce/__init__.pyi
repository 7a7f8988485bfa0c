from . import figures as figures
from . import formats as formats
from .channels import (
    MonoPhoton as MonoPhoton,
)
from .channels import (
    PhotonBackground as PhotonBackground,
)
from .channels import (
    VanishingTrack as VanishingTrack,
)
from .constraints import (
    add_constraint as add_constraint,
)
from .constraints import (
    constraint as constraint,
)
from .constraints import (
    constraint_from_csv as constraint_from_csv,
)
from .constraints import (
    constraint_names as constraint_names,
)
from .control_sample import suppression_factor as suppression_factor
from .engine import Engine as Engine
from .engine import predict as predict
from .errors import EvanesceError as EvanesceError
from .errors import EvanesceWarning as EvanesceWarning
from .events import generate_events as generate_events
from .experiments import Experiment as Experiment
from .experiments import experiment as experiment
from .experiments import experiment_names as experiment_names
from .limits import LimitCurve as LimitCurve
from .limits import Optimum as Optimum
from .limits import explain as explain
from .limits import impacts as impacts
from .limits import likelihood_prediction as likelihood_prediction
from .limits import limit as limit
from .limits import limit_curve as limit_curve
from .limits import optimise as optimise
from .materials import (
    Material as Material,
)
from .materials import (
    compound as compound,
)
from .materials import (
    material as material,
)
from .materials import (
    material_names as material_names,
)
from .mediators import (
    AxialVector as AxialVector,
)
from .mediators import (
    DarkPhoton as DarkPhoton,
)
from .mediators import (
    Pseudoscalar as Pseudoscalar,
)
from .mediators import (
    Scalar as Scalar,
)
from .mediators import (
    mediator as mediator,
)
from .numerics import geomspace as geomspace
from .numerics import linspace as linspace
from .physics import (
    PhysicsOptions as PhysicsOptions,
)
from .physics import (
    describe_options as describe_options,
)
from .physics import (
    resolve_physics as resolve_physics,
)
from .prediction import Prediction as Prediction
from .prediction import combine as combine
from .scans import open_scan as open_scan
from .scans import scan as scan
from .setups import PhotonSelection as PhotonSelection
from .sources import (
    Beam as Beam,
)
from .sources import (
    Beams as Beams,
)
from .sources import (
    Bhabha as Bhabha,
)
from .sources import (
    LheSource as LheSource,
)
from .sources import (
    RadiativeBhabha as RadiativeBhabha,
)
from .sources import (
    TabulatedSpectrum as TabulatedSpectrum,
)
from .statistics import criterion as criterion
from .statistics import criterion_names as criterion_names
from .statistics import from_workspace as from_workspace
from .statistics import to_workspace as to_workspace
from .targets import RelicLine as RelicLine
from .targets import relic_line as relic_line
from .web import explorer as explorer

__version__: str
