"""Distributions: a number or word of a scenario that each seed draws anew.

`{ uniform = [1, 5] }`, `{ normal = { mean = 3, sd = 1, min = 1, max = 5 } }` (truncated) or `{ choice = ["left",
"right"] }`. Each key has a stream of its own, so that one more drawn key changes no other draw.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field, model_validator

from simulator.engine.streams import Stream, generator
from simulator.scenario.field_error import Keys, names
from simulator.scenario.form_fields import field_at, takes_whole_numbers
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
        if self.uniform[0] == self.uniform[1]:
            raise ValueError("both ends are alike, so that nothing is drawn: write one value")
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

    mean: float = Field(description="before the distribution is cut off")
    sd: float = Field(gt=0, description="standard deviation before it is cut off")
    min: float = Field(description="lower end, where it is cut off")
    max: float = Field(description="upper end, where it is cut off")

    @model_validator(mode="after")
    def _in_order(self) -> NormalNumbers:
        if not self.min < self.max:
            raise ValueError("min must be smaller than max: exchange the two")
        if not self.min <= self.mean <= self.max:
            raise ValueError("the mean must lie between min and max: move it there")
        return self


class Normal(Section):
    """A normal distribution, truncated at both ends."""

    normal: NormalNumbers = Field(description="mean, standard deviation and the two ends")

    def extremes(self) -> list[Scalar]:
        """Values between which all draws lie."""
        return [self.normal.min, self.normal.max]

    def draw(self, rng: np.random.Generator) -> Scalar:
        """One draw, by the inverse of the truncated distribution."""
        from scipy.special import ndtr, ndtri  # which take as long to load as ten cases to check

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


def drawn(
    data: Mapping[str, Any],
    distributions: Mapping[Keys, Distribution],
    model: type[BaseModel],
    seed: int,
    attempt: int = 0,
) -> Any:
    """A scenario's data with a value in the place of every distribution.

    Args:
        data: as read, distributions and all
        distributions: by dotted key
        model: form of the data
        seed: root of all chance
        attempt: how many draws of this seed were rejected before
    """
    values: dict[Keys, Scalar] = {}
    for keys, distribution in distributions.items():
        again = f" {attempt}" if attempt else ""
        rng = generator(seed, Stream.SCENARIO, zlib.crc32((".".join(names(keys)) + again).encode()))
        field = field_at(model, keys)
        if field is not None and takes_whole_numbers(field) and isinstance(distribution, Uniform):
            low, high = (int(end) for end in distribution.uniform)
            values[keys] = int(rng.integers(low, high + 1))
            continue
        value = distribution.draw(rng)
        values[keys] = round(value, DRAWN_DIGITS) if isinstance(value, float) else value
    return replaced(data, values)


def replaced(data: Mapping[str, Any], values: Mapping[Keys, Any]) -> dict[str, Any]:
    """A deep copy of tables and their lists with these keys set; a row that there is not is left alone."""
    copy: dict[str, Any] = _copied(data)
    for keys, value in values.items():
        table: Any = copy
        for key in keys[:-1]:
            if isinstance(key, int):
                table = table[key] if isinstance(table, list) and key < len(table) else {}
                continue
            inner = table.get(key) if isinstance(table, dict) else None
            if not isinstance(inner, dict | list):
                inner = {}
                if isinstance(table, dict):
                    table[key] = inner
            table = inner
        _set(table, keys[-1], value)
    return copy


def _set(table: Any, key: str | int, value: Any) -> None:
    if isinstance(key, int):
        if isinstance(table, list) and key < len(table):
            table[key] = value
    elif isinstance(table, dict):
        table[key] = value


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value
