"""Results for other programs, and the way back.

:func:`write_workspace` and :func:`read_workspace` exchange likelihoods with pyhf. Limits go to CSV, JSON, netCDF,
DarkCast and HEPData; :func:`read_limits` opens what holds everything about them, and each other format has a reader
that gives the numbers back. See docs/interchange.md.
"""

from evanesce.hepdata_tables import read_hepdata
from evanesce.interchange.csv_files import read_csv, write_csv
from evanesce.interchange.darkcast import read_darkcast, write_darkcast
from evanesce.interchange.hepdata import write_hepdata
from evanesce.interchange.json_files import read_json
from evanesce.interchange.limit_table import LimitTable
from evanesce.interchange.stored import read_limits
from evanesce.interchange.workspaces import read_workspace, write_workspace

__all__ = [
    "LimitTable",
    "read_csv",
    "read_darkcast",
    "read_hepdata",
    "read_json",
    "read_limits",
    "read_workspace",
    "write_csv",
    "write_darkcast",
    "write_hepdata",
    "write_workspace",
]
