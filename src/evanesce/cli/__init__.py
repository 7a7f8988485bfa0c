"""The command line ``evanesce``: it parses, calls one function and prints.

The output is a table, or strict JSON with ``--json``; an error is one line on standard error. A new command is one
file in ``commands/``.
"""

from evanesce.cli.entry import main

__all__ = ["main"]
