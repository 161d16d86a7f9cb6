"""Runs: a session with its record, from the first command to the scorecard."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.ct.scanner import Scanner
from simulator.engine.advance import plain
from simulator.engine.events import (
    AcquisitionMade,
    Complication,
    Event,
    Finished,
    MaterialInjected,
    ScoutMade,
    SkinPunctured,
)
from simulator.engine.session import Session, frame_digest, scout_digest
from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph
from simulator.records.earlier import Earlier
from simulator.records.session_log import SessionLog
from simulator.records.strict_json import json_line
from simulator.scenario.build import Case
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.progress import Progress

PROBES_PER_SIDE = 12
SYNCED = (AcquisitionMade, ScoutMade, SkinPunctured, Complication, MaterialInjected, Finished)
"""What must outlive a loss of power: press, puncture, injection, end."""


class RecordedSession(Session):
    """A session that writes down every command, event and image before anybody sees what came of it.

    Args:
        case: patient, scenario and seed
        log: of this session
        earlier: what the log holds already; the session is carried out again up to there, held against the record
        scanner: as for `Session`

    Raises:
        UserInputError: a command holds a number that is none, or does otherwise than the record says.
    """

    def __init__(
        self,
        case: Case,
        log: SessionLog,
        *,
        earlier: Earlier | None = None,
        progress: Progress | None = None,
        scanner: Scanner | None = None,
    ) -> None:
        super().__init__(case.world, progress=progress, scanner=scanner)
        self.log = log
        self._earlier = earlier
        self.watch(self._write_image)
        self.watch_scouts(self._write_scout)

    def do(self, command: Command) -> tuple[Event, ...]:
        """Carry out a command and record it with what came of it."""
        body = _checked(command)
        events = super().do(command)
        if self._earlier is not None:
            lines = self._earlier.unrecorded(command, events)
        else:
            lines = [("command", body), *(("event", plain(event)) for event in events)]
        if lines:
            self.log.write_all(lines, sync=any(isinstance(event, SYNCED) for event in events))
        return events

    def _write_image(self, event: AcquisitionMade, indices: tuple[int, ...] | None, frame: Frame) -> None:
        if self.log.closed:
            return  # what is looked at in the debrief is no part of the session
        if self._earlier is None or not self._earlier.holds_image(event.number, indices):
            self.log.write("image", describe_image(event.number, indices, frame))

    def _write_scout(self, number: int, radiograph: Radiograph) -> None:
        if not self.log.closed and (self._earlier is None or not self._earlier.holds_scout(number)):
            self.log.write("scout", describe_scout(number, radiograph))


def describe_scout(number: int, radiograph: Radiograph) -> dict[str, Any]:
    """What the record keeps of a scout's picture: a digest of all of it, and samples for comparison elsewhere."""
    return {"number": number, "slices": None, "digest": scout_digest(radiograph), "probe": scout_probe(radiograph)}


def scout_probe(radiograph: Radiograph) -> list[list[float]]:
    """mm of water on a coarse grid of a scout, to 0.01 mm."""
    rows, columns = (
        ((np.arange(PROBES_PER_SIDE) + 0.5) * side / PROBES_PER_SIDE).astype(int) for side in radiograph.water_mm.shape
    )
    return [[round(float(v), 2) for v in radiograph.water_mm[np.ix_(rows, columns)].ravel()]]


def describe_image(number: int, indices: tuple[int, ...] | None, frame: Frame) -> dict[str, Any]:
    """What the record keeps of an image: a digest of all of it, and samples for comparison elsewhere."""
    slices = None if indices is None else list(indices)
    return {"number": number, "slices": slices, "digest": frame_digest(frame), "probe": probe(frame)}


def probe(frame: Frame) -> list[list[float]]:
    """HU on a coarse grid of pixels of every slice, to 0.01 HU."""
    side = frame.hu.shape[1]
    at = ((np.arange(PROBES_PER_SIDE) + 0.5) * side / PROBES_PER_SIDE).astype(int)
    return [[round(float(v), 2) for v in plane[np.ix_(at, at)].ravel()] for plane in frame.hu]


def score_session(case: Case, session: Session, operator: str) -> Scorecard:
    """Scorecard of a session."""
    return score_procedure(case.world, session.events, case.rubric, scenario=case.name, operator=operator)


def _checked(command: Command) -> dict[str, Any]:
    """A command as the record will hold it."""
    body = plain(command)
    try:
        json_line(body)
    except ValueError as error:
        name = type(command).__name__
        raise UserInputError(f"command {name}", f"{body} holds a number that is none"[:300], "give a number") from error
    return body
