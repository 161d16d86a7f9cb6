"""Parameters: the numbers of the flow and of how people differ, from one committed table with the source of each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def _table() -> Mapping[str, float]:
    text = resources.files("simulator.patch").joinpath("data/epidural_flow.csv").read_text(encoding="utf-8")
    return {row["name"]: float(row["value"]) for row in csv.DictReader(text.splitlines())}


def parameter(name: str) -> float:
    """The value of a row of `data/epidural_flow.csv`, in the unit that the table says."""
    return _table()[name]
