"""Language: the one place where the window's English becomes another language, as text meets the screen.

What changes in a sentence stands in braces; what fills them is translated in its turn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from simulator.wording.english import ENGLISH
from simulator.wording.german import GERMAN
from simulator.wording.paired import paired
from simulator.wording.window_german import GERMAN as WINDOW
from simulator.wording.window_german_commands import COMMANDS
from simulator.wording.window_german_debrief import DEBRIEF, GIVEN
from simulator.wording.window_german_lessons import LESSONS
from simulator.wording.window_german_patient import PATIENT
from simulator.wording.window_german_refusals import REFUSALS
from simulator.wording.window_german_scout import SCOUT
from simulator.wording.window_german_sentences import SENTENCES
from simulator.wording.window_german_steps import STEPS
from simulator.wording.window_german_tutorial import TUTORIAL

ENGLISH_CODE, GERMAN_CODE = "en", "de"
LANGUAGES: dict[str, str] = {ENGLISH_CODE: "English", GERMAN_CODE: "Deutsch"}
"""Codes of ISO 639-1, each with its own name for itself."""

DECIMAL_MARKS: dict[str, str] = {GERMAN_CODE: ","}
OWN = re.compile("\u2068[^\u2069]*\u2069")
DECIMAL = re.compile(
    "(?P<kept>\u2068[^\u2069]*\u2069|'[^']*'|`[^`]*`|\\S*[/\\\\]\\S*)"
    r"|(?<![\w.;])(?<!\w-)(?P<whole>\d+)\.(?P<part>\d+)(?!\.?\w)"
)
"""A decimal number, or what is none although points stand in it: own words, what is quoted, a path; a version and a
date have two points, and in a name letters adjoin."""


KEPT = 4000
_NO_MARKS = {0x2068: None, 0x2069: None}
LIST_BREAKS = (", ", " and ", "; ")
CLAUSE_BREAK = ", and "
BREAK = re.compile("(, | and |; )")
WORD = re.compile(r"[A-Za-z][a-z]+")
"""What needs a translation; levels, figures and units of one letter do not."""


class OwnWords(str):
    """What a case's author or the report wrote: printed as it stands, in whatever language the window prints."""

    __slots__ = ()


def own(words: str) -> str:
    """Somebody's own words, to be filled into a sentence: they stay as they are when it is translated."""
    return f"\u2068{words}\u2069"


class Language:
    """Translates what the window prints; English stays as it is.

    Args:
        code: of `LANGUAGES`
        catalogue: words by their English; None takes the one of the language
    """

    def __init__(self, code: str = ENGLISH_CODE, catalogue: Mapping[str, str] | None = None) -> None:
        self.code = code
        self._words = dict(catalogue if catalogue is not None else _CATALOGUES[code])
        gaps = [(english, other) for english, other in _by_length(self._words) if "{" in english]
        self._patterns = [(re.compile(_pattern(english)), other) for english, other in gaps if WORD.search(english)]
        self._bare = [(re.compile(_pattern(english)), other) for english, other in gaps if not WORD.search(english)]
        self._kept = lru_cache(KEPT)(self._with_own_decimals)

    def translate(self, text: str) -> str:
        """The text in this language; an author's own words, and what has no translation, as they are."""
        return text if isinstance(text, OwnWords) else self._kept(text).translate(_NO_MARKS)

    def _with_own_decimals(self, text: str) -> str:
        """Decimal numbers as the language writes them."""
        mark = DECIMAL_MARKS.get(self.code, ".")
        translated = self._translate(text)
        return translated if mark == "." else with_decimals(translated, mark)

    def knows(self, text: str) -> bool:
        """Whether a text has a translation, by itself or by a sentence that it fills."""
        return text in self._words or any(pattern.fullmatch(text) for pattern, _ in (*self._patterns, *self._bare))

    def _translate(self, text: str) -> str:
        if not self._words or not text or OWN.fullmatch(text):
            return text
        found = self._words.get(text)
        if found is not None:
            return found
        if text.endswith(".") and text[:-1] in self._words:
            return f"{self._words[text[:-1]]}."
        clauses = text.split(CLAUSE_BREAK)
        if len(clauses) > 1 and not text.endswith(".") and all(map(self.knows, clauses)):
            return " und ".join(map(self._kept, clauses))
        filled = self._filled(text, self._patterns)
        if filled is not None:
            return filled
        first = text[:1].upper() + text[1:]
        if first != text and first in self._words:
            return self._words[first]
        small = text[:1].lower() + text[1:]
        if small != text and small in self._words:
            return self._words[small][:1].upper() + self._words[small][1:]
        listed = self._in_parts(text)
        return listed if listed is not None else self._filled(text, self._bare) or text

    def _filled(self, text: str, patterns: Sequence[tuple[re.Pattern[str], str]]) -> str | None:
        """The first sentence with gaps that the text fills, with what fills it; None where there is none."""
        for pattern, other in patterns:
            match = pattern.fullmatch(text)
            if match is not None:
                return other.format(*(self._kept(part) for part in match.groups()))
        return None

    def _in_parts(self, text: str) -> str | None:
        """A list of which every part has a word of its own; None for any other text."""
        for between in LIST_BREAKS:
            parts = text.split(between)
            if len(parts) > 1 and all(self.knows(part) for part in parts):
                return between.replace(" and ", " und ").join(self._kept(part) for part in parts)
        pieces = BREAK.split(text)
        if len(pieces) > 1 and all(self.knows(part) or not WORD.search(part) for part in pieces[::2]):
            pieces[::2] = map(self._kept, pieces[::2])
            return "".join(pieces).replace(" and ", " und ")
        return None


def with_decimals(text: str, mark: str) -> str:
    """The text with another decimal mark in its numbers."""
    return DECIMAL.sub(lambda one: one["kept"] or f"{one['whole']}{mark}{one['part']}", text)


def _pattern(english: str) -> str:
    """A regular expression for a sentence with braces."""
    return "(.+?)".join(re.escape(part) for part in english.split("{}"))


def _by_length(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """The most particular sentences first; of two alike the one that begins and ends with words of its own."""

    def rank(item: tuple[str, str]) -> tuple[int, int]:
        english = item[0]
        return -len(english.replace("{}", "")), english.startswith("{}") + english.endswith("{}")

    return sorted(words.items(), key=rank)


_CATALOGUES: dict[str, Mapping[str, str]] = {
    ENGLISH_CODE: {},
    GERMAN_CODE: {
        **paired(ENGLISH, GERMAN),
        **DEBRIEF,
        **GIVEN,
        **REFUSALS,
        **SCOUT,
        **COMMANDS,
        **WINDOW,
        **SENTENCES,
        **STEPS,
        **TUTORIAL,
        **PATIENT,
        **LESSONS,
    },
}
