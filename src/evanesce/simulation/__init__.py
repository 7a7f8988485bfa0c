"""Geant4 in separate processes: data sets, jobs and workers.

:mod:`~evanesce.simulation.data` finds the official data sets or keeps stand-ins; :mod:`~evanesce.simulation.jobs`
runs jobs of a fixed size in several processes. Only the worker process imports Geant4.
"""
