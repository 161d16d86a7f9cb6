"""Variants: a scenario with some of its keys changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.faults import UserFaultError
from simulator.scenario.load import ScenarioFile, parse_scenario
from simulator.scenario.schema import Scenario


def scenario_with(file: ScenarioFile, overrides: Mapping[str, Any], seed: int, place: str) -> Scenario:
    """The scenario of a seed, with dotted keys such as "scanner.preset_tube_current_ma" replaced and checked again.

    Args:
        place: what to call the overrides in messages

    Raises:
        UserFaultError: a key is unknown, or a value does not fit.
    """
    data = file.scenario.model_dump()
    for key, value in overrides.items():
        *tables, last = key.split(".")
        table: Any = data
        for name in tables:
            if table.get(name) is None:
                table[name] = {}
            table = table[name]
            if not isinstance(table, dict):
                raise UserFaultError(f"{place}: {key}", f"{name!r} is no table", "name a key of the scenario")
        table[last] = value
    return parse_scenario(data, "", place)
