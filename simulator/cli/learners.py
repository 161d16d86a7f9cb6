"""Learners: who has tried what, under pseudonyms, and the one file that knows the names."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulator.cli.arguments import Commands, named_path
from simulator.cli.output import give, give_json, say


def add_to(commands: Commands) -> None:
    """The commands `attempts` and `learners`."""
    attempts = commands.add_parser("attempts", help="list the sessions in a folder")
    attempts.add_argument("folder", type=named_path, nargs="?", default=Path("sessions"), help="default: sessions")
    attempts.add_argument("--learner", metavar="ID", help="of one learner only")
    attempts.add_argument("--rebuild", action="store_true", help="throw the index away and read every record again")
    attempts.add_argument("--json", action="store_true", help="print them as JSON")
    attempts.set_defaults(action=_attempts)

    learners = commands.add_parser("learners", help="pseudonyms for learners, and the names behind them")
    change = learners.add_mutually_exclusive_group()
    change.add_argument("--add", metavar="NAME", help="a new random pseudonym for a person")
    change.add_argument("--forget", metavar="ID", help="remove the name behind a pseudonym")
    learners.set_defaults(action=_learners)


def _attempts(arguments: argparse.Namespace) -> None:
    """List what was recorded, as the records themselves say."""
    from simulator.records.attempts import as_row, attempts, rebuild

    found = (rebuild if arguments.rebuild else attempts)(arguments.folder)
    if arguments.learner is not None:
        found = [one for one in found if one.learner == arguments.learner]
    if arguments.json:
        give_json({"attempts": [as_row(one) for one in found]})
        return
    for one in found:
        who = one.learner or one.operator or "-"
        score = "    -" if one.score is None else f"{one.score:5.1f}"
        told = one.problem or one.cap_reason or (one.state if one.state == "open" else "")
        give(
            f"{who:<14} {one.started[:16] or '-':<16} {one.scenario or '-':<16} {score}  {one.record}  {told}".rstrip()
        )
    say(f"{len(found)} sessions under {arguments.folder}.")


def _learners(arguments: argparse.Namespace) -> None:
    """List, add or forget names."""
    from simulator.records.learners import add_name, forget_name, names_file, read_names

    path = names_file()
    if arguments.add is not None:
        give(add_name(path, arguments.add))
        say("Start a session with `play --learner` and this pseudonym.")
    elif arguments.forget is not None:
        forget_name(path, arguments.forget)
        say("Forgotten; sessions under this pseudonym stay, and are nobody's.")
    else:
        for pseudonym, name in read_names(path).items():
            give(f"{pseudonym}  {name}")
        say(f"Names are kept in {path} and nowhere else.")
