"""Pages of the site that are made at each build: the API from its names, and the layers from the contract.

They go to ``docs/generated``, which is not kept.
"""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path
from typing import Any, Final

import evanesce

_ROW: Final = 34
_WIDTH: Final = 760
_API: Final = """# Python

Every public name. `import evanesce as ev` loads none of them before it is used.

"""


def make_pages(folder: Path) -> None:
    """Write the pages, unless they are there with the same content."""
    folder.mkdir(exist_ok=True)
    for name, text in {"api.md": _api(), "layers.svg": _layers()}.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _api() -> str:
    functions, classes, others = [], [], []
    for name in sorted(evanesce.__all__, key=str.lower):
        thing: Any = getattr(evanesce, name)
        if name.startswith("__") or not getattr(thing, "__module__", "evanesce").startswith("evanesce"):
            continue  # numpy's own functions have their own documentation
        kind = classes if inspect.isclass(thing) else functions if callable(thing) else others
        kind.append(name)
    parts = [_API]
    for title, directive, names in (
        ("Functions", "autofunction", functions),
        ("Classes", "autoclass", classes),
        ("Modules", "automodule", [*(n for n in others if inspect.ismodule(getattr(evanesce, n))), "interchange"]),
    ):
        parts.append(f"## {title}\n\n")
        option = "" if directive == "automodule" else "   :no-index-entry:\n"
        option += "" if directive == "autofunction" else "   :members:\n"
        parts += [f"```{{eval-rst}}\n.. {directive}:: evanesce.{name}\n{option}```\n\n" for name in names]
    return "".join(parts)


def _layers() -> str:
    """The layers of the contract that CI checks against the imports, the upper ones first."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    rows = contract["layers"]
    height = _ROW * len(rows) + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        'aria-label="Layers of the package: each imports only those below it" font-family="sans-serif" font-size="15">'
    ]
    for i, row in enumerate(rows):
        parts = [part.strip() for part in row.split("|")]
        step = (_WIDTH - 8) / len(parts)
        for j, part in enumerate(parts):
            x, y = 4 + j * step, 4 + i * _ROW
            lines.append(
                f'<rect x="{x + 2:.1f}" y="{y}" width="{step - 4:.1f}" height="{_ROW - 6}" rx="4" fill="#dce9f5" '
                'stroke="#0072b2"/>'
                f'<text x="{x + step / 2:.1f}" y="{y + 19}" text-anchor="middle" fill="#102030">{part}</text>'
            )
    return "\n".join([*lines, "</svg>"]) + "\n"
