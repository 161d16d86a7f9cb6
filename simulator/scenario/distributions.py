"""Distributions: a number or word of a scenario that each seed draws anew.

`{ uniform = [1, 5] }`, `{ normal = { mean = 3, sd = 1, min = 1, max = 5 } }` (truncated) or `{ choice = ["left",
"right"] }`. Each key has a stream of its own, so that one more drawn key changes no other draw.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin

import numpy as np
from pydantic import BaseModel, Field, model_validator
from pydantic.fields import FieldInfo
from scipy.special import ndtr, ndtri

from simulator.engine.streams import Stream, generator
from simulator.scenario.field_error import Keys
from simulator.scenario.sections import Section

KINDS = ("uniform", "normal", "choice")
DRAWN_DIGITS = 4
FORM = "{ uniform = [low, high] }, { normal = { mean, sd, min, max } } or { choice = [...] }"

Scalar = float | int | str | bool


class Uniform(Section):
    """Every number of a range alike; whole numbers where the key takes whole numbers."""

    uniform: Annotated[list[float], Field(min_length=2, max_length=2, description="lower and upper end")]

    @model_validator(mode="after")
    def _in_order(self) -> Uniform:
        if not self.uniform[0] < self.uniform[1]:
            raise ValueError("the lower end comes first: exchange the two")
        return self

    def extremes(self) -> list[Scalar]:
        """Values between which all draws lie."""
        return list(self.uniform)

    def draw(self, rng: np.random.Generator) -> Scalar:
        """One draw."""
        low, high = self.uniform
        return float(rng.uniform(low, high))


class NormalNumbers(Section):
    """Mean, standard deviation, and the ends at which the distribution is cut off."""

    mean: float
    sd: float = Field(gt=0)
    min: float
    max: float

    @model_validator(mode="after")
    def _in_order(self) -> NormalNumbers:
        if not self.min < self.max:
            raise ValueError("min must be smaller than max: exchange the two")
        if not self.min <= self.mean <= self.max:
            raise ValueError("the mean must lie between min and max: move it there")
        return self


class Normal(Section):
    """A normal distribution, truncated at both ends."""

    normal: NormalNumbers

    def extremes(self) -> list[Scalar]:
        """Values between which all draws lie."""
        return [self.normal.min, self.normal.max]

    def draw(self, rng: np.random.Generator) -> Scalar:
        """One draw, by the inverse of the truncated distribution."""
        n = self.normal
        low, high = ndtr((n.min - n.mean) / n.sd), ndtr((n.max - n.mean) / n.sd)
        value = n.mean + n.sd * float(ndtri(rng.uniform(low, high)))
        return min(max(value, n.min), n.max)


class Choice(Section):
    """One of a list, all alike."""

    choice: Annotated[list[Any], Field(min_length=1, description="values, all alike probable")]

    def extremes(self) -> list[Scalar]:
        """All values."""
        return list(self.choice)

    def draw(self, rng: np.random.Generator) -> Scalar:
        """One draw."""
        chosen: Scalar = self.choice[int(rng.integers(len(self.choice)))]
        return chosen


Distribution = Uniform | Normal | Choice
MODELS: Mapping[str, type[Uniform] | type[Normal] | type[Choice]] = {
    "uniform": Uniform,
    "normal": Normal,
    "choice": Choice,
}


def field_at(model: type[BaseModel], keys: Keys) -> FieldInfo | None:
    """The field of a dotted key; None where the form has none."""
    field: FieldInfo | None = None
    for depth, key in enumerate(keys):
        field = model.model_fields.get(key)
        section = None if field is None else nested_section(field)
        if field is None or (section is None and depth + 1 < len(keys)):
            return None
        model = section or model
    return field


def nested_section(field: FieldInfo) -> type[BaseModel] | None:
    """The table that a field holds; None where it holds a value."""
    for option in _options(field):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def is_drawable(field: FieldInfo) -> bool:
    """Whether a field holds one number or word, and neither a table nor a list."""
    return nested_section(field) is None and not any(get_origin(option) is list for option in _options(field))


def takes_whole_numbers(field: FieldInfo) -> bool:
    """Whether a field holds a whole number of a range."""
    return int in _options(field)


def takes_any_number(field: FieldInfo) -> bool:
    """Whether a field holds any number of a range, and not one of a few."""
    return float in _options(field) or takes_whole_numbers(field)


def drawn(
    data: Mapping[str, Any], distributions: Mapping[Keys, Distribution], model: type[BaseModel], seed: int
) -> Any:
    """A scenario's data with a value in the place of every distribution.

    Args:
        data: as read, distributions and all
        distributions: by dotted key
        model: form of the data
        seed: root of all chance
    """
    values: dict[Keys, Scalar] = {}
    for keys, distribution in distributions.items():
        rng = generator(seed, Stream.SCENARIO, zlib.crc32(".".join(keys).encode()))
        field = field_at(model, keys)
        if field is not None and takes_whole_numbers(field) and isinstance(distribution, Uniform):
            low, high = (int(end) for end in distribution.uniform)
            values[keys] = int(rng.integers(low, high + 1))
            continue
        value = distribution.draw(rng)
        values[keys] = round(value, DRAWN_DIGITS) if isinstance(value, float) else value
    return replaced(data, values)


def replaced(data: Mapping[str, Any], values: Mapping[Keys, Any]) -> dict[str, Any]:
    """A deep copy of tables with these dotted keys set."""
    copy = {key: replaced(item, {}) if isinstance(item, dict) else item for key, item in data.items()}
    for keys, value in values.items():
        table = copy
        for key in keys[:-1]:
            inner = table.get(key)
            if not isinstance(inner, dict):
                inner = table[key] = {}
            table = inner
        table[keys[-1]] = value
    return copy


def _options(field: FieldInfo) -> tuple[Any, ...]:
    annotation = field.annotation
    if get_origin(annotation) in (list, None) or not get_args(annotation):
        return (annotation,)
    return (annotation, *(option for option in get_args(annotation) if option is not type(None)))
