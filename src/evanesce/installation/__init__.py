"""What is installed: packages of each extra, caches, data of Geant4, plug-ins; ``evanesce doctor`` prints it."""

from evanesce.installation.examination import Report, examine
from evanesce.installation.folders import FolderFacts
from evanesce.installation.geant4 import Geant4Facts
from evanesce.installation.packages import PackageFacts

__all__ = ["FolderFacts", "Geant4Facts", "PackageFacts", "Report", "examine"]
