"""Course: a teacher's view of a course and a learner's list of its cases."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, named_path
from simulator.cli.output import give, give_json, say
from simulator.errors import UserInputError
from simulator.files.whole_file import write_whole
from simulator.program_name import program_name

if TYPE_CHECKING:
    from simulator.courses.standing import Standing
    from simulator.report.learners import Attempts
    from simulator.scenario.course_file import CourseFile


USUAL_SESSIONS = Path("sessions")


def add_to(commands: Commands) -> None:
    """The command `course`."""
    course = commands.add_parser("course", help="where the learners of a course stand, and what is next")
    course.add_argument("course", type=named_path, help="course file, or name of one that ships")
    course.add_argument("--learner", metavar="ID", help="the cases as one learner has them")
    course.add_argument("--sessions", type=named_path, default=USUAL_SESSIONS, metavar="DIR", help="default: sessions")
    course.add_argument(
        "--next", type=named_path, metavar="FILE.toml", help="write a case drawn for what cost a learner most"
    )
    course.add_argument("--report", type=named_path, metavar="FILE.html", help="write the report of the group")
    course.add_argument("--csv", type=named_path, metavar="FILE.csv", help="write every attempt")
    course.add_argument("--gradebook", type=named_path, metavar="FILE.csv", help="write one row for each learner")
    course.add_argument("--json", action="store_true", help="print the standings as JSON")
    course.set_defaults(action=_course)


def _course(arguments: argparse.Namespace) -> None:
    """Print a course's cases for a learner or its learners, and write what is asked for."""
    from simulator.courses.group_report import write_group_report
    from simulator.courses.standing import standing_in
    from simulator.courses.tables import attempts_csv, gradebook_csv, is_attempts, is_gradebook
    from simulator.scenario.course_file import load_course

    file = load_course(arguments.course)
    if arguments.sessions != USUAL_SESSIONS and not arguments.sessions.is_dir():
        raise UserInputError(f"--sessions {arguments.sessions}", "there is no such folder", "name the sessions' folder")
    attempts = sessions_in(arguments.sessions)
    learners = [arguments.learner] if arguments.learner else attempts.learners
    standings = [standing_in(file, learner, attempts.finished, date.today()) for learner in learners]
    if not arguments.learner:
        standings = [one for one in standings if any(case.attempts for case in one.cases)]
    if arguments.next is not None:
        _write_next(arguments.next, arguments.learner, attempts)
    if arguments.report is not None:
        write_group_report(file, standings, arguments.report)
        say(f"Wrote {arguments.report}.")
    tables = ((arguments.csv, attempts_csv, is_attempts), (arguments.gradebook, gradebook_csv, is_gradebook))
    for path, table, own in tables:
        if path is not None:
            _write(path, table(file, standings), own)
    if arguments.json:
        give_json({"course": file.name, "learners": [_as_json(one) for one in standings]})
    elif arguments.learner:
        print_cases(file, standings[0])
    else:
        for one in standings:
            passed = sum(case.passed for case in one.cases)
            give(f"{one.learner:<14} {passed} of {len(one.cases)} passed{'; course passed' if one.passed else ''}")
        say(f"{len(standings)} learners of {file.course.title}.")


def sessions_in(folder: Path) -> Attempts:
    """Finished sessions of a folder; none where there is no folder or nothing in it yet."""
    from simulator.report.learners import Attempts, attempts_in

    if not folder.is_dir() or not any(folder.rglob("session.jsonl")):
        return Attempts(finished=(), left_out=())
    return attempts_in(folder)


def print_cases(file: CourseFile, standing: Standing) -> None:
    """A learner's list: each case, how it stands, and the next one."""
    say(f"{file.course.title}: {standing.learner}")
    for one in standing.cases:
        best = "     -" if one.best is None else f"{one.best:6.1f}"
        why = f" ({one.why})" if one.why else f", {one.attempts_left} attempts left" if one.state == "open" else ""
        give(f"{one.name:<28} {best}  {one.state}{why}  {one.title}")
    following = standing.next_case
    if following is not None:
        say(f"Next: {following.name}, seed {following.seed}.")
    elif standing.passed:
        command = f"{program_name()} course {file.name} --learner {standing.learner} --next FILE.toml"
        say(f"The course is passed. `{command}` writes a case for what cost most.")


def _write_next(path: Path, learner: str | None, attempts: Attempts) -> None:
    from simulator.courses.next_case import generate_case

    if learner is None:
        raise UserInputError("--next", "a case is drawn for one learner", "name them with --learner")
    made = generate_case(learner, attempts.by_learner(learner))
    if made is None:
        raise UserInputError(f"--learner {learner}", "there is no finished session of theirs", "treat a case first")
    _write(path, made.text, lambda _: False)


def _write(path: Path, text: str, own: Callable[[Path], bool]) -> None:
    try:
        write_whole(path, lambda beside: beside.write_text(text, encoding="utf-8", newline="\n"), own=own)
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be written ({error.strerror})", "name another file") from error
    say(f"Wrote {path}.")


def _as_json(standing: Standing) -> dict[str, object]:
    return {
        "learner": standing.learner,
        "passed": standing.passed,
        "competent": standing.competent,
        "cases": [
            {
                "name": one.name, "state": one.state, "why": one.why, "attempts": len(one.attempts), "best": one.best,
                "passed": one.passed, "next_seed": one.seed,
            }
            for one in standing.cases
        ],
    }  # fmt: skip
