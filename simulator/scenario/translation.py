"""Translation: the words of a case in another language, in a file beside it such as my-case.de.toml.

It holds words alone, in the tables of the case and in the order of their rows; numbers, right answers and sources stay
those of the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from simulator.errors import UserInputError, combine_errors
from simulator.interface.teaching import Wording
from simulator.scenario.error_words import describe_error
from simulator.scenario.field_error import FieldError, Keys, dotted
from simulator.scenario.lesson_schema import Sentence
from simulator.scenario.load import ScenarioFile
from simulator.scenario.schema import Scenario
from simulator.scenario.sections import Section, optional_text
from simulator.scenario.text_words import fill_in
from simulator.scenario.toml_source import TomlSource, is_file, read_dateless_source

LANGUAGES = ("de",)
"""Codes of ISO 639-1 of the languages that a case may be translated to: those in which the window prints."""
_NAME = re.compile(rf"(.+)\.({'|'.join(LANGUAGES)})")
_UNKNOWN = "a translation holds title, texts, lesson, debrief, questions and checklist, and nothing else"


class _Text(Section):
    request: str | None = optional_text(2000, "of the referring doctor")


class _Words(Section):
    words: str | None = optional_text(8000, "as the case's")


class _Picture(Section):
    caption: str | None = optional_text(300, "as the case's")


class _Briefing(_Words):
    picture: list[_Picture] | None = Field(default=None, description="captions of the pictures, in their order")


class _Lesson(Section):
    goals: list[Sentence] | None = Field(default=None, description="as the case's, in their order")
    point: list[_Words] | None = Field(default=None, description="words of the teaching points, in their order")
    advice: list[_Words] | None = Field(default=None, description="words of the case's advice, in their order")


class _Prebrief(_Words):
    questions: list[Sentence] | None = Field(default=None, description="as the case's, in their order")


class _Debrief(Section):
    reactions: list[Sentence] | None = Field(default=None, description="as the case's, in their order")
    analysis: list[Sentence] | None = Field(default=None, description="as the case's, in their order")
    summary: list[Sentence] | None = Field(default=None, description="as the case's, in their order")


class _Question(_Words):
    options: list[Sentence] | None = Field(default=None, description="as the case's, in their order")
    why: str | None = optional_text(600, "why that is right")


class Translation(Section):
    """The words of a case in another language; what is left out stays English."""

    title: str | None = optional_text(200, "of the case")
    text: _Text | None = Field(default=None, description="what the operator reads")
    lesson: _Lesson | None = Field(default=None, description="what the case is for")
    briefing: _Briefing | None = Field(default=None, description="what is read before it")
    prebrief: _Prebrief | None = Field(default=None, description="what is agreed on before it")
    debrief: _Debrief | None = Field(default=None, description="what is asked after it")
    question: list[_Question] | None = Field(default=None, description="in the order of the case's")
    checklist: list[_Words] | None = Field(default=None, description="words of the lines to tick, in their order")


def translated_case(path: Path) -> Path | None:
    """The case that a file translates, by its name; None for a file that is no translation."""
    found = _NAME.fullmatch(path.stem)
    return path.with_name(f"{found.group(1)}{path.suffix}") if found and path.suffix == ".toml" else None


def must_be_offered(path: Path) -> None:
    """UserInputError where a file is named as a translation of a case beside it, to a language that is not offered."""
    named = re.fullmatch(r"(.+)\.([A-Za-z]{2}(?:[-_][A-Za-z]{2})?)", path.stem)
    if named is None or path.suffix != ".toml" or not is_file(path.with_name(f"{named.group(1)}.toml")):
        return
    if named.group(2) not in LANGUAGES:
        what = f"{named.group(2)!r} is no language that the program prints"
        raise UserInputError(str(path), what, f"name it {named.group(1)}.{LANGUAGES[0]}.toml, or without a dot")


def translations_of(case: Path) -> Iterator[tuple[str, Path]]:
    """Languages and files of the translations that lie beside a case."""
    for language in LANGUAGES:
        path = case.with_name(f"{case.stem}.{language}{case.suffix}")
        if is_file(path):
            yield language, path


def read_translation(path: Path, scenario: Scenario) -> Wording:
    """Words of a case in another language, by the English that the case prints.

    Args:
        scenario: of the seed, which settles level and side

    Raises:
        UserInputError: the file cannot be read, or says what the case has no place for; every fault with its line.
    """
    source = read_dateless_source(path)
    try:
        Translation.model_validate(source.data)
    except ValidationError as error:
        raise _told(source, [_described(item) for item in error.errors()]) from error
    faults: list[FieldError] = []
    pairs: dict[str, str] = {}
    level, side = scenario.leak.level, scenario.leak.side
    for keys, text in _texts(source.data):
        english = _at(scenario.model_dump(), keys)
        if not isinstance(english, str):
            faults.append(FieldError(keys, "the case says nothing here", "leave it out, or add it to the case"))
            continue
        said, other = fill_in(english, level, side), fill_in(text, level, side)
        if pairs.setdefault(said, other) != other:
            what = "the case says the same in two places, and this translates it otherwise here"
            faults.append(FieldError(keys, what, "translate both alike, or change one in the case"))
    for keys, count in _counts(source.data):
        given = _at(scenario.model_dump(), keys)
        if isinstance(given, list) and len(given) != count:
            faults.append(FieldError(keys, f"the case has {len(given)} of these, and this {count}", "translate each"))
    if faults:
        raise _told(source, faults)
    return pairs


def read_translations(file: ScenarioFile, scenario: Scenario) -> dict[str, Wording]:
    """Wordings that lie beside a case, by language; of a later session, which has texts of its own, none.

    Args:
        scenario: of the seed, which settles level and side

    Raises:
        UserInputError: as for `read_translation`.
    """
    if file.name != file.path.stem:
        return {}
    return {language: read_translation(path, scenario) for language, path in translations_of(file.path)}


def _described(item: Any) -> FieldError:
    fault = describe_error(item, Translation, ())
    return FieldError(fault.keys, _UNKNOWN, "leave this out") if item["type"] == "extra_forbidden" else fault


def _told(source: TomlSource, faults: list[FieldError]) -> UserInputError:
    return combine_errors(
        [
            UserInputError(f"{source.path}:{_line(source, one.keys)}: {dotted(one.keys)}", one.what, one.fix)
            for one in faults
        ]
    )


def _line(source: TomlSource, keys: Keys) -> int:
    lengths = range(len(keys), 0, -1)
    return next((source.lines[keys[:length]] for length in lengths if keys[:length] in source.lines), 1)


def _texts(data: Any, above: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Every text with the keys that lead to it, rows by their number."""
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for key, item in items:
        if isinstance(item, str):
            yield (*above, key), item
        else:
            yield from _texts(item, (*above, key))


def _counts(data: Any, above: Keys = ()) -> Iterator[tuple[Keys, int]]:
    """Every list with the number of its rows."""
    if isinstance(data, list):
        yield above, len(data)
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for key, item in items:
        yield from _counts(item, (*above, key))


def _at(data: Any, keys: Keys) -> Any:
    """What stands at some keys; None where nothing does."""
    for key in keys:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data
