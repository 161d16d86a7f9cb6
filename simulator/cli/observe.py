"""Observe: `observe` tells what a model observer sees at each tube load and voltage, whatever program reads images."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, named_path, seed
from simulator.cli.output import say
from simulator.errors import UserInputError
from simulator.files.whole_file import known_by_first_line, must_be_own, write_whole

if TYPE_CHECKING:
    from simulator.strategies.observer_tasks import Seen

LOADS_MAS, VOLTAGES_KV, PAIRS = (2.5, 5.0, 15.0, 30.0, 100.0), (120,), 60
LEAST_PAIRS = 30
HEAD = (
    "task",
    "tube_voltage_kv",
    "mas",
    "d_prime",
    "low_95",
    "high_95",
    "error_mm",
    "error_low_95",
    "error_high_95",
)
IS_OWN = known_by_first_line(lambda line: line == ",".join(HEAD))
"""Whether a file is such a table, which may be written again."""


def add_to(commands: Commands) -> None:
    """The command `observe`."""
    observe = commands.add_parser("observe", help="what a model observer sees, by tube load and voltage")
    observe.add_argument("--mas", type=_load, nargs="+", default=LOADS_MAS, metavar="X", help="tube loads of one turn")
    observe.add_argument("--kv", type=int, nargs="+", default=VOLTAGES_KV, choices=(80, 100, 120, 140), metavar="N")
    observe.add_argument(
        "--pairs", type=_pairs, default=PAIRS, metavar="N", help="images with and without (default: 60)"
    )
    observe.add_argument("--case", type=named_path, default=Path("patient-2"), help="whose canal (default: patient-2)")
    observe.add_argument("--seed", type=seed, default=1, help="root of all chance (default: 1)")
    observe.add_argument("--out", type=named_path, default=Path("observer.csv"), help="table (default: observer.csv)")
    observe.set_defaults(action=_observe)


def _load(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 2.0 <= value <= 150.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no tube load from 2 to 150 mAs")
    return value


def _pairs(text: str) -> int:
    if not (text.isdigit() and LEAST_PAIRS <= int(text) <= 10_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of pairs from {LEAST_PAIRS} to 10000")
    return int(text)


def _observe(arguments: argparse.Namespace) -> None:
    """Measure each task at each setting, and write a table."""
    from simulator.ct.scanner import Scanner
    from simulator.ct.scanner_model import scanner_model
    from simulator.progress import Bars
    from simulator.scenario.build import build_from_file
    from simulator.scenario.load import load_scenario
    from simulator.strategies.observer_tasks import Task, observe

    file = load_scenario(arguments.case)
    if not arguments.out.absolute().parent.is_dir():
        raise UserInputError(str(arguments.out), "there is no such folder", "name another --out")
    must_be_own(arguments.out, IS_OWN)
    settings = [(kv, mas, task) for kv in arguments.kv for mas in arguments.mas for task in Task]
    found = []
    with Bars() as bars:
        case = build_from_file(file, seed=arguments.seed, progress=bars.report)
        model = scanner_model(case.world.settings.imaging.scanner)
        scanner, level = Scanner.of_model(case.world.phantom, model), case.world.phantom.leak.level
        if level is None:
            raise UserInputError(str(file.path), "this patient has no leak", "name a case with one")
        for number, (kv, mas, task) in enumerate(settings):
            bars.report("settings", number / len(settings))
            found.append(
                observe(case.world.phantom, scanner, level, task, tube_voltage_kv=kv, mas=mas, pairs=arguments.pairs)
            )
    _write(found, arguments.out)
    say(f"{len(found)} settings are in {arguments.out}.")


def _write(found: list[Seen], path: Path) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(HEAD)
    for one in found:
        numbers = (one.detectability.d_prime, *one.detectability.interval)
        errors = (one.localisation.error_mm, *one.localisation.interval)
        rounded = [f"{value:.3g}" for value in (*numbers, *errors)]
        writer.writerow((str(one.task), one.tube_voltage_kv, f"{one.mas:g}", *rounded))
    try:
        write_whole(path, lambda beside: beside.write_text(lines.getvalue(), encoding="utf-8"), own=IS_OWN)
    except OSError as error:
        raise UserInputError(str(path), f"this cannot be written ({error.strerror})", "name another --out") from error
