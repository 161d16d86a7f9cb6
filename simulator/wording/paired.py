"""Paired words: the entries of two catalogues side by side, as sentences whose gaps stand open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import TypeVar

from simulator.wording.catalogue import Catalogue
from simulator.wording.entries import prettified

_Key = TypeVar("_Key")


def paired(one: Catalogue, other: Catalogue) -> dict[str, str]:
    """The words of one catalogue, each with those of the other.

    Named fields become gaps: `{}` in the first language, and `{0}`, `{1}` in the order of the first in the other.
    """
    return dict(_open_gaps(prettified(first), prettified(second)) for first, second in _pairs(one, other) if first)


def _pairs(one: Catalogue, other: Catalogue) -> Iterator[tuple[str, str]]:
    for metric, words in one.metrics.items():
        own = other.metrics[metric]
        yield words.name, own.name
        yield words.reference, own.reference
        yield words.unmeasured_reference or "", own.unmeasured_reference or ""
        yield words.printed_reference or "", own.printed_reference or ""
    for cap, said in one.caps.items():
        yield said.reason, other.caps[cap].reason
        yield said.meaning, other.caps[cap].meaning
        yield said.fix, other.caps[cap].fix
    for lesson, taught in one.lessons.items():
        yield taught.fix, other.lessons[lesson].fix
        yield taught.keep, other.lessons[lesson].keep
    for structure, shown in one.structures.items():
        yield shown.legend, other.structures[structure].legend
        yield shown.short, other.structures[structure].short
    for name, component in one.components.items():
        yield component, other.components[name]
        yield component.capitalize(), other.components[name]
    for english, own_name in _both(one.complications, other.complications):
        yield english, own_name
        yield english.capitalize(), _capital(own_name)
        yield f"{english.capitalize()} at {{level}}", f"{_capital(own_name)} bei {{level}}"
    yield from _both(one.compartments, other.compartments)
    yield from _both(one.next_day, other.next_day)
    yield from _both(one.deeds, other.deeds)
    yield from _both(one.hindrances, other.hindrances)
    yield from _both(one.remedies, other.remedies)
    yield from _both(one.sides, other.sides)
    yield from _both(one.questions, other.questions)
    yield one.other_question, other.other_question
    yield from zip(one.aftercare, other.aftercare, strict=True)


def _both(one: Mapping[_Key, str], other: Mapping[_Key, str]) -> Iterator[tuple[str, str]]:
    return ((words, other[key]) for key, words in one.items())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _open_gaps(one: str, other: str) -> tuple[str, str]:
    """Both sentences with their named fields as gaps."""
    places: dict[str, int] = {}
    first = ""
    for text, name, _, _ in Formatter().parse(one):
        first += text
        if name is not None:
            places.setdefault(name, len(places))
            first += "{}"
    second = ""
    for text, name, _, _ in Formatter().parse(other):
        second += text
        if name is not None:
            second += f"{{{places[name]}}}"
    return first, second
