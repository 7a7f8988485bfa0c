"""Sphinx: the pages of this folder, notebooks executed, nothing from another host."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml
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
napoleon_use_param = False  # parameters that share a description stay in one line

html_theme = "furo"
html_title = f"evanesce {release}"
html_static_path: list[str] = []
html_theme_options = {"navigation_with_keys": True}
suppress_warnings = ["misc.highlighting_failure"]

html_math_renderer = "native"


def setup(app: Any) -> None:
    """Formulae of docstrings become MathML, which browsers draw: a renderer would load a script from another host."""

    def inline(writer: Any, node: Any) -> None:
        writer.body.append(tex2mathml(node.astext()))
        raise SkipNode

    def block(writer: Any, node: Any) -> None:
        writer.body.append(f"<div>{tex2mathml(node.astext(), as_block=True)}</div>")
        raise SkipNode

    def whole_sentence(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:  # noqa: ARG001
        """Without an empty line first, what stands before a colon is taken for the type of an attribute."""
        if what == "attribute":
            lines.insert(0, "")

    app.connect("autodoc-process-docstring", whole_sentence, priority=100)  # before napoleon
    app.add_html_math_renderer("native", inline_renderers=(inline, None), block_renderers=(block, None))


make_pages(Path(__file__).parent / "generated")
