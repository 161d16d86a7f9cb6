"""Catalogue: everything that one language must have a word for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from simulator.vocabulary.anatomy import Compartment, Laterality
from simulator.vocabulary.deeds import Deed, Hindrance
from simulator.vocabulary.outcome import NextDayReport
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.scoring import CapId, Component, MetricId, Unit
from simulator.vocabulary.structures import Structure
from simulator.wording.entries import CapWords, LessonWords, MetricWords, StructureWords

BETWEEN_REASONS = "; "
_Identity = TypeVar("_Identity", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The words of one language, by what they name.

    Attributes:
        language: code of ISO 639-1
        metrics: name, reference and source of every metric
        caps: reason, meaning and advice of everything that limits the score
        lessons: advice for the metrics that are scored
        components: parts of the score
        compartments: where the bevel stands, with the article
        complications: harms, in lower case
        structures: tissues and spaces that a figure draws
        units: as they are printed in a report
        next_day: what a patient says on the telephone the next day
        deeds: advice that names what was done
        sides: after "on"
        aftercare: what a patient leaves with: legs and bladder asked, hours flat, advice, a call
        questions, other_question: of an instructor about what a metric was lost by, and about anything else
        hindrances, remedies: where blood went instead of to the leak, and what helps

    Raises:
        ValueError: an entry is missing, or two metrics or two caps have one name.
    """

    language: str
    metrics: Mapping[MetricId, MetricWords]
    caps: Mapping[CapId, CapWords]
    lessons: Mapping[MetricId, LessonWords]
    components: Mapping[Component, str]
    compartments: Mapping[Compartment, str]
    complications: Mapping[ComplicationKind, str]
    structures: Mapping[Structure, StructureWords]
    units: Mapping[Unit, str]
    next_day: Mapping[NextDayReport, str]
    deeds: Mapping[Deed, str]
    hindrances: Mapping[Hindrance, str]
    remedies: Mapping[Hindrance, str]
    sides: Mapping[Laterality, str]
    aftercare: tuple[str, str, str, str]
    questions: Mapping[MetricId, str]
    other_question: str

    def __post_init__(self) -> None:
        missing = [
            *_missing(MetricId, self.metrics),
            *_missing(CapId, self.caps),
            *_missing(Component, self.components),
            *_missing(Compartment, self.compartments),
            *_missing(ComplicationKind, self.complications),
            *_missing(Structure, self.structures),
            *_missing(Unit, self.units),
            *_missing(NextDayReport, self.next_day),
            *_missing(Deed, self.deeds),
            *_missing(Hindrance, self.hindrances),
            *_missing(Hindrance, self.remedies),
            *_missing(Laterality, self.sides),
        ]
        if missing:
            raise ValueError(f"the words of language {self.language!r} lack {', '.join(missing)}")
        for names in ([words.name for words in self.metrics.values()], [words.reason for words in self.caps.values()]):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"in language {self.language!r} two entries are called {', '.join(twice)}")

    def metric_name(self, name: MetricId | str) -> str:
        """A metric's printed name; one that another package adds brings its own."""
        return self.metrics[name].name if isinstance(name, MetricId) else name

    def cap_reason(self, cap: CapId | str) -> str:
        """A cap's reason; one that another version knew brings its own."""
        return self.caps[cap].reason if isinstance(cap, CapId) else cap

    def cap_reasons(self, caps: Sequence[CapId | str]) -> str | None:
        """Why a score is limited; None where it is not."""
        return BETWEEN_REASONS.join(self.cap_reason(cap) for cap in caps) or None

    def unit(self, unit: Unit | str) -> str:
        """A unit as a report prints it; an unknown one stays as it is."""
        return self.units[Unit(unit)] if unit in set(Unit) else unit


def _missing(wanted: Iterable[_Identity], found: Mapping[_Identity, object]) -> list[str]:
    return [f"{type(item).__name__}.{item}" for item in wanted if item not in found]
