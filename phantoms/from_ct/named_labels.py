"""Labels of vertebrae by name: by the file's own table, by the numbering that is said, or by the one that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.image import SACRUM, SPINAL_CORD, VERTEBRA_LABELS, CtFault
from phantoms.from_ct.labels import SCRAP
from phantoms.from_ct.level_evidence import gather_evidence
from phantoms.from_ct.level_names import LevelJudgement, judge_names
from phantoms.from_ct.numberings import (
    CORD_NAME,
    SACRUM_NAME,
    T13_NAME,
    TABLES,
    TOTALSEGMENTATOR,
    TOTALSEGMENTATOR_V3,
    VERTEBRAE_MR,
    WORDS,
    LabelNames,
)
from phantoms.from_ct.vertebra_row import LABELS_APART_MM, follow_each_other
from phantoms.phantom import VoxelGrid
from simulator.vocabulary.levels import SIX_LUMBAR_COLUMN, Vertebra, column_with

_BRIGHT_HU, _BRIGHT_SHARE = 120.0, 0.35  # of the labelled voxels; osteoporotic marrow is dark
_NAMES = {str(vertebra): vertebra for vertebra in SIX_LUMBAR_COLUMN}
_OWN = {**{str(vertebra): number for number, vertebra in VERTEBRA_LABELS.items()}, SACRUM_NAME: SACRUM,
        CORD_NAME: SPINAL_CORD}  # fmt: skip
_MEND = "Say which with --numbering, or give labels that carry names (TotalSegmentator's own file, seg.nrrd)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLabels:
    """Vertebrae, sacrum and cord in our numbers [shape=(z, y, x), uint8], how they came to their names, and whether
    the picture bears these out."""

    labels: NDArray[np.uint8]
    how: str
    judgement: LevelJudgement


def name_labels(
    labels: NDArray[np.uint8],
    hu: NDArray[np.int16],
    grid: VoxelGrid,
    what: str,
    *,
    numbering: str | None = None,
    own_names: LabelNames | None = None,
) -> NamedLabels:
    """Labels of vertebrae and cord in TotalSegmentator's numbers; every other structure becomes 0.

    Args:
        labels: [shape=(z, y, x)] as in the file
        hu: the CT on the same grid
        grid: of both
        what: the file, for messages
        numbering: one of `NUMBERINGS`; None finds out
        own_names: name by number, where the file itself tells them

    Raises:
        CtFault: no vertebra is found, no numbering fits or several do, or the names cannot be right.
    """
    tries = _Tries(labels, hu, grid, what)
    named = {number: name for number, name in (own_names or {}).items() if name}
    if any(named.get(q) in _NAMES for q in tries.present):
        if numbering is not None and any(
            name != TABLES[numbering].get(q) for q, name in named.items() if q in tries.present
        ):
            text = f"the names in the file itself are not those of {WORDS[numbering]}"
            raise CtFault(what, "header, label table", text, "Leave --numbering out")
        names, how = named, "names from the file's own table"
    elif numbering is not None:
        names, how = dict(TABLES[numbering]), f"numbers of {WORDS[numbering]}, as said"
    else:
        numbering = tries.choose()
        names, how = dict(TABLES[numbering]), f"numbers of {WORDS[numbering]}, found out"
    tries.check(names)
    judgement = tries.judge(names)
    if judgement.wrong:
        text = f"with {how} {'; '.join(judgement.wrong)}"
        raise CtFault(what, "voxels", text, f"These are labels of another kind or of another CT. {_MEND}")
    table = np.zeros(256, dtype=np.uint8)
    for number, name in names.items():
        table[number] = _OWN.get(name, 0)
    return NamedLabels(labels=np.asarray(table[labels]), how=how, judgement=judgement)


class _Tries:
    """A label volume in which names are tried; centroids and brightness of every label are gathered once."""

    def __init__(self, labels: NDArray[np.uint8], hu: NDArray[np.int16], grid: VoxelGrid, what: str) -> None:
        self._labels, self._hu, self._grid, self._what = labels, hu, grid, what
        count, places, bright = np.zeros(256), np.zeros((256, 3)), np.zeros(256)
        for k, plane in enumerate(labels):
            here = np.bincount(plane.ravel(), minlength=256)
            count += here
            rows, columns = np.nonzero(plane)
            shown = plane[rows, columns]
            places[:, 0] += here * (k * grid.spacing_mm[2])
            places[:, 1] += np.bincount(shown, rows * grid.spacing_mm[1], minlength=256)
            places[:, 2] += np.bincount(shown, columns * grid.spacing_mm[0], minlength=256)
            bright += np.bincount(plane[hu[k] > _BRIGHT_HU], minlength=256)
        self._count, self._bright = count, bright
        self._judged: dict[tuple[tuple[int, str], ...], LevelJudgement] = {}
        self._middle_mm = places / np.maximum(count, 1.0)[:, None]
        self.present = [int(q) for q in np.flatnonzero(count) if q]

    def _named(self, names: LabelNames) -> dict[Vertebra, int]:
        """Numbers of the vertebrae that are there, from the head down."""
        there = {_NAMES[names[q]]: q for q in self.present if names.get(q) in _NAMES}
        return {name: there[name] for name in SIX_LUMBAR_COLUMN if name in there}

    def check(self, names: LabelNames) -> None:
        """CtFault where there is no vertebra, or a thorax that is not supported."""
        if any(names.get(q) == T13_NAME for q in self.present):
            text = "T13 is labelled; a thorax of other than twelve vertebrae is not supported"
            raise CtFault(self._what, "voxels", text, "Number the vertebrae T1 to T12 and L1 to L5 or L6")
        if not self._named(names):
            fix = "Give labels in the numbers of TotalSegmentator (vertebrae are 26 to 50) or VerSe (1 to 28)"
            raise CtFault(self._what, "voxels", "there is no vertebra among the labels", fix)

    def judge(self, names: LabelNames) -> LevelJudgement:
        """What the picture says of these names; asked twice, it looks once."""
        key = tuple(sorted((q, names[q]) for q in self.present if q in names))
        if key not in self._judged:
            self._judged[key] = self._judge(names)
        return self._judged[key]

    def _judge(self, names: LabelNames) -> LevelJudgement:
        ribs = {q: int(names[q].split()[1]) for q in self.present if names.get(q, "").startswith("rib ")}
        sacra = [q for q in self.present if names.get(q) == SACRUM_NAME]
        vertebrae = self._named(names)
        return judge_names(
            gather_evidence(self._hu, self._labels, self._grid, vertebrae, ribs, sacra[0] if sacra else None)
        )

    def choose(self) -> str:
        """The numbering whose vertebrae lie on bone, in a row, and as the picture has them.

        Raises:
            CtFault: there is none, or more than one.
        """
        tables = {key: table for key, table in TABLES.items() if key != TOTALSEGMENTATOR_V3 or 26 in self.present}
        fits = {key: self.judge(table) for key, table in tables.items() if self._fits(table)}
        sound = {key: judgement for key, judgement in fits.items() if not judgement.wrong}
        both_26 = {25, 26} <= set(self.present)
        if both_26 and {TOTALSEGMENTATOR, TOTALSEGMENTATOR_V3} <= set(sound):
            self._ask([TOTALSEGMENTATOR, TOTALSEGMENTATOR_V3], "26 is S1 in one and L6 in the other")
        better = [key for key, judgement in sound.items() if judgement.confirmed]
        chosen = better if len(better) == 1 else list(sound)
        if len(chosen) == 1 and chosen[0] != VERTEBRAE_MR:
            return chosen[0]
        if chosen:
            self._ask(chosen, "the picture does not tell which")
        return self._fallback(fits)

    def _ask(self, keys: list[str], why: str) -> NoReturn:
        text = f"the labels can be read as {' or as '.join(WORDS[key] for key in keys)}: {why}"
        fix = "Say which with " + " or ".join(f"--numbering {key}" for key in keys)
        raise CtFault(self._what, "voxels", text, fix)

    def _fallback(self, fits: Mapping[str, LevelJudgement]) -> str:
        """Where no numbering fits: one whose faults are told in their own words, or all that were tried."""
        if fits:
            reasons = [f"as {WORDS[key]} {'; '.join(judgement.wrong)}" for key, judgement in fits.items()]
            raise CtFault(
                self._what, "voxels", f"the labels follow no known numbering: {', and '.join(reasons)}", _MEND
            )
        tables = {key: table for key, table in TABLES.items() if key not in (TOTALSEGMENTATOR_V3, VERTEBRAE_MR)}
        some = [key for key, table in tables.items() if self._named(table)]
        if len(some) > 1:
            self._ask(some, "in none they make a row on bone without a gap")
        return some[0] if some else TOTALSEGMENTATOR

    def _row(self, names: LabelNames) -> dict[Vertebra, int]:
        """Vertebrae from the head down, without the scraps of those that the image's ends cut."""
        named = self._named(names)
        usual = float(np.median([self._count[q] for q in named.values()])) if named else 0.0
        for end in (0, -1):
            while named and self._count[named[list(named)[end]]] < SCRAP * usual:
                del named[list(named)[end]]
        return named

    def _fits(self, names: LabelNames) -> bool:
        """Whether the labels of a table lie on bone and follow each other down the spine without a gap."""
        named = self._row(names)
        row = column_with(named)
        if len(named) < 2:
            return False
        places, numbers = [row.index(name) for name in named], list(named.values())
        in_a_row = places == list(range(places[0], places[-1] + 1))
        spaced = follow_each_other(self._middle_mm[numbers], LABELS_APART_MM)
        return bool(in_a_row and spaced and self._bright[numbers].sum() > _BRIGHT_SHARE * self._count[numbers].sum())
