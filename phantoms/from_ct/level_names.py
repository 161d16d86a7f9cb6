"""Names of vertebrae held against the picture: refused where they cannot be, doubted where nothing bears them out.

Two places fix a count in most people: the lowest vertebra that carries ribs is T12, and the lowest that stands above
the sacrum is L5 (L6 where there is one). Sizes, distances and lung tell errors of several levels. Nobody's anatomy has
to follow this (some 5 to 10 % have a lumbar rib or a transitional vertebra), so an error of one level is doubted and
not refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from phantoms.from_ct.level_evidence import NO, YES, LevelEvidence
from phantoms.morphometry import AnteriorColumn, VertebraMorphometry, morphometry
from simulator.vocabulary.levels import Region, Vertebra, column_with

_DOUBTED, _REFUSED = (0.78, 1.28), (0.70, 1.42)  # sizes against the table's; people differ by less
_LEAST_PITCHES, _LEAST_WIDTHS = 2, 3  # to be judged: of a cut body the width may be that of a part
_LUNG_BESIDE, _LUNG_SOMEWHERE = 0.35, 0.03
_L5_ABOVE_MM, _LUMBAR_MM = 14.0, 37.0  # of its middle from the sacrum's top; from one lumbar middle to the next
_FAR = 3  # levels by which no anatomy differs


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelJudgement:
    """What the picture says of a row of names.

    Attributes:
        wrong: why the names cannot be right; empty where they can
        doubts: what does not agree with them
        borne_out: what agrees with them and would not with names one level off
    """

    wrong: tuple[str, ...]
    doubts: tuple[str, ...]
    borne_out: tuple[str, ...]

    @property
    def confirmed(self) -> bool:
        """Whether something fixes the count and nothing speaks against it."""
        return bool(self.borne_out) and not self.wrong and not self.doubts

    def in_words(self) -> str:
        """The judgement in a sentence."""
        if self.wrong or self.doubts:
            return "doubt: " + "; ".join((*self.wrong, *self.doubts))
        if self.borne_out:
            return "; ".join(self.borne_out)
        return (
            "doubt: the picture shows neither the lowest ribs beside a vertebra without any nor the sacrum, so the "
            "names are taken as given; a count that is off by one would not be seen"
        )


def judge_names(evidence: LevelEvidence) -> LevelJudgement:
    """Hold the names of a row against what the picture shows."""
    wrong: list[str] = []
    doubts: list[str] = []
    borne_out: list[str] = []
    for steps, text, good in (*_counts(evidence), *_rib_labels(evidence)):
        if steps == 0:
            borne_out += [good] if good else []
        else:
            (wrong if abs(steps) >= _FAR else doubts).append(text)
    _add_sizes(evidence, wrong, doubts)
    _add_lung(evidence, wrong, doubts)
    return LevelJudgement(wrong=tuple(wrong), doubts=tuple(doubts), borne_out=tuple(borne_out))


def _steps(evidence: LevelEvidence, named: Vertebra, expected: Vertebra) -> int:
    """By how many levels a name would have to move towards the feet."""
    row = column_with(evidence.centres_mm)
    return row.index(expected) - row.index(named)


def _counts(evidence: LevelEvidence) -> list[tuple[int, str, str]]:
    """Where the lowest and the first ribs are, and what stands above the sacrum."""
    found: list[tuple[int, str, str]] = []
    names = list(evidence.ribs)
    last, first = _last_ribs(evidence), _first_ribs(evidence)
    if last is not None:
        below = names[names.index(last) + 1]
        text = f"the lowest vertebra with ribs would be {last}, and it is T12 in most people"
        found.append((_steps(evidence, last, Vertebra.T12), text, f"{last} carries the lowest ribs, {below} none"))
    if first is not None:
        text = f"the first vertebra with ribs would be {first}, and it is T1 in most people"
        found.append((_steps(evidence, first, Vertebra.T1), text, f"{first} carries the first ribs"))
    if evidence.last_free is not None:
        free, joined = evidence.last_free, evidence.first_joined
        between = 0 if joined is not None else max(round((evidence.free_above_mm - _L5_ABOVE_MM) / _LUMBAR_MM), 0)
        row = column_with(evidence.centres_mm)
        steps = _steps(evidence, free, row[row.index(Vertebra.S1) - 1 - between])
        text = f"sacrum and pelvis meet {'right ' * (not between)}below what would be {free}"
        text += f" ({between} not labelled between)" * bool(between)
        # that a sixth lumbar vertebra stands on the sacrum does not say that there are six: a count from the ribs does
        counted = not between and free != Vertebra.L6
        found.append((steps, text, f"{free} stands on the sacrum" if counted else ""))
    elif evidence.first_joined not in (None, Vertebra.S1):
        joined = Vertebra(evidence.first_joined)
        found.append((_steps(evidence, joined, Vertebra.S1), f"{joined} would lie within the sacrum", ""))
    return [*found, *_labelled_sacrum(evidence)]


def _labelled_sacrum(evidence: LevelEvidence) -> list[tuple[int, str, str]]:
    """A label of the sacrum lies below the lowest vertebra, and next to L5 or L6."""
    below_mm, names = evidence.sacrum_below_mm, list(evidence.centres_mm)
    if not np.isfinite(below_mm) or not names or names[-1] == Vertebra.S1:
        return []
    if below_mm < -_L5_ABOVE_MM:
        return [(_FAR, f"the labelled sacrum does not lie below {names[-1]}", "")]
    between = max(round((below_mm - _L5_ABOVE_MM) / _LUMBAR_MM), 0)
    row = column_with(evidence.centres_mm)
    steps = _steps(evidence, names[-1], row[row.index(Vertebra.S1) - 1 - between])
    return [(steps, f"the labelled sacrum follows {'right ' * (not between)}below what would be {names[-1]}", "")]


def _last_ribs(evidence: LevelEvidence) -> Vertebra | None:
    """The vertebra with ribs above one without; the pelvis beside the lowest ones is taken for none."""
    for upper, lower in pairwise(evidence.ribs):
        if evidence.ribs[upper] == YES and evidence.ribs[lower] == NO:
            return upper
    return None


def _first_ribs(evidence: LevelEvidence) -> Vertebra | None:
    """The vertebra with ribs below one without, and lung further down: the pelvis has none beside it."""
    names = list(evidence.ribs)
    for i, (upper, lower) in enumerate(pairwise(names)):
        lung = [evidence.lung[name] for name in names[i + 1 :] if np.isfinite(evidence.lung[name])]
        if evidence.ribs[upper] == NO and evidence.ribs[lower] == YES and max(lung, default=0.0) > _LUNG_SOMEWHERE:
            return lower
    return None


def _rib_labels(evidence: LevelEvidence) -> list[tuple[int, str, str]]:
    """Ribs that are labelled with their numbers, as TotalSegmentator does."""
    if not evidence.numbered_ribs:
        return []
    steps = [_steps(evidence, name, Vertebra(f"T{rib}")) for rib, name in evidence.numbered_ribs]
    usual = round(float(np.median(steps)))
    rib, name = evidence.numbered_ribs[int(np.argmin(np.abs(np.array(steps) - usual)))]
    return [(usual, f"the labels' own rib {rib} is fixed to what would be {name}", "")]


def _add_sizes(evidence: LevelEvidence, wrong: list[str], doubts: list[str]) -> None:
    """Widths of the bodies and distances between them against the table's, each in the middle of all."""
    names = list(evidence.centres_mm)
    trunk = {name: width for name, width in evidence.width_mm.items() if name.region is not Region.CERVICAL}
    widths = [width / _width_mm(name) for name, width in trunk.items()]  # in the neck processes lie beside the bodies
    widths = [ratio for ratio in widths if np.isfinite(ratio)]
    pitches = [mm / _pitch_mm(name) for name, mm in evidence.distance_mm.items()]
    for ratios, least, what in ((pitches, _LEAST_PITCHES, "as far apart"), (widths, _LEAST_WIDTHS, "as wide")):
        if len(ratios) < least:
            continue
        usual = float(np.median(ratios))
        text = f"vertebrae named {names[0]} to {names[-1]} are {usual:.2g} times {what} as such are"
        if not _REFUSED[0] < usual < _REFUSED[1]:
            wrong.append(text)
        elif not _DOUBTED[0] < usual < _DOUBTED[1]:
            doubts.append(text)


def _add_lung(evidence: LevelEvidence, wrong: list[str], doubts: list[str]) -> None:
    row = column_with(evidence.centres_mm)
    for name, share in evidence.lung.items():
        if share > _LUNG_BESIDE and row.index(name) > row.index(Vertebra.L1):
            (wrong if row.index(name) > row.index(Vertebra.L2) else doubts).append(f"lung lies beside {name}")
            return
    chest = [share for name, share in evidence.lung.items() if Vertebra.T3 <= name <= Vertebra.T8]
    if len(chest) >= 2 and max(chest) < _LUNG_SOMEWHERE:
        doubts.append("no lung lies beside the vertebrae of the chest")


def _sizes(name: Vertebra) -> AnteriorColumn:
    table: Mapping[Vertebra, VertebraMorphometry] = morphometry()
    return table[name].anterior


def _width_mm(name: Vertebra) -> float:
    size = _sizes(name)
    known = [mm for mm in (size.body_width_upper_mm, size.body_width_lower_mm) if np.isfinite(mm)]
    return float(np.mean(known)) if known else float("nan")


def _pitch_mm(name: Vertebra) -> float:
    """Height of a body with the disc below."""
    return _sizes(name).body_height_post_mm + _sizes(name).disc_below_height_mm
