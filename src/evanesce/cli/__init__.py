"""The command line ``evanesce``: parse, call one function, print.

People get tables, ``--json`` gives machines strict JSON, and an error is one line on standard error. A new
command is one file in ``commands/``.
"""

from evanesce.cli.entry import main

__all__ = ["main"]
