"""The journal: a line of JSON for each run, so that a search or a judgement that was stopped goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.scoring.search.genes import Genome, Kind
from tests.scoring.search.procedures import Scored

Carried = Callable[[Kind, Genome, str], Scored]
"""Carries a genome of a kind out on a person."""


class Journal:
    """What has been run, by what was done and on whom; what is missing is carried out and appended.

    Args:
        path: the file; none keeps the runs in memory
        carried: carries a genome out
    """

    def __init__(self, path: Path | None, carried: Carried) -> None:
        self.path, self.carried = path, carried
        self.known: dict[str, Scored] = {}
        self.runs = 0
        for line in path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else ():
            row = json.loads(line)
            self.known[_key(Kind(row["kind"]), row["genome"], row["person"])] = Scored(**row["scored"])

    def __call__(self, kind: Kind, genome: Genome, person: str) -> Scored:
        """The run, from the journal where it stands there."""
        key = _key(kind, genome, person)
        self.runs += 1
        if key not in self.known:
            found = self.known[key] = self.carried(kind, genome, person)
            if self.path is not None:
                row = {"kind": str(kind), "person": person, "genome": dict(genome), "scored": asdict(found)}
                with self.path.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(row) + "\n")
        return self.known[key]


def _key(kind: Kind, genome: Genome, person: str) -> str:
    return f"{kind} {person} {json.dumps(dict(sorted(genome.items())))}"
