"""Research: studies of many runs."""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.cli import benchmark
from simulator.cli.arguments import Commands, named_path
from simulator.cli.output import give_json, say
from simulator.cli.stopping import told_when_stopped
from simulator.errors import UserInputError
from simulator.operators.registry import list_operators

if TYPE_CHECKING:
    from simulator.operators.apart.limits import OperatorLimits
    from simulator.progress import Bars
    from simulator.strategies.study import Study, Trial
    from simulator.strategies.trial import Row

SAY_EVERY_S = 30.0
LIMITS = (
    ("--decision-s", "S", "most time for one command (default: 60)"),
    ("--run-s", "S", "most time for all commands of a run (default: 3600)"),
    ("--memory-mb", "MB", "most memory of its process (default: 8000)"),
)


def add_to(commands: Commands) -> None:
    """The command `bench`."""
    bench = commands.add_parser(
        "bench",
        help="run a study: scenarios x operators x grid x seeds",
        epilog=f"operators that ship:\n{list_operators()}\nYour own: docs/operators.md.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    bench.add_argument(
        "study", nargs="+", help="study file, or the name of one that ships; or `seal`; or `verify` and entries"
    )
    where = bench.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_workers, metavar="N", help="processes (default: one for each processor)")
    where.add_argument("--dask", metavar="ADDRESS", help="scheduler of a Dask cluster, such as tcp://host:8786")
    where.add_argument("--only", metavar="KEY", help="run the row with this key again, alone, and compare")
    bench.add_argument("--shard", type=_shard, metavar="I/N", help="every N-th run, from the I-th on: for batch queues")
    bench.add_argument("--out", type=named_path, help="folder (default: sessions/study-<name>)")
    bench.add_argument("--resume", action="store_true", help="go on with what is in the folder, shards included")
    bench.add_argument("--mix", action="store_true", help="take rows of another state of the code, too, and mark them")
    bench.add_argument("--records", action="store_true", help="keep the record and scorecard of every run")
    for name, unit, words in LIMITS:
        bench.add_argument(name, type=_positive, metavar=unit, help=f"of an operator from a file: {words}")
    bench.add_argument("--json", action="store_true", help="print the result as JSON")
    benchmark.add_options(bench)
    bench.set_defaults(action=_bench)


def _workers(text: str) -> int:
    if not (text.isdigit() and 1 <= int(text) <= 1024):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes from 1 to 1024")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    number, count = (int(part) for part in found.groups()) if found else (0, 0)
    if not 1 <= number <= count:
        raise argparse.ArgumentTypeError(f"{text!r} is no shard: write 1/4 for the first of four")
    return number, count


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return value


def _limits(arguments: argparse.Namespace) -> OperatorLimits:
    from simulator.operators.apart.limits import OperatorLimits

    usual = OperatorLimits()
    return OperatorLimits(
        decision_s=arguments.decision_s or usual.decision_s,
        run_s=arguments.run_s or usual.run_s,
        memory_mb=int(arguments.memory_mb or usual.memory_mb),
    )


def _bench(arguments: argparse.Namespace) -> None:
    """Run a study, a shard of it, or one of its runs; or seal and verify a benchmark."""
    first, *others = arguments.study
    arguments.limits = _limits(arguments)
    if first == "verify":
        benchmark.verify(arguments, others)
    elif others:
        raise UserInputError(f"bench {' '.join(arguments.study)}"[:200], "one study at a time", "name one file")
    elif first == "seal":
        benchmark.seal(arguments)
    else:
        _study(Path(first), arguments)


def _study(path: Path, arguments: argparse.Namespace) -> None:
    from simulator.progress import Bars
    from simulator.strategies.bench import RunOptions, StudyFolder, run_study
    from simulator.strategies.study_file import load_study
    from simulator.strategies.sweep import find_scheduler
    from simulator.warm_up import compile_kernels

    if arguments.dask:
        find_scheduler(arguments.dask)
    study = load_study(path)
    folder = StudyFolder(path=arguments.out or Path("sessions") / f"study-{study.name}", shard=arguments.shard)
    if arguments.only is not None:
        _only(study, folder, arguments)
        return
    with Bars() as bars, told_when_stopped(lambda: _kept(folder)):
        compile_kernels(bars.report)
        options = RunOptions(
            resume=arguments.resume, mix=arguments.mix, keep_records=arguments.records, limits=arguments.limits
        )
        result = run_study(study, folder, options=options, carry=_carrier(arguments), told=_Teller(bars, study.name))
    if arguments.json:
        give_json(result)
    for line in _words(result):
        say(line)


def _kept(folder: Any) -> str:
    """What is kept of a study that a signal ended, and how to go on."""
    if not folder.journal.is_file() or not folder.journal.stat().st_size:
        return "No run was done yet."
    return f"The runs that were done are in {folder.journal}; the same command with --resume goes on with them."


def _only(study: Study, folder: Any, arguments: argparse.Namespace) -> None:
    from simulator.strategies.bench import run_again

    known = folder.open(resume=True) if folder.path.is_dir() else {}
    result = run_again(study, arguments.only, known, limits=arguments.limits)
    if arguments.json:
        give_json(result)
    row = result["row"]
    say(f"Run {row['key']}: score {row['score']:g}, state {row['state_digest'][:16]}.")
    if result["agrees"] is False:
        raise UserInputError(
            str(folder.path), "the row differs from the one in the journal", "use the version that made it"
        )
    if result["agrees"]:
        say("It agrees with the row in the journal.")


def _carrier(arguments: argparse.Namespace) -> Any:
    from simulator.strategies.sweep import in_processes, on_dask

    def carry(trials: Sequence[Trial]) -> Iterator[Row]:
        if arguments.dask:
            return on_dask(trials, arguments.dask)
        return in_processes(trials, arguments.workers or os.cpu_count() or 1)

    return carry


class _Teller:
    """A bar with the time left; where there is no terminal, a line now and then."""

    def __init__(self, bars: Bars, name: str) -> None:
        self._bars, self._name = bars, name
        self._began = self._said = time.monotonic()
        self._first: int | None = None

    def __call__(self, done: int, runs: int) -> None:
        self._bars.report(f"study {self._name}", done / max(runs, 1))
        self._first = done if self._first is None else self._first
        now = time.monotonic()
        if done > self._first and now - self._said > SAY_EVERY_S and not self._bars.console.is_terminal:
            left_s = (now - self._began) / (done - self._first) * (runs - done)
            self._bars.say(f"{done} of {runs} runs; about {left_s / 60:.0f} min left")
            self._said = now


def _words(result: dict[str, Any]) -> list[str]:
    lines = [f"{result['runs']} runs: {result['found_done']} were done, {result['run_now']} were run now."]
    if result["left_out"]:
        lines.append(f"{result['left_out']} rows in the folder are of another form of the study and were left out.")
    for group in result["groups"]:
        point = ", ".join(f"{key} = {value}" for key, value in group["point"].items())
        lines.append(
            f"{group['scenario']}, {group['operator']}{': ' if point else ''}{point}: "
            f"success {100 * group['success']:.0f} %, dural puncture {100 * group['dural_puncture']:.0f} %, "
            f"median DLP {group['median_dlp_mgy_cm']:.1f} mGy cm ({group['runs']} runs)"
        )
    for bad in result["ended_badly"]:
        lines.append(f"{bad['operator']}: {bad['runs']} runs ended with {bad['status']!r}: {bad['first_reason']}")
    lines.append(f"Files: {', '.join(result['files'])}")
    if not any(file.endswith(".parquet") for file in result["files"]):
        lines.append("For Parquet: pip install 'ct-fluoro-sim[research]'")
    return lines
