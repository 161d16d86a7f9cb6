"""Tiny disks: whole commands write onto a file system of some kilobytes, and go on when there is room.

    python -m tests.hostile.tiny_disks [COMMAND...] [--kb N ...]

As root on Linux, for a tmpfs is mounted for each. A command must end with 0 or 2 and no traceback, leave nothing half
made, and say truly what is there; with more room the same command, or `--resume`, must leave what it leaves anywhere.
One line each; exit code 1 where something was otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from simulator.records.session_reader import read_session
from tests.hostile.stopped_commands import undisturbed
from tests.hostile.whole_commands import COMMANDS, OUT, SCRIPT, Ended, WholeCommand, end, litter, prepare, start

USUAL_KB = {"run": (4, 64, 512), "preview": (4, 256), "import-ct": (4, 1024), "bench": (4, 64), "play": (4, 64)}
ROOM = "64m"
_ABOUT = (__doc__ or "").split("\n")[0]


def can_mount() -> bool:
    """Whether this account may mount a file system here."""
    with tempfile.TemporaryDirectory() as place:
        try:
            with disk(Path(place) / "try", "4k"):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


@contextlib.contextmanager
def disk(folder: Path, size: str) -> Iterator[None]:
    """A folder that is a file system of this size."""
    folder.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    subprocess.run(line, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def on_a_tiny_disk(command: WholeCommand, place: Path, size_kb: int, left: object) -> tuple[int, list[str]]:
    """Have a command write onto a tiny disk, then onto one with room; its exit code, and what was wrong.

    Args:
        place: a new folder; the disk comes to be in it
        left: what the command leaves where there is room
    """
    prepare(place)
    (place / "elsewhere").mkdir()
    with disk(place / OUT, f"{size_kb}k"):
        ended = _ended(command, place)
        faults = _faults(command, place, ended, left)
        if not faults and ended.code == 2:
            subprocess.run(["mount", "-o", f"remount,size={ROOM}", str(place / OUT)], check=True)
            second = _ended(command, place, again=True)
            if second.code != 0:
                faults.append(f"with room: {second.code}: {second.err[-600:]}")
            elif command.left(place) != left:
                faults.append("with room: another outcome")
    return ended.code, [f"{command.name}, {size_kb} kB: {fault}" for fault in faults]


def _ended(command: WholeCommand, place: Path, *, again: bool = False) -> Ended:
    began = time.monotonic()
    return end(start(command, place, again=again, TMPDIR=str(place / "elsewhere")), began)


def _faults(command: WholeCommand, place: Path, ended: Ended, left: object) -> list[str]:
    found = [f"exit code {ended.code}: {ended.err[-600:]}"] if ended.code not in (0, 2) else []
    if "Traceback" in ended.err:
        found.append(f"a traceback: {ended.err[-600:]}")
    found += [f"left behind: {path}" for path in litter(place)]
    if ended.code == 2:
        told = [line for line in ended.err.splitlines() if "cannot be written" in line]
        found += [] if told else [f"it does not say what cannot be written: {ended.err[-600:]}"]
        if command.name in ("preview", "import-ct") and os.listdir(place / OUT):
            found.append(f"left behind: {os.listdir(place / OUT)}")
    elif command.name == "run":
        found += _not_true_of_run(place, ended.err, left)
    elif command.name == "play":
        found += _not_true_of_play(place, ended.err)
    elif not found and command.left(place) != left:
        found.append("another outcome")
    return found


def _not_true_of_run(place: Path, err: str, left: object) -> list[str]:
    """What the last sentence says of files, held against the files."""
    told = re.search(r"^In (.*?): (.*?)(?:; not there: (.*?))?(?: \(\d+ s\))?\.$", err, re.MULTILINE)
    if told is None:
        return [f"it does not say what is there: {err[-600:]}"]
    folder = place / told[1]
    there = [name for name in told[2].split(", ") if not name.startswith("nothing")]
    missing = (told[3] or "").split(", ") if told[3] else []
    found = [f"{name} is not there" for name in there if not _is_there(folder, name, left)]
    return found + [
        f"{name} is there" for name in missing if name.endswith((".json", ".html")) and (folder / name).exists()
    ]


def _is_there(folder: Path, name: str, left: object) -> bool:
    if name == "the record":
        return (folder / "session.jsonl").read_bytes() == left
    if name == "frames":
        return len(list((folder / "frames").iterdir())) == 2
    return (folder / name).is_file() and (folder / name).stat().st_size > 1000


def _not_true_of_play(place: Path, err: str) -> list[str]:
    told = re.search(r"^The record is kept in (.*?);", err, re.MULTILINE)
    if told is None:
        return [f"it does not say where the record is: {err[-600:]}"]
    commands = read_session(place / told[1]).commands
    return [] if all(one in commands for one in SCRIPT) else [f"{len(commands)} commands are in {told[1]}"]


def main(arguments: list[str]) -> int:
    """Have the named commands, or all, write onto tiny disks."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.tiny_disks", description=_ABOUT)
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=f"of {', '.join(COMMANDS)}")
    parser.add_argument("--kb", type=int, nargs="+", metavar="N", help="sizes of the disks")
    given = parser.parse_args(arguments)
    wrong = 0
    for name in given.commands or COMMANDS:
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "whole").mkdir()
            left, _ = undisturbed(COMMANDS[name], Path(place) / "whole")
            for size_kb in given.kb or USUAL_KB[name]:
                folder = Path(place) / str(size_kb)
                folder.mkdir()
                code, faults = on_a_tiny_disk(COMMANDS[name], folder, size_kb, left)
                print(f"{name}, {size_kb} kB: exit code {code}, {len(faults)} faults", flush=True)
                for fault in faults:
                    print(f"  {fault}", flush=True)
                wrong += len(faults)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
