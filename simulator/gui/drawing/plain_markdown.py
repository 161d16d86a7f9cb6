"""Plain Markdown: an author's words as headings, list entries and paragraphs; raw HTML and pictures stay text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from simulator.gui.drawing.language import OwnWords

if TYPE_CHECKING:
    from markdown_it.token import Token


class BlockKind(StrEnum):
    """How a block of words is set."""

    HEADING = "heading"
    ENTRY = "entry"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """One block of words, without marks of emphasis."""

    words: str
    kind: BlockKind = BlockKind.PARAGRAPH


@lru_cache(64)
def text_blocks(markdown: str) -> tuple[TextBlock, ...]:
    """The blocks of a text in Markdown, in their order."""
    from markdown_it import MarkdownIt  # not before there is something to read: the first screen has none

    reader = MarkdownIt("commonmark", {"html": False}).disable("image")
    found: list[TextBlock] = []
    kind = BlockKind.PARAGRAPH
    for token in reader.parse(markdown):
        if token.type == "heading_open":
            kind = BlockKind.HEADING
        elif token.type == "list_item_open":
            kind = BlockKind.ENTRY
        elif token.type in ("heading_close", "list_item_close"):
            kind = BlockKind.PARAGRAPH
        elif token.type in ("fence", "code_block"):
            found += [TextBlock(words=OwnWords(line)) for line in token.content.splitlines() if line.strip()]
        elif token.type == "inline":
            found += _inline(token, kind)
            kind = BlockKind.PARAGRAPH if kind is BlockKind.ENTRY else kind
    return tuple(found)


def _inline(token: Token, kind: BlockKind) -> list[TextBlock]:
    """Words of one block; a hard break begins a new line."""
    text = ""
    for child in token.children or []:
        text += {"softbreak": " ", "hardbreak": "\n"}.get(child.type, child.content)
    return [TextBlock(words=OwnWords(line.strip()), kind=kind) for line in text.split("\n") if line.strip()]
