"""Mutants of every kind of file that the program reads, and what becomes of them.

    python -m tests.hostile.mutants [KIND...] [--count N] [--seed N] [--keep FILE]

One line a kind: how many were made; refused in one message; read as what the file said before; read as something else
(a case with another number is another case); and three numbers that must be 0: exceptions that are ours, mutants that
took more than two seconds of the processor, and scores that are not what the commands give. Exit code 1 if one is not.
With `--keep` counts are kept in FILE, and a run that was ended goes on from there while the code is the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from phantoms.from_ct.image import CtFault
from simulator.errors import UserInputError
from simulator.records.versions import versions
from tests.hostile.mutant_kind import Kind
from tests.hostile.mutant_kinds import KINDS

LONGEST_S, HANGS_S = 2.0, 120  # of the processor; and on the clock, however busy the machine is
LONGEST_MESSAGE = 4000
PORTION = 500  # mutants that are counted, and kept, at once


class HangError(BaseException):
    """A reader did not come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the mutants of one kind of file.

    Attributes:
        counts: by verdict: refused, same, other, escaped, slow, score
        worst_s: most time of the processor that one took
        first: the first that must not be, in words
    """

    kind: str
    mutants: int
    counts: Counter[str]
    worst_s: float
    first: str

    @property
    def well(self) -> bool:
        """Whether nothing happened that must not."""
        return not (self.counts["escaped"] or self.counts["slow"] or self.counts["score"])

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return replace(
            self,
            mutants=self.mutants + other.mutants,
            counts=self.counts + other.counts,
            worst_s=max(self.worst_s, other.worst_s),
            first=self.first or other.first,
        )


def tally(kind: Kind, count: int, seed: int, kept: Kept | None = None) -> Tally:
    """Make mutants of one kind of file and judge each, in portions; those that were kept are not made again."""
    found = Tally(kind=kind.name, mutants=0, counts=Counter(), worst_s=0.0, first="")
    while found.mutants < count:  # a change that changes nothing is none
        of = min(PORTION, count - found.mutants)
        name = f"{kind.name} {seed} {found.mutants} {of}"
        portion = None if kept is None else kept.known.get(name)
        if portion is None:
            portion = _portion(kind, of, [seed, found.mutants])
            if kept is not None:
                kept.keep(name, portion)
        found = found.plus(portion)
    return found


class Kept:
    """What was counted already, a line of JSON each portion; what another state of the code counted is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        sources = b"".join(one.read_bytes() for one in sorted(Path(__file__).parent.glob("*mutant*.py")))
        self._state = versions()["source"] + hashlib.sha256(sources).hexdigest()[:16]
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        self.known = {
            line["name"]: Tally(**{**line["tally"], "counts": Counter(line["tally"]["counts"])})
            for line in lines
            if line["state"] == self._state
        }

    def keep(self, name: str, portion: Tally) -> None:
        """Add a portion."""
        with self._path.open("a", encoding="utf-8") as file:
            plain = {item.name: getattr(portion, item.name) for item in fields(portion)}
            file.write(json.dumps({"state": self._state, "name": name, "tally": plain}) + "\n")


def _portion(kind: Kind, count: int, seed: list[int]) -> Tally:
    rng = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    worst, first, made = 0.0, "", 0
    while made < count:
        mutant = kind.mutate(rng)
        if mutant == kind.content:
            continue
        made += 1
        began = time.process_time()
        verdict, words = _judged(kind, mutant)
        took = time.process_time() - began
        counts[verdict] += 1
        worst = max(worst, took)
        if took > LONGEST_S:
            counts["slow"] += 1
        if not first and (verdict in ("escaped", "score") or took > LONGEST_S):
            first = f"{words or verdict} ({took:.1f} s): {mutant[:300]!r}"
    return Tally(kind=kind.name, mutants=made, counts=counts, worst_s=worst, first=first)


def _judged(kind: Kind, mutant: bytes) -> tuple[str, str]:
    before = signal.signal(signal.SIGALRM, _hang)
    signal.alarm(HANGS_S)
    try:
        return kind.judge(mutant), ""
    except (UserInputError, CtFault) as fault:
        told = fault.faults if isinstance(fault, UserInputError) else (fault,)
        odd = next((str(one) for one in told if not _is_one_message(str(one))), None)
        return ("refused", "") if odd is None else ("escaped", f"no message of one line: {odd[:200]!r}")
    except HangError:
        return "slow", "it hangs"
    except Exception as error:
        return "escaped", repr(error)[:300]
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _is_one_message(text: str) -> bool:
    return text.isprintable() and len(text) < LONGEST_MESSAGE


def _hang(number: int, frame: object) -> None:
    raise HangError


def table(tallies: Iterable[Tally]) -> str:
    """The tallies as a Markdown table."""
    lines = [
        "| file | mutants | refused | as before | as another | exceptions | over 2 s | other scores | worst, s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in tallies:
        numbers = (one.counts[name] for name in ("refused", "same", "other", "escaped", "slow", "score"))
        lines.append(f"| {one.kind} | {one.mutants} | {' | '.join(map(str, numbers))} | {one.worst_s:.2f} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Judge mutants of the named kinds, or of all."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.mutants", description=__doc__.split("\n")[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--count", type=int, default=20_000, help="mutants of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where counts are kept, and gone on with")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.kinds if name not in KINDS]
    if unknown:
        parser.error(f"there is no kind {unknown[0]!r}")
    found = []
    kept = None if given.keep is None else Kept(given.keep)
    with tempfile.TemporaryDirectory() as name:
        for kind in given.kinds or KINDS:
            make: Callable[[Path], Kind] = KINDS[kind]
            folder = Path(name) / kind
            folder.mkdir()
            found.append(tally(make(folder), given.count, given.seed, kept))
            print(table(found[-1:]).splitlines()[-1], flush=True)
            if found[-1].first:
                print(f"  {found[-1].first}", flush=True)
    print(table(found))
    return int(not all(one.well for one in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
