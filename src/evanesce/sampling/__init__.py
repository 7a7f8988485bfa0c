"""What events are drawn from: samplers of each process, and the tables of tracks, depths and electrons beneath them.

A :class:`~evanesce.sampling.sampler.Sampler` turns points of the unit cube into collisions and says how much of the
yield each stands for; :mod:`annihilation` and :mod:`bremsstrahlung` are those of the two processes.
"""
