"""Recorded procedure: the session behind the window, with its record on disk. It gives Views to the window.

The truth leaves it once: in the debrief, after the procedure is finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from simulator.gui.debrief_facts import DebriefFacts, OtherEnd
from simulator.gui.engine_worker.procedure import Opening
from simulator.gui.ground_truth.gather_debrief_facts import gather_debrief_facts
from simulator.gui.ground_truth.gather_other_end import gather_other_end
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph
from simulator.interface.view import View
from simulator.report.lesson import review_lesson
from simulator.report.recording import Recording
from simulator.vocabulary.progress import Progress

ASSISTED = "trainee, assisted: practice from an earlier command"
"""Operator of a session that was branched off another one."""


class RecordedProcedure:
    """A `Procedure` of the engine worker over a recording.

    Args:
        recording: of the session
        earlier: commands of a session that is resumed; they are carried out again first
        notices: sentences for the trainee, filled by whoever records
    """

    def __init__(self, recording: Recording, earlier: Sequence[Command] = (), notices: list[str] | None = None) -> None:
        self._recording = recording
        self._notices = [] if notices is None else notices
        seen: list[tuple[Command | None, View]] = [(None, recording.session.view())]
        for command in earlier:
            recording.session.do(command)
            seen.append((command, recording.session.view()))
        self._past = tuple(seen)

    def do(self, command: Command) -> View:
        """Carry out a command; what is perceived afterwards."""
        self._recording.session.do(command)
        return self.view()

    def view(self) -> View:
        """What is perceived now."""
        return self._recording.session.view()

    def past(self) -> tuple[tuple[Command | None, View], ...]:
        """The first View, then each command that was carried out again with the View after it."""
        return self._past

    def branch(self, commands: Sequence[Command]) -> Opening:
        """What opens the same patient after the first commands, in a record of its own, marked as assisted.

        It belongs to no learner, so that practice does not count as an attempt.
        """
        parent = self._recording

        def opening(progress: Progress) -> tuple[RecordedProcedure, int]:
            notices: list[str] = []
            recording = Recording(
                parent.case,
                operator=ASSISTED,
                scenario_path="",
                out=_practice_folder(parent.folder.path),
                progress=progress,
                say=notices.append,
            )
            return RecordedProcedure(recording, commands, notices), 0

        return opening

    def picture(self, number: int, indices: Sequence[int]) -> Frame:
        """Slices of an acquisition, made before anybody looks at them."""
        session = self._recording.session
        whole = len(indices) == len(session.acquisition(number).slices.centres_table_mm)
        return session.prepare_image(number, None if whole else indices)

    def scout(self, number: int) -> Radiograph:
        """Picture of a scout; it stands before the trainee once it is made."""
        return self._recording.session.show_scout(number)

    def used_s(self) -> float:
        """Time on the wall since the record was begun, s; 0 where nobody's time is kept."""
        begun = self._recording.begun
        return 0.0 if begun is None else max((datetime.now(UTC) - begun).total_seconds(), 0.0)

    def notices(self) -> list[str]:
        """Sentences that have come since the last call."""
        found = list(self._notices)
        del self._notices[: len(found)]
        return found

    def debrief(self, progress: Progress) -> DebriefFacts | None:
        """Close the record; what the debrief shows, or None where the teacher releases it."""
        recording = self._recording
        if not recording.session.state.finished:
            raise ValueError("the procedure is not finished")
        card = recording.close()
        if recording.withheld:
            return None
        return gather_debrief_facts(
            recording.session,
            card,
            review_lesson(recording.case, card, recording.session.events),
            recording.case.wordings,
        )

    def other_end(self, number: int, progress: Progress) -> OtherEnd:
        """Let the expert go on from a command (from 1) of the finished procedure."""
        recording = self._recording
        if recording.withheld or not recording.session.state.finished:
            raise ValueError("another end is shown after a debrief alone")
        return gather_other_end(recording.case, recording.session, recording.close(), number, progress)

    def report(self, progress: Progress) -> str:
        """Write the report; where it is."""
        return str(self._recording.report())

    def close(self) -> None:
        """Leave the record as it is."""
        self._recording.leave()


def _practice_folder(session: Path) -> Path:
    """The next free folder for practice beside a session's files."""
    number = 1
    while (session / f"practice-{number}").exists():
        number += 1
    return session / f"practice-{number}"
