"""Words: fields that hold a level or a word of a closed set, parsed once here and typed from here on.

A file holds them as texts, and so does its JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from phantoms.fluid.contrast import INJECTION_LEVELS
from simulator.engine.scripted_events import Happening, Moment
from simulator.vocabulary.anatomy import Laterality, LeakPattern, Zone
from simulator.vocabulary.event_answers import EventAnswer
from simulator.vocabulary.levels import Interspace, Region, Vertebra, parse_level
from simulator.vocabulary.needles import NeedleKind
from simulator.vocabulary.patient_facts import FactKind
from simulator.vocabulary.procedure import Approach, InjectedMaterial, Phase, Touch
from simulator.vocabulary.scanners import ScannerPreset
from simulator.vocabulary.scoring import MetricId

UNKNOWN_LEVEL = "unknown_level"
"""Type of the error of a text that names no level of any patient."""


_AS_TEXT = PlainSerializer(str, return_type=str, when_used="json")


NEAR = (Touch.DURA, Touch.ROOT, Touch.CORD, Touch.BONE)
"""Structures to which the engine knows the tip's distance."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a field offers, in the order in which it is told."""

    words: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class OfLevels:
    """A field that holds the name of a level: which there are in any patient."""

    words: tuple[str, ...]


def _closed_set(*words: StrEnum) -> Any:
    """A field that takes one of some words of an enumeration."""
    known = {str(word): word for word in words}

    def parse(value: object) -> StrEnum:
        found = known.get(value) if isinstance(value, str) else None
        if found is None:
            raise PydanticCustomError("literal_error", "not offered")
        return found

    schema = WithJsonSchema({"enum": list(known), "type": "string"})
    return Annotated[type(words[0]), PlainValidator(parse), _AS_TEXT, schema, Offered(words)]


def choice_of(*options: str | int) -> Any:
    """A field that takes one of a few plain words or whole numbers; 80.0 is 80, and true is not 1."""
    known: dict[object, str | int] = {option: option for option in options}
    kind = type(options[0])

    def parse(value: object) -> str | int:
        fits = not isinstance(value, bool) and isinstance(value, str | int | float)
        if not fits or value not in known:
            raise PydanticCustomError("literal_error", "not offered")
        return known[value]

    json_type = "string" if kind is str else "integer"
    form: dict[str, Any] = {"enum": list(options), "type": json_type}
    if len(options) == 1:
        form = {"const": options[0], "type": json_type}
    return Annotated[kind, PlainValidator(parse), WithJsonSchema(form), Offered(options)]


def _level(parse: Callable[[str], StrEnum], known: tuple[StrEnum, ...]) -> Any:
    """A field that takes the name of a level."""

    def parse_name(value: object) -> StrEnum:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Input should be a valid string")
        try:
            return parse(value)
        except ValueError:
            raise PydanticCustomError(UNKNOWN_LEVEL, "there is no such level") from None

    names = tuple(str(level) for level in known)
    schema = WithJsonSchema({"enum": list(names), "type": "string"})
    return Annotated[StrEnum, PlainValidator(parse_name), _AS_TEXT, schema, OfLevels(names)]


if TYPE_CHECKING:
    InterspaceName = Interspace
    InjectionLevelName = Interspace
    VertebraName = Vertebra
    LevelName = Interspace | Vertebra
    RegionWord = Region
    SideWord = Laterality
    PatternWord = LeakPattern
    ApproachWord = Approach
    ZoneWord = Zone
    NeedleWord = NeedleKind
    ScannerWord = ScannerPreset
    FactWord = FactKind
    PhaseWord = Phase
    TouchWord = Touch
    StructureWord = Touch
    MetricWord = MetricId
    AnswerWord = EventAnswer
    MaterialWord = InjectedMaterial
    HappeningWord = Happening
    MomentWord = Moment
    FormatNumber = int
    Kilovolt = int
    ScanArc = int
    SexWord = str
    HandsWord = str
    DifficultyWord = str
    QuestionTime = str
    QuestionKind = str
    AnswerableWord = str
    CusumWord = str
    RepeatWord = str
else:
    InterspaceName = _level(Interspace, tuple(Interspace))
    InjectionLevelName = _closed_set(*INJECTION_LEVELS)
    VertebraName = _level(Vertebra, tuple(Vertebra))
    LevelName = _level(parse_level, (*Vertebra, *Interspace))
    RegionWord = _closed_set(*Region)
    SideWord = _closed_set(*Laterality)
    PatternWord = _closed_set(*(pattern for pattern in LeakPattern if pattern is not LeakPattern.NONE))
    ApproachWord = _closed_set(*Approach)
    ZoneWord = _closed_set(*Zone)
    NeedleWord = _closed_set(*NeedleKind)
    ScannerWord = _closed_set(*ScannerPreset)
    FactWord = _closed_set(*FactKind)
    PhaseWord = _closed_set(*Phase)
    TouchWord = _closed_set(*Touch)
    StructureWord = _closed_set(*NEAR)
    MetricWord = _closed_set(*MetricId)
    AnswerWord = _closed_set(*EventAnswer)
    MaterialWord = _closed_set(*InjectedMaterial)
    HappeningWord = choice_of(*get_args(Happening))
    MomentWord = choice_of(*get_args(Moment))
    FormatNumber = choice_of(1)
    Kilovolt = choice_of(80, 100, 120, 140)
    ScanArc = choice_of(360, 240)
    SexWord = choice_of("F", "M")
    HandsWord = choice_of("default", "laser", "exact")
    DifficultyWord = choice_of("first", "usual", "difficult", "very difficult")
    QuestionTime = choice_of("before", "after")
    QuestionKind = choice_of("choice", "level and side", "number")
    CusumWord = choice_of("none", "competent")
    RepeatWord = choice_of("once", "until passed", "until competent")
    AnswerableWord = choice_of("vasovagal", "contrast reaction", "severe contrast reaction", "arm line")
