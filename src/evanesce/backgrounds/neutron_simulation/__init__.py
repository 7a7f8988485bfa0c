"""The neutron background of section 3.2 of arXiv:2212.04252, simulated with Geant4 in separate processes.

:mod:`~evanesce.backgrounds.neutron_simulation.run` goes from positrons to counts,
:mod:`~evanesce.backgrounds.neutron_simulation.events` has the cuts. Nothing here imports Geant4: only a worker that
runs :mod:`~evanesce.backgrounds.neutron_simulation.production` does.
"""
