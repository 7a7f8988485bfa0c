"""Geant4 in processes of its own: data sets, jobs, and what runs inside.

:mod:`~evanesce.simulation.data` finds the official data sets or keeps stand-ins, :mod:`~evanesce.simulation.jobs`
runs jobs of a fixed size in several processes. Nothing here imports Geant4: only the worker process does.
"""
