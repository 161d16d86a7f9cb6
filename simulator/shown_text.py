"""Shown text: what a terminal or a page can be given of a path, a name or a message, short enough, on one line."""

from __future__ import annotations


def shown_text(text: str) -> str:
    r"""Text with everything that is no printable character escaped: "\n", "\x1b", "\udcff".

    What a terminal would obey (control characters, marks that turn the direction of writing) and what cannot be
    written in UTF-8 (bytes of a file's name that are none) is seen and does nothing. Applied twice it changes no more.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def shortened(text: str, most: int) -> str:
    """Text of at most this many characters; of a longer one both ends and how many lie between are shown."""
    if len(text) <= most:
        return text
    end = most // 4
    return f"{text[: most - end]}... ({len(text) - most} more) ...{text[-end:]}"
