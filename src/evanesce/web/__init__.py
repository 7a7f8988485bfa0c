"""The explorer: limits in a browser, recomputed while a slider moves.

:func:`explorer` shows it in a notebook, ``evanesce serve`` on a page. :mod:`evanesce.web.state` holds what a page
shows, :mod:`evanesce.web.model` computes it, and the modules above draw it with Panel and Bokeh, which the extra
``web`` installs. See docs/explorer.md.
"""

from evanesce.web.launch import explorer, serve

__all__ = ["explorer", "serve"]
