"""Runs: a session with its record, from the first command to the scorecard."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any

import numpy as np

from simulator.ct.frame import Frame
from simulator.procedure.advance import plain
from simulator.procedure.commands import Command
from simulator.procedure.events import AcquisitionMade, Event
from simulator.procedure.session import Session, frame_digest
from simulator.records.session_log import SessionLog
from simulator.scenario.build import Case
from simulator.scoring.scorecard import scorecard

PROBES_PER_SIDE = 12


class RecordedSession(Session):
    """A session that writes down every command, event and image before anybody sees what came of it."""

    def __init__(self, case: Case, log: SessionLog, *, progress: Any = None) -> None:
        super().__init__(case.world, progress=progress)
        self._log = log
        self.watch(self._write_image)

    def do(self, command: Command) -> tuple[Event, ...]:
        """Carry out a command and record it with what came of it."""
        events = super().do(command)
        self._log.write("command", plain(command))
        for event in events:
            self._log.write("event", plain(event))
        return events

    def _write_image(self, event: AcquisitionMade, indices: tuple[int, ...] | None, frame: Frame) -> None:
        self._log.write("image", image_body(event.number, indices, frame))


def image_body(number: int, indices: tuple[int, ...] | None, frame: Frame) -> dict[str, Any]:
    """What the record keeps of an image: a digest of all of it, and samples for comparison elsewhere."""
    slices = None if indices is None else list(indices)
    return {"number": number, "slices": slices, "digest": frame_digest(frame), "probe": probe(frame)}


def probe(frame: Frame) -> list[list[float]]:
    """HU on a coarse grid of pixels of every slice, to 0.1 HU."""
    side = frame.hu.shape[1]
    at = ((np.arange(PROBES_PER_SIDE) + 0.5) * side / PROBES_PER_SIDE).astype(int)
    return [[round(float(v), 1) for v in plane[np.ix_(at, at)].ravel()] for plane in frame.hu]


def header_of(case: Case, *, operator: str, hands: str, scenario_place: str) -> dict[str, Any]:
    """What makes a record self-contained."""
    return {
        "scenario": case.name,
        "scenario_place": scenario_place,
        "resolved": case.scenario.model_dump(mode="json"),
        "phantom_digest": case.world.phantom.digest,
        "operator": operator,
        "hands": hands,
        "seed": case.world.root_seed,
        "rubric_digest": case.rubric.digest(),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Versions on which bit-identical replay depends."""
    packages = {name: metadata.version(name) for name in ("numpy", "numba", "scipy")}
    try:
        own = metadata.version("ct-fluoro-sim")
    except metadata.PackageNotFoundError:
        own = "not installed"
    return {
        "ct-fluoro-sim": own,
        **packages,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def card_of(case: Case, session: Session, operator: str) -> dict[str, Any]:
    """Scorecard of a session."""
    return scorecard(case.world, session.state, session.events, case.rubric, scenario=case.name, operator=operator)
