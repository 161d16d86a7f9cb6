"""Study: which operators treat which scenarios under which settings, and its runs in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.operators.registry import names_a_file
from simulator.operators.user_operator import source_file
from simulator.scenario.load import ScenarioFile

Point = tuple[tuple[str, Any], ...]
"""Scenario keys, dotted, and their values at one point of the grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run of a study, with all that a process elsewhere needs to carry it out.

    Attributes:
        key: digest of scenario, operator, point and seed: the run's name in journal and table
        scenario: its name
        resolved: the scenario with the point's values, in plain JSON types
        place, folder: where the scenario came from, for messages and for files that it names
        operator: name, or FILE.py:Class from `operator_folder`
    """

    key: str
    scenario: str
    resolved: dict[str, Any]
    location: str
    folder: str
    operator: str
    operator_folder: str
    point: Point
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A checked study.

    Attributes:
        scenarios: by name, the file as each point of the grid changes it
    """

    name: str
    title: str
    path: Path
    scenarios: Mapping[str, tuple[ScenarioFile, ...]]
    operators: tuple[str, ...]
    points: tuple[Point, ...]
    seeds: tuple[int, ...]

    @property
    def grid_keys(self) -> tuple[str, ...]:
        """Every scenario key that the grid sets, in the order of the file."""
        return tuple(dict.fromkeys(key for point in self.points for key, _ in point))

    def trials(self) -> list[Trial]:
        """All runs: by scenario, operator and point, the same seeds for each.

        Raises:
            UserInputError: what a seed draws for a scenario does not fit together.
        """
        folder = self.path.parent
        sources = {name: _source_digest(name, folder) for name in self.operators}
        found: list[Trial] = []
        for name, files in self.scenarios.items():
            resolved = [[file.scenario_for(seed).model_dump(mode="json") for seed in self.seeds] for file in files]
            for operator in self.operators:
                for point, file, of_seeds in zip(self.points, files, resolved, strict=True):
                    for seed, data in zip(self.seeds, of_seeds, strict=True):
                        identity = [name, data, operator, sources[operator], point, seed]
                        digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode())
                        found.append(
                            Trial(
                                key=digest.hexdigest()[:16],
                                scenario=name,
                                resolved=data,
                                location=str(file.path),
                                folder=str(file.path.parent.resolve()),
                                operator=operator,
                                operator_folder=str(folder.resolve()),
                                point=point,
                                seed=seed,
                            )
                        )
        return found


def _source_digest(operator: str, folder: Path) -> str:
    """A user's operator is what its file says: an edit makes other runs of it."""
    return hashlib.sha256(source_file(operator, folder).read_bytes()).hexdigest() if names_a_file(operator) else ""
