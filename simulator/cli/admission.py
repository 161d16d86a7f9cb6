"""Admission: which case of a course a learner is given, with which seed, and whether an examination lets them in."""

from __future__ import annotations

import argparse
import sys
import zlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.output import ask, say
from simulator.errors import UserInputError
from simulator.program_name import program_name

if TYPE_CHECKING:
    from simulator.scenario.load import ScenarioFile

SESSIONS = Path("sessions")


def ask_about(learner: str | None) -> None:
    """Ask about a pseudonym that was never added; without a terminal say so and go on.

    Raises:
        UserInputError: whoever was asked does not want to go on.
    """
    from simulator.records.learners import names_file, read_names

    if learner is None or learner in read_names(names_file()):
        return
    say(f"The pseudonym {learner} was never added (`{program_name()} learners --add NAME`).")
    if sys.stdin.isatty() and not ask("Go on with it? [y/N]").lower().startswith("y"):
        raise UserInputError(f"--learner {learner}", "not taken", "add the learner, or mend the pseudonym")


def choose_case(arguments: argparse.Namespace) -> None:
    """Where a course is named, list its cases and put the learner's next one, with its seed, in the arguments' place.

    Raises:
        UserInputError: the course is faulty, no learner is named, or no case is open to them.
    """
    if arguments.resume is not None or arguments.scenario is None:
        return
    from simulator.scenario.file_kind import is_course

    if not is_course(arguments.scenario):
        return
    from simulator.cli.course import print_cases, sessions_in
    from simulator.courses.standing import standing_in
    from simulator.scenario.course_file import load_course

    file = load_course(arguments.scenario)
    if arguments.learner is None:
        raise UserInputError(str(arguments.scenario), "a course is for learners", "name one with --learner")
    standing = standing_in(file, arguments.learner, sessions_in(SESSIONS).finished, date.today())
    print_cases(file, standing)
    following = standing.next_case
    if following is None:
        raise UserInputError(str(arguments.scenario), "no case is open", f"`{program_name()} course` says why")
    arguments.scenario = next(one.path for one in file.cases if one.name == following.name)
    if arguments.seed is None:
        arguments.seed = following.seed


def admitted_seed(file: ScenarioFile, learner: str | None, seed: int | None, sessions: Path = SESSIONS) -> int:
    """The seed with which a case is treated; of an examination one of its own, while the learner has an attempt left.

    Raises:
        UserInputError: the examination knows no such seed, no learner is named, or no attempt is left.
    """
    terms = file.data.get("exam")
    if terms is None:
        return 1 if seed is None else seed
    if learner is None:
        raise UserInputError(str(file.path), "an examination is of a learner", "name one with --learner")
    made = _attempts(file.name, learner, sessions)
    most = terms.get("attempts", 1)
    if made >= most:
        raise UserInputError(str(file.path), f"{learner} has made {made} of {most} attempts", "the teacher adds one")
    seeds = terms["seeds"]
    if seed is None:
        return int(seeds[(zlib.crc32(f"{file.name}/{learner}".encode()) + made) % len(seeds)])
    if seed not in seeds:
        raise UserInputError(f"--seed {seed}", "the examination has other seeds", "leave --seed out")
    return seed


def _attempts(name: str, learner: str, sessions: Path) -> int:
    """Attempts that were begun, whether they were finished or not."""
    from simulator.records.attempts import attempts

    if not sessions.is_dir():
        return 0
    return sum(one.learner == learner and one.scenario == name for one in attempts(sessions))
