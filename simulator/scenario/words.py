"""Words: fields that hold a level or a word of a closed set, parsed once here and typed from here on.

A file holds them as texts, and so does its JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from phantoms.fluid.contrast import INJECTION_LEVELS
from simulator.vocabulary.anatomy import Laterality, LeakPattern, Zone
from simulator.vocabulary.levels import Interspace, Region, Vertebra, parse_level
from simulator.vocabulary.needles import NeedleKind
from simulator.vocabulary.patient_facts import FactKind
from simulator.vocabulary.procedure import Approach

UNKNOWN_LEVEL = "unknown_level"
"""Type of the error of a text that names no level of any patient."""


_AS_TEXT = PlainSerializer(str, return_type=str, when_used="json")


@dataclass(frozen=True, slots=True)
class Offered:
    """What a field offers, in the order in which it is told."""

    words: tuple[StrEnum, ...]


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


def _level(parse: Callable[[str], StrEnum]) -> Any:
    """A field that takes the name of a level."""

    def parse_name(value: object) -> StrEnum:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Input should be a valid string")
        try:
            return parse(value)
        except ValueError:
            raise PydanticCustomError(UNKNOWN_LEVEL, "there is no such level") from None

    return Annotated[StrEnum, PlainValidator(parse_name), _AS_TEXT, WithJsonSchema({"type": "string"})]


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
    FactWord = FactKind
else:
    InterspaceName = _level(Interspace)
    InjectionLevelName = _closed_set(*INJECTION_LEVELS)
    VertebraName = _level(Vertebra)
    LevelName = _level(parse_level)
    RegionWord = _closed_set(*Region)
    SideWord = _closed_set(*Laterality)
    PatternWord = _closed_set(LeakPattern.CIRCUMFERENTIAL, LeakPattern.ROOT_SLEEVE, LeakPattern.SLOW)
    ApproachWord = _closed_set(*Approach)
    ZoneWord = _closed_set(*Zone)
    NeedleWord = _closed_set(*NeedleKind)
    FactWord = _closed_set(*FactKind)
