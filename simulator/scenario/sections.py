"""Sections: what all tables of a scenario file have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """One table: no unknown keys, no conversions, no infinities."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def number(default: float, low: float, high: float, unit: str, words: str) -> Any:
    """A number in [low, high], with its unit for messages and editors."""
    return Field(
        default=default, ge=low, le=high, description=_described(words, unit), json_schema_extra={"unit": unit}
    )


def optional_number(low: float, high: float, unit: str, words: str) -> Any:
    """A number in [low, high] that may be left out: then the patient's own counts."""
    return Field(default=None, ge=low, le=high, description=_described(words, unit), json_schema_extra={"unit": unit})


def _described(words: str, unit: str) -> str:
    return f"{words}, {unit}" if unit else words
