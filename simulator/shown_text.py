"""Shown text: what a terminal or a page can be given of a path, a name or a message, on one line."""

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
