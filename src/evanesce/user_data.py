"""The folder where a user's own data are kept.

It is ``$EVANESCE_DATA_DIR``, else ``$XDG_DATA_HOME/evanesce``, else ``~/.local/share/evanesce``.
"""

from __future__ import annotations

import os
from pathlib import Path

from evanesce.cache import folder_variable
from evanesce.errors import DataFileError

__all__ = ["data_folder"]


def data_folder() -> Path:
    """Absolute path of the folder; it need not exist. A relative ``XDG_DATA_HOME`` is ignored, as its rules require.

    Raises
    ------
    DataFileError
        A variable that cannot be resolved, or a user without a home.

    """
    own = folder_variable("EVANESCE_DATA_DIR")
    if own is not None:
        return own
    if os.environ.get("XDG_DATA_HOME", "").startswith(("/", "~")):
        shared = folder_variable("XDG_DATA_HOME")
        if shared is not None:
            return shared / "evanesce"
    try:
        return Path(os.path.abspath(Path.home())) / ".local" / "share" / "evanesce"  # noqa: PTH100 - links stay as they are
    except RuntimeError:
        raise DataFileError("there is no home for your own data; set EVANESCE_DATA_DIR to a folder") from None
