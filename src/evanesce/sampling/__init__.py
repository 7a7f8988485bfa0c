"""Samplers that draw the events of each process, and the tables of tracks, depths and electrons that they use.

A :class:`~evanesce.sampling.sampler.Sampler` maps points of the unit cube to collisions and returns the yield that
each represents; :mod:`annihilation` and :mod:`bremsstrahlung` hold those of the two processes.
"""
