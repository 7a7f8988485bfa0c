"""What is in the store of a scan."""

from __future__ import annotations

from pathlib import Path


def content(store: Path) -> dict[str, bytes]:
    """Every file of a store but the empty one that locks it."""
    files = (path for path in store.rglob("*") if path.is_file())
    return {str(path.relative_to(store)): path.read_bytes() for path in files}
