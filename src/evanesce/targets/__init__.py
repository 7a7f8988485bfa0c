"""Thermal relic lines: the coupling for which dark matter has its observed density."""
