"""Stopped commands: whole commands are ended by SIGINT, SIGTERM or SIGKILL at any moment, and gone on with.

    python -m tests.hostile.stopped_commands [COMMAND...] [--count N] [--seed N]

Each must end with 130 or 143 and one true sentence on what is kept, say nothing else, and leave nothing half made; the
same command again, with `--resume` where there is one, must leave what an undisturbed one leaves, to the byte. One line
a command: how many were ended, by which signal, how many had come to their end before; and faults, which must be none.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from tests.hostile.whole_commands import COMMANDS, OUT, Ended, WholeCommand, end, hears, litter, prepare, start

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}
_ABOUT = (__doc__ or "").split("\n")[0]
SOONER = 0.9  # times the latest moment, where a command came to its end before it
NOISE = ("pygame-ce ",)  # lines that others print


def undisturbed(command: WholeCommand, folder: Path) -> tuple[object, float]:
    """What a command leaves in a new folder that nobody ends, and how long it takes once it hears signals."""
    prepare(folder)
    process = start(command, folder)
    hears(process)
    ended = end(process, time.monotonic())
    assert ended.code == 0, ended.err
    assert litter(folder) == []
    return command.left(folder), ended.took_s


def stopped(
    command: WholeCommand, folder: Path, number: signal.Signals, after_s: float, left: object
) -> tuple[bool, list[str]]:
    """End a command some time after it hears signals, and go on: whether it was ended, and what was wrong."""
    prepare(folder)
    process = start(command, folder)
    began = time.monotonic()
    if hears(process):
        time.sleep(after_s)
    ended = end(process, began, number)
    faults = [] if number == signal.SIGKILL else _faults(command, folder, number, ended)
    if faults:
        return ended.stopped, [f"{command.name}, {number.name} after {after_s:.2f} s: {fault}" for fault in faults]
    if number == signal.SIGKILL:
        _remove_hidden(folder)  # what was being written when nobody could clean up
    if command.name == "import-ct" and (folder / OUT / "a").exists():
        return ended.stopped, []  # it is there, and a second one is refused
    again = _again(command, folder)
    process = start(command, folder, again=again)
    hears(process)
    second = end(process, time.monotonic())
    where = f"{command.name}, {number.name} after {after_s:.2f} s, again: "
    if second.code != 0 or "Traceback" in second.err:
        return ended.stopped, [f"{where}{second.code}: {second.err[-600:]}"]
    return ended.stopped, [] if command.left(folder) == left else [f"{where}another outcome"]


def _again(command: WholeCommand, folder: Path) -> bool:
    """Whether there is something to go on with; `run` and `bench` find that out themselves."""
    return command.name != "play" or "commands" in _first_lines(folder / OUT / "session.jsonl")


def _first_lines(record: Path) -> str:
    content = record.read_bytes() if record.is_file() else b""
    return "commands" if content.count(b"\n") > 0 else ""


def _remove_hidden(folder: Path) -> None:
    for path in sorted(folder.rglob(".*"), reverse=True):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _faults(command: WholeCommand, folder: Path, number: signal.Signals, ended: Ended) -> list[str]:
    """What is wrong with how a command ended after a signal."""
    found = []
    if "Traceback" in ended.err or "Exception" in ended.err:
        found.append(f"a traceback: {ended.err[-600:]}")
    if not ended.stopped or ended.code == 0:  # it had done everything before it heard
        return found if ended.code == 0 else [*found, f"exit code {ended.code} by itself: {ended.err[-600:]}"]
    if ended.code != CODES[number]:
        found.append(f"exit code {ended.code}: {ended.err[-600:]}")
    told = [line for line in ended.err.splitlines() if line.startswith("Stopped.")]
    if len(told) != 1:
        return [*found, f"said {told}: {ended.err[-600:]}"]
    said = told[0].removeprefix("Stopped.").strip()
    if not command.is_true(said, folder):
        found.append(f"not true: {told[0]!r}; there: {sorted(path.name for path in folder.rglob('*'))}")
    if [line for line in ended.out.splitlines() if not line.startswith(NOISE)]:
        found.append(f"standard output: {ended.out[:200]!r}")
    left = litter(folder)
    return [*found, f"left behind: {left}"] if left else found


def main(arguments: list[str]) -> int:
    """End the named commands, or all, at random moments."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.stopped_commands", description=_ABOUT)
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=f"of {', '.join(COMMANDS)}")
    parser.add_argument("--count", type=int, default=60, help="of each command, ended before it was done")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    rng, wrong = np.random.default_rng(given.seed), 0
    print("| command | ended | SIGINT | SIGTERM | SIGKILL | done before | undisturbed, s | faults |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for name in given.commands or COMMANDS:
        command, counts, faults = COMMANDS[name], Counter[str](), list[str]()
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "whole").mkdir()
            left, took_s = undisturbed(command, Path(place) / "whole")
            latest_s = took_s
            while (ended := counts.total() - counts["before"]) < given.count:
                folder, number = Path(place) / str(counts.total()), SIGNALS[ended % len(SIGNALS)]
                folder.mkdir()
                was, found = stopped(command, folder, number, float(rng.uniform(0.0, latest_s)), left)
                counts[number.name if was else "before"] += 1
                if not was:  # the first one filled caches: the others are faster
                    latest_s *= SOONER
                print(f"  {name} {ended + was} of {given.count}", file=sys.stderr, flush=True)
                faults += found
                for fault in found:
                    print(f"  {fault}", file=sys.stderr, flush=True)
                shutil.rmtree(folder)
        numbers = [counts.total() - counts["before"], *(counts[one.name] for one in SIGNALS), counts["before"]]
        print(f"| {name} | {' | '.join(map(str, numbers))} | {took_s:.1f} | {len(faults)} |", flush=True)
        wrong += len(faults)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
