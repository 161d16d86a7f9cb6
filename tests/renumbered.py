"""Wrong names for real CTs: the labels of a set moved by some levels or written in another numbering.

Each says what whoever reads it must do: take it as it is, take it only with a doubt said aloud, ask, or refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from phantoms.from_ct.image import CtFault
from phantoms.from_ct.named_labels import NamedLabels
from phantoms.from_ct.numberings import TABLES, TOTALSEGMENTATOR, VERSE, LabelNames
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Vertebra

UPWARDS = tuple(reversed(FIVE_LUMBAR_COLUMN))


@dataclass(frozen=True)
class Renumbered:
    """Labels under other numbers, the true name of each number, and how they came about."""

    what: str
    labels: np.ndarray
    truth: dict[int, Vertebra]
    numbering: str | None = None
    own_names: LabelNames | None = None


def vertebrae_in(labels: np.ndarray) -> dict[int, Vertebra]:
    """True names of labels in the numbers of TotalSegmentator 2."""
    names = {number: name for number, name in TABLES[TOTALSEGMENTATOR].items() if name in list(FIVE_LUMBAR_COLUMN)}
    there = np.unique(labels)
    return {int(q): Vertebra(names[int(q)]) for q in there if int(q) in names}


def number_of(table: LabelNames, name: str) -> int | None:
    return next((number for number, other in table.items() if other == name), None)


def _mapped(labels: np.ndarray, numbers: dict[int, int], keep: tuple[int, ...] = ()) -> np.ndarray:
    table = np.zeros(256, np.uint8)
    for old in keep:
        table[old] = old
    for old, new in numbers.items():
        table[old] = new
    return table[labels]


def renumbered(labels: np.ndarray, steps: range) -> Iterator[Renumbered]:
    """Every change of one set's labels.

    Args:
        labels: in the numbers of TotalSegmentator 2, other structures included
        steps: by how many levels names are moved towards the feet
    """
    true = vertebrae_in(labels)
    others = tuple(q for q in map(int, np.unique(labels)) if q and q not in true)
    for key in TABLES:
        for step in steps:
            numbers, truth = {}, {}
            for old, name in true.items():
                at = FIVE_LUMBAR_COLUMN.index(name) + step
                if 0 <= at < len(FIVE_LUMBAR_COLUMN):
                    new = number_of(TABLES[key], FIVE_LUMBAR_COLUMN[at])
                    new = number_of(TABLES[key], "sacrum") if new is None and at == len(FIVE_LUMBAR_COLUMN) - 1 else new
                    if new is not None:
                        numbers[old], truth[new] = new, name
            if len(numbers) < 2:
                continue
            moved = _mapped(labels, numbers)
            for said in (None, key):
                yield Renumbered(f"{key}, {step:+d}, {'said' if said else 'found out'}", moved, truth, said)
            if key == TOTALSEGMENTATOR:
                own = {new: f"{TABLES[key][new]}" for new in truth}
                yield Renumbered(f"own names, {step:+d}", moved, truth, None, own)
                if others:
                    full = _mapped(labels, numbers, others)
                    yield Renumbered(f"{key} with ribs and organs, {step:+d}", full, truth)
    order = [old for name in UPWARDS for old, other in true.items() if other == name]
    for first in (1, 2, 5, 8, 20):
        for upwards in (True, False):
            run = order if upwards else order[::-1]
            numbers = {old: first + i for i, old in enumerate(run)}
            truth = {first + i: true[old] for i, old in enumerate(run)}
            yield Renumbered(
                f"export order from {first}, {'up' if upwards else 'down'}", _mapped(labels, numbers), truth
            )


def named_as(case: Renumbered, named: np.ndarray) -> dict[Vertebra, str]:
    """What each true vertebra is called in labels that were read: the majority within it."""
    own = dict(TABLES[TOTALSEGMENTATOR])
    found = {}
    for number, name in case.truth.items():
        inside = named[case.labels == number]
        usual = int(np.bincount(inside[inside > 0]).argmax()) if (inside > 0).any() else 0
        found[name] = own.get(usual, "nothing")
    return found


__all__ = ["VERSE", "Renumbered", "named_as", "number_of", "renumbered", "vertebrae_in"]


def counted(cases: Iterator[Renumbered], read: Callable[[Renumbered], NamedLabels]) -> tuple[int, int, int, list[str]]:
    """How many were refused, taken right, and taken wrong with a doubt; and which were taken wrong without one."""
    refused, right, doubted, silent = 0, 0, 0, []
    for case in cases:
        try:
            named = read(case)
        except CtFault:
            refused += 1
            continue
        names = named_as(case, named.labels)
        if all(found in (str(name), "nothing") or (found, name) == ("sacrum", "S1") for name, found in names.items()):
            right += 1
        elif not named.judgement.confirmed and named.judgement.in_words().startswith("doubt"):
            doubted += 1
        else:
            silent.append(f"{case.what}: {names}")
    return refused, right, doubted, silent
