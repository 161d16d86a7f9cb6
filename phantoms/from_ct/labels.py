"""Vertebrae among the labels of a CT: which of them become the patient's spine."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy import ndimage

from phantoms.from_ct.grid import single
from phantoms.from_ct.image import SACRUM, VERTEBRA_LABELS, CtFault, CtImage
from phantoms.from_ct.vertebra_row import LABELS_APART_MM, follow_each_other
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Interspace, Vertebra, column_with, interspaces_of

ABOVE, BELOW = 5, 5  # vertebrae that are kept above and below the interspace about which the patient is built
_USUAL = Interspace.L3_4
_BRIGHT_HU, _BRIGHT_SHARE = 120.0, 0.35  # of the labelled voxels; osteoporotic marrow is dark
_AIR_HU, _AIR_SHARE = -400.0, 0.03
SCRAP = 0.2  # of the usual number of voxels: a vertebra at the end of the row that is hardly in the image
_SPARE_MM = 30.0  # of a long CT, kept above and below

LabelledVertebrae = dict[Vertebra, tuple[int, ...]]
"""Numbers of the labels of each vertebra, from the head down."""


def labelled_vertebrae(ct: CtImage) -> LabelledVertebrae:
    """All vertebrae among the labels, from the head down, with their numbers; scraps at the image's edge left out.

    Raises:
        CtFault: there are no labels, or one is missing in the row.
    """
    if ct.labels is None:
        fix = "Give --labels with a segmentation, or point at the vertebral bodies with --level or --levels"
        raise CtFault(ct.what, "labels", "nothing says which vertebra is which", fix)
    count = np.bincount(ct.labels.ravel(), minlength=256)
    names: LabelledVertebrae = {name: (q,) for q, name in VERTEBRA_LABELS.items() if count[q]}
    if Vertebra.S1 not in names and count[SACRUM]:
        names[Vertebra.S1] = (SACRUM,)
    row = column_with(names)
    names = {name: names[name] for name in row if name in names}
    usual = float(np.median([count[q[0]] for q in names.values()])) if names else 0.0
    for end in (0, -1):  # a scrap at the image's edge
        while names and count[names[list(names)[end]][0]] < SCRAP * usual:
            del names[list(names)[end]]
    found = list(names)
    gaps = [name for name in row[row.index(found[0]) : row.index(found[-1])] if name not in names] if found else []
    if gaps:
        fix = "Label every vertebra between the first and the last"
        raise CtFault(ct.what, "labels", f"{', '.join(gaps)} is missing in the row", fix)
    return names


def usual_interspace(ct: CtImage) -> Interspace:
    """The interspace about which a patient is built where nobody says: L3/4, or the one nearest the image's middle.

    Raises:
        CtFault: no two neighbours with bodies are labelled.
    """
    names = labelled_vertebrae(ct)
    pairs = {Interspace.between(a, b): (a, b) for a, b in pairwise(names) if a != Vertebra.C1}
    if not pairs:
        fix = "Label two neighbouring vertebrae or more"
        raise CtFault(ct.what, "labels", "no two neighbouring vertebrae are labelled", fix)
    if _USUAL in pairs:
        return _USUAL
    middle_mm = 0.5 * (ct.grid.shape[0] - 1) * ct.grid.spacing_mm[2]
    places = _middles_mm(ct, names)
    return min(pairs, key=lambda level: abs(np.mean([places[name][0] for name in pairs[level]]) - middle_mm))


def vertebra_names(ct: CtImage, about: Interspace) -> LabelledVertebrae:
    """Vertebrae that become the patient's spine, from the head down, with their label numbers.

    Args:
        ct: with labels in TotalSegmentator's numbers
        about: interspace about which the patient is built; five vertebrae to either side of it are kept

    Raises:
        CtFault: there are no labels, the interspace's vertebrae are not among them, or one is missing in the row.
    """
    names = labelled_vertebrae(ct)
    row = [name for name in names if name != Vertebra.C1]  # a ring without a body
    levels = list(interspaces_of(tuple(row)))
    if about not in levels:
        fix = f"Choose one of {', '.join(levels)}" if levels else "Label two neighbouring vertebrae or more"
        raise CtFault(ct.what, "labels", f"{about} is not shown: its vertebrae are not both labelled", fix)
    at = levels.index(about) + 1
    kept: LabelledVertebrae = {name: names[name] for name in row[max(at - ABOVE, 0) : at + BELOW]}
    _check_labels(ct, kept)
    return kept


def left_out(ct: CtImage, about: Interspace, kept: Collection[Vertebra]) -> tuple[str, ...]:
    """Vertebrae that were labelled or pointed at and are none of the patient's, with the reason, a sentence for each.

    Args:
        ct: the whole CT with labels, before `around`
        about: interspace about which the patient was built
        kept: the patient's vertebrae
    """
    assert ct.labels is not None
    count = np.bincount(ct.labels.ravel(), minlength=256)
    whole, near = labelled_vertebrae(ct), vertebra_names(ct, about)
    reasons: dict[str, list[Vertebra]] = {}
    there = [name for number, name in VERTEBRA_LABELS.items() if count[number] and name not in kept]
    for name in sorted(there):
        if name == Vertebra.C1:
            why = "it has no body"
        elif name not in whole:
            why = "hardly in the image"
        elif name not in near:
            why = f"more than {ABOVE} levels from {about}"
        else:
            why = "no whole body is found there"
        reasons.setdefault(why, []).append(name)
    return tuple(f"{', '.join(names)} left out of the patient: {why}" for why, names in reasons.items())


def around(ct: CtImage, about: Interspace) -> CtImage:
    """The planes about the vertebrae that become the patient's spine; the rest of a long CT is let go.

    Raises:
        CtFault: as `vertebra_names`.
    """
    names = vertebra_names(ct, about)
    assert ct.labels is not None
    numbers = np.zeros(256, dtype=bool)
    numbers[list(sum(names.values(), ()))] = True
    shown = np.flatnonzero([numbers[plane].any() for plane in ct.labels])
    spare = int(np.ceil(_SPARE_MM / ct.grid.spacing_mm[2]))
    first, stop = max(int(shown[0]) - spare, 0), min(int(shown[-1]) + spare + 1, ct.grid.shape[0])
    x, y, z = ct.grid.origin_mm
    grid = VoxelGrid(
        origin_mm=PatientPoint(x, y, single(z + first * ct.grid.spacing_mm[2])),
        spacing_mm=ct.grid.spacing_mm,
        shape=(stop - first, ct.grid.shape[1], ct.grid.shape[2]),
    )
    return replace(ct, hu=ct.hu[first:stop], grid=grid, labels=ct.labels[first:stop])


def _middles_mm(ct: CtImage, names: LabelledVertebrae) -> dict[Vertebra, FloatArray]:
    """Middle of what is labelled of each vertebra, from the first voxel [shape=(3,)] as z, y, x."""
    assert ct.labels is not None
    boxes = ndimage.find_objects(ct.labels)
    steps = np.array(ct.grid.spacing_mm[::-1])
    middles = {}
    for name, numbers in names.items():
        parts = [
            np.argwhere(ct.labels[boxes[number - 1]] == number) + [part.start for part in boxes[number - 1]]
            for number in numbers
        ]
        middles[name] = np.concatenate(parts).mean(axis=0) * steps
    return middles


def _check_labels(ct: CtImage, names: LabelledVertebrae) -> None:
    """Labels must follow each other down the spine, and lie on what is bone in the CT.

    Raises:
        CtFault: they do not.
    """
    assert ct.labels is not None
    fix = "Segment this very CT; the labels may be those of another, or turned over"
    places = np.array(list(_middles_mm(ct, names).values()))
    if not follow_each_other(places, LABELS_APART_MM):
        raise CtFault(ct.what, "labels", f"{' '.join(names)} do not follow each other down the spine", fix)
    hu = ct.hu[np.isin(ct.labels, sum(names.values(), ()))]
    if (hu > _BRIGHT_HU).mean() < _BRIGHT_SHARE or (hu < _AIR_HU).mean() > _AIR_SHARE:
        raise CtFault(ct.what, "labels", "the labels do not lie on the bones of this CT", fix)
