"""Sphinx: the pages of this folder, notebooks executed, nothing from another host."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from docutils.nodes import SkipNode
from site_pages import make_pages

import evanesce

project = "evanesce"
author = "The evanesce developers"
copyright = "The evanesce developers, BSD-3-Clause"  # noqa: A001 - the name that Sphinx reads
release = version = evanesce.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
exclude_patterns = ["examples/plug-in/**", "comparison.text.md", "images", "published"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autosummary_generate = True
autosummary_ignore_module_all = False
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"evanesce {release}"
html_static_path: list[str] = []
html_theme_options = {"navigation_with_keys": True}
suppress_warnings = ["misc.highlighting_failure"]

html_math_renderer = "source"


def setup(app: Any) -> None:
    """Formulae of docstrings are shown as their source: a renderer would load a script from another host."""

    def inline(writer: Any, node: Any) -> None:
        writer.body.append(f"<code>{writer.encode(node.astext())}</code>")
        raise SkipNode

    def block(writer: Any, node: Any) -> None:
        writer.body.append(f"<pre>{writer.encode(node.astext())}</pre>")
        raise SkipNode

    app.add_html_math_renderer("source", inline_renderers=(inline, None), block_renderers=(block, None))


make_pages(Path(__file__).parent / "generated")
