"""Markdown: an author's words as HTML that can hold no script, no foreign picture and no style."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markupsafe import Markup

_LINKS = ("https", "http", "mailto")


def render_markdown(text: str) -> Markup:
    """HTML of a text in Markdown. Raw HTML, pictures and other links than web ones stay text."""
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
    reader.validateLink = _is_web_link  # type: ignore[method-assign, assignment]
    return Markup(reader.render(text))


def _is_web_link(address: str) -> bool:
    """Whether an address is one of the web, which a reader may follow by a click."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", address.strip(), re.IGNORECASE)
    return scheme is not None and scheme.group(1).lower() in _LINKS
