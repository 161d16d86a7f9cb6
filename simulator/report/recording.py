"""Recording: a procedure that leaves its files: record, frames as they are shown, scorecard, debrief."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.engine.events import AcquisitionMade
from simulator.errors import UserInputError
from simulator.files.small_file import read_small_bytes
from simulator.files.whole_file import MADE_BY, is_own, write_whole
from simulator.interface.frame import Frame
from simulator.program_name import program_name
from simulator.records.earlier import Earlier
from simulator.records.folder import SessionFolder
from simulator.records.header import describe_case
from simulator.records.record_file import Say, say_on_stderr
from simulator.records.runs import RecordedSession, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.records.session_record import SessionRecord
from simulator.records.versions import versions
from simulator.report.debrief import write_debrief
from simulator.report.findings import findings_to_json
from simulator.report.lesson import review_lesson
from simulator.report.press_frames import FrameWriter
from simulator.scenario.build import Case
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.user_metrics import user_metrics
from simulator.vocabulary.progress import Progress

WITHHELD = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="{MADE_BY}"><title>Examination</title></head>
<body><h1>Examination</h1><p>The session is recorded. The teacher releases score and truth.</p></body></html>
"""


class Recording:
    """One recorded procedure. What the disk does not take never ends it: it is said, and tried again.

    Args:
        case: patient, scenario and seed
        operator: who treats, as the record and the report name them
        scenario_path: where the scenario was read from
        out: folder; None takes the usual one
        learner: pseudonym of a trainee; None for a program
        earlier: a session that was left or killed, to be gone on with in its own folder; its commands must be carried
            out again before any new one
        say: told in one sentence what befalls the disk

    Raises:
        UserInputError: the folder cannot be written.
    """

    def __init__(
        self,
        case: Case,
        *,
        operator: str,
        scenario_path: str,
        out: Path | None,
        learner: str | None = None,
        earlier: SessionRecord | None = None,
        progress: Progress | None = None,
        say: Say = say_on_stderr,
    ) -> None:
        self.case = case
        self._operator = operator
        self._learner: str | None = learner if earlier is None else earlier.header.learner
        self._progress = progress
        self._say = say
        if earlier is None:
            self.folder = SessionFolder.prepare(out, case.name, case.world.root_seed, learner)
            header = describe_case(
                case,
                operator=operator,
                hands=case.world.settings.hands.name,
                scenario_path=scenario_path,
                learner=learner,
                started=None if learner is None else datetime.now(UTC).isoformat(timespec="seconds"),
                record=self.folder.record,
            )
            self._log = SessionLog(self.folder.record, header, say=say)
        else:
            header = earlier.header
            self.folder = SessionFolder(path=earlier.path.parent)
            self._log = SessionLog.going_on(earlier, say=say)
            if earlier.header.versions != versions() and earlier.closing is None:
                self._log.write("resumed", {"versions": versions()})
        self._frames = FrameWriter(self.folder.frames)
        self._unwritten: set[tuple[int, tuple[int, ...] | None]] = set()
        self.session = RecordedSession(
            case, self._log, earlier=None if earlier is None else Earlier(earlier), progress=progress
        )
        self.session.watch(self._write_frame)
        self.begun = None if header.started is None else datetime.fromisoformat(header.started)
        self.card: Scorecard | None = None
        self._written: set[str] = set()

    @property
    def saved(self) -> bool:
        """Whether the disk holds all that was recorded."""
        return self._log.saved

    def close(self) -> Scorecard:
        """Close the record and write the scorecard; what the scorecard says. Presses nobody looked at are made now."""
        if self.card is not None:
            return self.card
        for number in self.session.presses():
            self.session.prepare_image(number)
        self.card = score_session(self.case, self.session, self._operator)
        body = scorecard_to_json(self.card)
        self._log.close(digest=self.session.state.digest, scorecard=body)
        self._follow()
        if self.withheld:
            return self.card
        told = {**body, "debrief": findings_to_json(self.session, self.card)}
        text = json.dumps(told, indent=1) + "\n"
        self._put(self.folder.card, lambda path: path.write_text(text, encoding="utf-8"), _is_scorecard)
        return self.card

    @property
    def withheld(self) -> bool:
        """Whether score and truth wait for the teacher: the case is an examination of a learner."""
        return self.case.scenario.exam is not None and self._learner is not None

    def leave(self) -> None:
        """Leave the record open for a later session; lines that were written stay, elsewhere if need be."""
        self._log.leave()
        if self._log.path.parent != self.folder.path:
            self.folder = SessionFolder(path=self._log.path.parent)

    def report(self) -> Path:
        """Write the moving picture and the debrief; where the debrief is. Only after `close`."""
        card = self.card
        if card is None:
            raise ValueError("close the record before the report is written")
        if self.withheld:
            self._put(self.folder.report, lambda path: path.write_text(WITHHELD, encoding="utf-8"))
            return self.folder.report
        if self._frames.moves:
            self._put(self.folder.animation, self._frames.animate)
        self._put(self.folder.report, lambda path: self._write_debrief(card, path))
        return self.folder.report

    def what_is_there(self) -> str:
        """One sentence on which files there are, and which could not be written."""
        folder, wanted = self.folder, {"scorecard.json", "report.html"}
        there = [
            *(["the record"] if self._log.saved else []),
            *(["frames"] if not self._unwritten and self.session.presses() else []),
            *sorted(wanted & self._written, reverse=True),
        ]
        missing = [*([] if self._log.saved else ["the whole record"]), *sorted(wanted - self._written)]
        sentence = f"In {folder.path}: {', '.join(there) or 'nothing that is whole'}"
        return f"{sentence}; not there: {', '.join(missing)}." if missing else f"{sentence}."

    def _write_debrief(self, card: Scorecard, path: Path) -> None:
        write_debrief(
            self.session,
            card,
            path,
            title=self.case.world.settings.title,
            operator=self._operator,
            rubric=self.case.rubric,
            learner=self._learner,
            user_metrics=self._user_metrics(),
            lesson=review_lesson(self.case, card, self.session.events),
            versions=versions(),
            progress=self._progress,
        )

    def _user_metrics(self) -> list[Metric]:
        """What other packages measure; one that fails is named and costs nobody the debrief."""
        try:
            return user_metrics(summarise(self.session.world, self.session.events))
        except UserInputError as fault:
            self._say(f"{fault}; the debrief goes without it.")
            return []

    def _write_frame(self, event: AcquisitionMade, indices: tuple[int, ...] | None, frame: Frame) -> None:
        try:
            self.folder.frames.mkdir(parents=True, exist_ok=True)
            self._frames.write(event, indices, frame)
        except OSError as error:
            if not self._unwritten and self._log.saved:  # else the record has said it
                why = error.strerror or str(error)
                self._say(f"{self.folder.frames} takes no pictures ({why}); they are tried again at the end.")
            self._unwritten.add((event.number, indices))

    def _follow(self) -> None:
        """Go where the record went, and write the pictures that could not be written."""
        if self._log.path.parent != self.folder.path:
            self.folder = SessionFolder(path=self._log.path.parent)
            self._frames = FrameWriter(self.folder.frames)
            self._unwritten.update((number, None) for number in self.session.presses())
        waiting, self._unwritten = self._unwritten, set()
        for number, indices in sorted(waiting, key=lambda one: one[0]):
            frame = self.session.image(number, indices)
            self._write_frame(self.session.acquisition(number), indices, frame)

    def _put(self, path: Path, write: Callable[[Path], Any], own: Callable[[Path], bool] = is_own) -> None:
        """Write a file whole or not at all, and never over one that this program did not make."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, write, own=own)
            self._written.add(path.name)
        except (OSError, UserInputError) as error:
            why = error.what if isinstance(error, UserInputError) else error.strerror or str(error)
            self._say(
                f"{path} cannot be written ({why}); `{program_name()} report {path.parent}` makes it from the record."
            )


def _is_scorecard(path: Path) -> bool:
    """Whether a file is a scorecard, which may be written again."""
    try:
        head = read_small_bytes(path)[:1000]
    except UserInputError:
        return False
    return not head or (head.startswith(b'{\n "schema":') and b'"rubric_digest":' in head)
