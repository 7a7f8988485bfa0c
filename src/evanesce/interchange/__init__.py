"""Results for other programs, and the way back."""

from evanesce.interchange.workspaces import read_workspace, write_workspace

__all__ = ["read_workspace", "write_workspace"]
