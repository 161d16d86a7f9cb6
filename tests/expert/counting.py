"""Levels counted in pixels, held against the console's overview, for people drawn anew.

`python -m tests.expert.counting FIRST LAST [--processes N]` reads the myelogram of each person of the expert's study,
and prints how many could be counted, how many interspaces were named rightly, how far their heights lie from the
overview's, and for whom the level that is written down would be another one by the overview.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np

from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.leak_localisation import _count_levels, _count_on_overview, _read_myelogram
from simulator.operators.request import requested_interspace
from simulator.scenario.build import build_case
from simulator.scenario.load import load_scenario
from simulator.vocabulary.levels import Interspace
from tests.expert.study import PEOPLE, kind_of

MOST_APART_MM = 12.0  # a name that lies farther from the overview's is another level's


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted in one person.

    Attributes:
        person: number
        kind: of leak
        off_mm: of each interspace that was named, from the overview's
        by_pixels, by_overview: level that would be written down; None where no contrast was seen
    """

    person: int
    kind: str
    off_mm: tuple[float, ...]
    by_pixels: Interspace | None
    by_overview: Interspace | None


def count(person: int) -> Counted:
    """Draw a person, read the myelogram, and count."""
    kind = kind_of(person)
    path = PEOPLE / f"{kind}.toml"
    file = load_scenario(path)
    case = build_case(file.scenario_for(person), name=file.name, seed=person, location=str(path), folder=path.parent)
    session = Session(case.world)
    session.do(c.PositionPatient(prone=True, pillow=True, breath_hold=True))
    session.do(c.AcquireMyelogram())
    requested = requested_interspace(session.view().case.request)
    read = _read_myelogram(session.view(), requested)
    counted, seen = read.count_interspaces(), read.collection or read.blush
    heights: dict[Interspace, float] = {}
    for space in {*counted, requested}:
        session.do(c.MoveTable(level=space))
        if not session.view().refused:
            heights[space] = session.view().console.table_mm
    off_mm = tuple(mm - heights[space] for space, mm in counted.items() if space in heights)
    by_pixels = by_overview = None
    if seen is not None:
        low_mm, high_mm = seen.alike_mm
        by_pixels = by_overview = requested
        if not low_mm <= heights[requested] <= high_mm:
            by_overview = _carried_out(session, _count_on_overview, requested, seen.table_mm)
        if not low_mm <= counted.get(requested, heights[requested]) <= high_mm:
            by_pixels = _carried_out(session, partial(_count_levels, counted=counted), requested, seen.table_mm)
    return Counted(person=person, kind=kind, off_mm=off_mm, by_pixels=by_pixels, by_overview=by_overview)


def _carried_out(
    session: Session,
    count: Callable[..., Generator[Command, View, Interspace]],
    requested: Interspace,
    table_mm: float,
) -> Interspace:
    """What a way of counting comes to, its commands carried out."""
    session.do(c.MoveTable(level=requested))
    steps = count(session.view(), requested=requested, table_mm=table_mm)
    try:
        command = next(steps)
        while True:
            session.do(command)
            command = steps.send(session.view())
    except StopIteration as ended:
        found: Interspace = ended.value
        return found


def figures(people: Sequence[Counted]) -> list[str]:
    """The table, a line for each kind of leak, and those whose level would be another one."""
    lines = ["| leak | people | counted | interspaces named | wrong | off the overview's, root mean square |"]
    lines.append("|---|---|---|---|---|---|")
    for kind in sorted({one.kind for one in people}):
        these = [one for one in people if one.kind == kind]
        off = np.array([mm for one in these for mm in one.off_mm])
        wrong = int(np.count_nonzero(np.abs(off) > MOST_APART_MM))
        rms = f"{np.sqrt(np.mean(off**2)):.1f} mm" if len(off) else "-"
        with_any = sum(bool(one.off_mm) for one in these)
        lines.append(f"| {kind} | {len(these)} | {with_any} | {len(off)} | {wrong} | {rms} |")
    others = [one for one in people if one.by_pixels is not one.by_overview]
    lines += [f"person {one.person}: {one.by_pixels} in pixels, {one.by_overview} on the overview" for one in others]
    return lines


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", type=int, nargs=2, metavar=("FIRST", "LAST"))
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    first, last = arguments.people
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as pool:
        people = list(pool.map(count, range(first, last + 1)))
    print("\n".join(figures(people)))


if __name__ == "__main__":
    main()
