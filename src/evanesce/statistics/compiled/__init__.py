"""Loops that numba compiles: only :mod:`newton` imports it, and only fits of many pseudo-experiments import that."""
