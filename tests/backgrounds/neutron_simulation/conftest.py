from geant4_folders import nothing_installed

__all__ = ["nothing_installed"]
