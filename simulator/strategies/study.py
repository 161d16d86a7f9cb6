"""Study: which operators treat which scenarios under which settings, and its runs in order."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from simulator.files.small_file import read_small_bytes
from simulator.operators.apart.limits import OperatorLimits
from simulator.operators.registry import names_a_file
from simulator.operators.user_operator import source_file
from simulator.records.versions import versions
from simulator.scenario.load import ScenarioFile

LARGEST_SOURCE_BYTES = 20_000_000  # of a file of an operator
Point = tuple[tuple[str, Any], ...]
"""Scenario keys, dotted, and their values at one point of the grid; a value may be a list."""


NO_PART_OF_AN_OPERATOR = {".csv", ".jsonl", ".md", ".parquet", ".png", ".toml"}
"""What studies are read from and what they write, which may lie beside an operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run of a study, with all that a process elsewhere needs to carry it out.

    Attributes:
        key: digest of scenario, operator, point, seed, limits and code: the run's name in journal and table
        scenario: its name
        resolved: the scenario with the point's values, in plain JSON types
        place, folder: where the scenario came from, for messages and for files that it names
        operator: name, or FILE.py:Class from `operator_folder`
        limits: of an operator from a file
        repeat: whether such an operator is asked twice, so that one whose commands cannot be had again is noticed
        records: folder in which the run leaves its record and scorecard; None for none
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
    limits: OperatorLimits = field(default=OperatorLimits())
    repeat: bool = False
    records: str | None = None

    @property
    def cell(self) -> str:
        """What was asked, whatever code answers it: scenario, operator, point and seed."""
        return cell_of(self.scenario, self.operator, self.point, self.seed)


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

    def trials(self, *, limits: OperatorLimits | None = None, records: Path | None = None) -> list[Trial]:
        """All runs: by scenario, operator and point, the same seeds for each.

        Args:
            limits: of operators from files; the usual ones if None
            records: folder in which each run leaves its record; None for none

        Raises:
            UserInputError: what a seed draws for a scenario does not fit together.
        """
        folder, limits = self.path.parent, limits or OperatorLimits()
        code, most = versions()["source"], asdict(limits)
        sources = {name: source_digest(name, folder) for name in self.operators}
        found: list[Trial] = []
        for name, files in self.scenarios.items():
            resolved = [[file.scenario_for(seed).model_dump(mode="json") for seed in self.seeds] for file in files]
            for operator in self.operators:
                for point, file, of_seeds in zip(self.points, files, resolved, strict=True):
                    for seed, data in zip(self.seeds, of_seeds, strict=True):
                        own = names_a_file(operator)
                        repeat = own and seed == self.seeds[0]
                        identity = [name, data, operator, sources[operator], point, seed, code]
                        identity += [most, repeat] if own else []
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
                                limits=limits,
                                repeat=repeat,
                                records=None if records is None else str(records.resolve()),
                            )
                        )
        return found


def point_name(point: Point) -> str:
    """A point as one text, the same in whatever order its keys stand: what groups of runs are kept by."""
    return json.dumps(sorted(point, key=lambda item: item[0]))


def cell_of(scenario: str, operator: str, point: Point, seed: int) -> str:
    """What was asked of one run, as one text."""
    return json.dumps([scenario, operator, sorted(point, key=lambda item: item[0]), seed], default=str)


def source_digest(operator: str, folder: Path) -> str:
    """A user's operator is what its file, the files beside it and its packages hold: a change makes other runs of it.

    Weights count as code does. What a study writes, and texts that tell of one, are no part of an operator.
    """
    if not names_a_file(operator):
        return ""
    path = source_file(operator, folder)
    digest = hashlib.sha256(read_small_bytes(path, largest_bytes=LARGEST_SOURCE_BYTES))
    for beside in _own_files(path.parent):
        if beside.suffix == ".py":
            content = hashlib.sha256(read_small_bytes(beside, largest_bytes=LARGEST_SOURCE_BYTES)).digest()
        else:
            with beside.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
        digest.update(os.fsencode(beside.relative_to(path.parent)) + content)
    return digest.hexdigest()


def _own_files(folder: Path) -> list[Path]:
    """Files in a folder and in its packages that an operator there may read."""
    found = []
    for one in sorted(folder.iterdir()):
        if one.name.startswith(".") or one.name == "__pycache__":
            continue
        if one.is_dir():
            found += _own_files(one) if (one / "__init__.py").is_file() else []
        elif one.suffix == ".py" or (one.is_file() and one.suffix not in NO_PART_OF_AN_OPERATOR):
            found.append(one)
    return found
