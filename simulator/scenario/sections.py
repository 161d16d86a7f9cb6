"""Sections: what all tables of a scenario file have in common."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator


class Section(BaseModel):
    """One table: no unknown keys, no conversions, no infinities; a whole number may be written 3.0."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _whole_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        """3.0 where a whole number is asked for is 3, as JSON Schema has it."""
        field = cls.model_fields[str(info.field_name)]
        kinds = set(_plain_types(field.annotation))
        if int not in kinds or float in kinds:
            return value
        if isinstance(value, list):
            return [_whole(item) for item in value]
        return _whole(value)


def number(default: float, low: float, high: float, unit: str, words: str) -> Any:
    """A number in [low, high], with its unit for messages and editors."""
    return Field(
        default=default, ge=low, le=high, description=_described(words, unit), json_schema_extra={"unit": unit}
    )


def optional_number(low: float, high: float, unit: str, words: str) -> Any:
    """A number in [low, high] that may be left out: then the patient's own counts."""
    return Field(default=None, ge=low, le=high, description=_described(words, unit), json_schema_extra={"unit": unit})


def required_text(most: int, about: str) -> Any:
    """A text that must stand there, of up to so many characters."""
    return Field(min_length=1, max_length=most, description=about)


def optional_text(most: int, about: str) -> Any:
    """A text that may be left out."""
    return Field(default=None, min_length=1, max_length=most, description=about)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain_types(annotation: Any) -> list[Any]:
    """The types that an annotation is made of, in lists and alternatives too."""
    if get_origin(annotation) is Annotated:
        return _plain_types(get_args(annotation)[0])
    inner = [part for arg in get_args(annotation) for part in _plain_types(arg)]
    return inner or [annotation]


def _described(words: str, unit: str) -> str:
    return f"{words}, {unit}" if unit else words
