"""Recording: a procedure that leaves its files: record, frames as they are shown, scorecard, debrief."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.records.folder import SessionFolder
from simulator.records.runs import RecordedSession, card_of, header_of, versions
from simulator.records.session_log import SessionLog
from simulator.report.debrief import write_debrief
from simulator.report.press_frames import FrameWriter
from simulator.scenario.build import Case

Progress = Callable[[str, float], None]


class Recording:
    """One recorded procedure.

    Args:
        case: patient, scenario and seed
        operator: who treats, as the record and the report name them
        scenario_place: where the scenario was read from
        out: folder; None takes the usual one
        learner: pseudonym of a trainee; None for a program

    Raises:
        UserFaultError: the folder cannot be written.
    """

    def __init__(
        self,
        case: Case,
        *,
        operator: str,
        scenario_place: str,
        out: Path | None,
        learner: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.case = case
        self.folder = SessionFolder.prepare(out, case.name, case.world.root_seed)
        self._operator = operator
        self._progress = progress
        self._frames = FrameWriter(self.folder.frames)
        header = header_of(case, operator=operator, hands=case.world.settings.hands.name, scenario_place=scenario_place)
        self._log = SessionLog(self.folder.record, header if learner is None else {**header, "learner": learner})
        self.session = RecordedSession(case, self._log, progress=progress)
        self.session.watch(self._frames.write)
        self.card: dict[str, Any] | None = None

    def close(self) -> dict[str, Any]:
        """Close the record and write the scorecard; what the scorecard says. Presses nobody looked at are made now."""
        if self.card is not None:
            return self.card
        for number in self.session.presses():
            self.session.show(number)
        self.card = card_of(self.case, self.session, self._operator)
        self._log.close({"scorecard": self.card})
        self.folder.card.write_text(json.dumps(self.card, indent=1) + "\n", encoding="utf-8")
        return self.card

    def leave(self) -> None:
        """Leave the record open for a later session; lines that were written stay."""
        self._log.__exit__(None, None, None)

    def report(self) -> Path:
        """Write the moving picture and the debrief; where the debrief is. Only after `close`."""
        if self.card is None:
            raise ValueError("close the record before the report is written")
        self._frames.animate(self.folder.animation)
        write_debrief(
            self.session,
            {**self.card, "versions": versions()},
            self.folder.report,
            title=self.case.scenario.title,
            operator=self._operator,
            progress=self._progress,
        )
        return self.folder.report
