"""Pages of the site that are made at each build: the API from its names, and two figures of the architecture.

The layers are those of the contract, the matrix is made from the imports in the source.

They go to ``docs/generated``, which is not kept.
"""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path
from typing import Any, Final

import grimp

import evanesce

_ROW: Final = 34
_WIDTH: Final = 760
_API: Final = """# Python

Every public name. `import evanesce as ev` loads none of them before it is used.

"""


def make_pages(folder: Path) -> None:
    """Write the pages, unless they are there with the same content."""
    folder.mkdir(exist_ok=True)
    for name, text in {"api.md": _api(), "layers.svg": _layers(), "imports.svg": _matrix()}.items():
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


def contract() -> list[list[str]]:
    """Parts of each layer of the contract that CI checks against the imports, the upper ones first."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    found = next(one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    return [[part.strip() for part in row.split("|")] for row in found["layers"]]


def imports() -> dict[str, set[str]]:
    """Which parts of the package each of them imports, from the source."""
    graph = grimp.build_graph("evanesce", include_external_packages=False, cache_dir=None)
    found: dict[str, set[str]] = {}
    for module in graph.modules - {"evanesce"}:
        part = module.split(".")[1]
        used = {other.split(".")[1] for other in graph.find_modules_directly_imported_by(module) if "." in other}
        found.setdefault(part, set()).update(used - {part})
    return found


def _matrix() -> str:
    """A dot where the part of a row imports that of a column: all lie on one side of the diagonal."""
    names = [name for row in contract() for name in row]
    found, cell, left, top = imports(), 13, 124, 116
    width, height = left + cell * len(names) + 8, top + cell * len(names) + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="Which part of the package imports which: none imports one above it" '
        'font-family="sans-serif" font-size="11" fill="#102030">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for i, name in enumerate(names):
        x, y = left + i * cell, top + i * cell
        lines.append(
            f'<rect x="{x}" y="{y}" width="{cell}" height="{cell}" fill="#dce9f5"/>'
            f'<path d="M{left} {y}H{width - 8}" stroke="#e4e9ee"/>'
            f'<text x="{left - 6}" y="{y + 10}" text-anchor="end">{name}</text>'
            f'<text x="{x + 10}" y="{top - 6}" transform="rotate(-90 {x + 10} {top - 6})">{name}</text>'
        )
        lines += [
            f'<circle cx="{left + (j + 0.5) * cell}" cy="{y + cell / 2}" r="3.6" fill="#0072b2"/>'
            for j, other in enumerate(names)
            if other in found.get(name, ())
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _layers() -> str:
    """The layers of the contract, the upper ones first."""
    rows = contract()
    height = _ROW * len(rows) + 8
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        'aria-label="Layers of the package: each imports only those below it" font-family="sans-serif" font-size="15">'
    ]
    for i, parts in enumerate(rows):
        step = (_WIDTH - 8) / len(parts)
        for j, part in enumerate(parts):
            x, y = 4 + j * step, 4 + i * _ROW
            lines.append(
                f'<rect x="{x + 2:.1f}" y="{y}" width="{step - 4:.1f}" height="{_ROW - 6}" rx="4" fill="#dce9f5" '
                'stroke="#0072b2"/>'
                f'<text x="{x + step / 2:.1f}" y="{y + 19}" text-anchor="middle" fill="#102030">{part}</text>'
            )
    return "\n".join([*lines, "</svg>"]) + "\n"
