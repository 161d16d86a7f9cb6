"""What of an imported patient is seen in the CT, what is guessed, and how good a patient it makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.from_ct.cord import SECTION
from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.from_ct.image import CtImage
from phantoms.morphometry import morphometry
from phantoms.phantom import Label, Phantom
from simulator.vocabulary.levels import Interspace, Region

SEEN, GUESSED, POOR = "seen", "guessed", "poor"
NAMES, FILES = "names of the vertebrae", "files"
_FINE_MM, _COARSE_MM = 1.0, 1.5  # in-plane: laminae and flavum are some 3 mm thick
_THICK_MM = 3.5
_TIGHT = 0.75  # of the table's sac
_FLAT_MM, _FLAT_OVER_MM = 2.0, 60.0  # a back that a table presses flat


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFinding:
    """One thing about an imported patient: what it is, whether to trust it, and why."""

    what: str
    trust: str
    why: str


def assess_quality(ct: CtImage, phantom: Phantom, about: Interspace, *, pointed: bool) -> tuple[QualityFinding, ...]:
    """What is trusted and what is guessed.

    Args:
        ct: as read
        phantom: built from it
        about: the interspace that is to be treated
        pointed: whether the vertebrae were found about points and not labelled
    """
    return (
        _voxels(ct),
        _vertebrae(phantom, pointed),
        *_names(ct),
        *(QualityFinding(what=FILES, trust=GUESSED, why=remark) for remark in ct.remarks),
        _outline(phantom),
        QualityFinding(what="bones, muscle, organs", trust=SEEN, why="HU of the CT, smooth between its voxels"),
        _canal(phantom),
        _epidural(phantom),
        _sure(phantom),
        *_neck(phantom),
        _cord(phantom),
        QualityFinding(what="roots, contrast, leak", trust=GUESSED, why="not in the CT: after published tables"),
        _back(phantom),
        _ways(phantom, about),
    )


def verdict(findings: tuple[QualityFinding, ...]) -> str:
    """The findings in one line; a doubt about the names of the vertebrae stands in it in full."""
    poor = [finding.what for finding in findings if finding.trust == POOR]
    doubts = [finding.why for finding in findings if finding.what == NAMES and finding.trust != SEEN]
    line = "fit to train on" if not poor else f"to be used with care: {', '.join(poor)}"
    return "; ".join([line, *doubts])


def as_text(findings: tuple[QualityFinding, ...]) -> str:
    """A line for the verdict and one for each finding."""
    lines = [f"Verdict: {verdict(findings)}"]
    return "\n".join([*lines, *(f"{f.trust:8} {f.what}: {f.why}" for f in findings)]) + "\n"


def _ct_anatomy(phantom: Phantom) -> CtAnatomy:
    if not isinstance(phantom.anatomy, CtAnatomy):
        raise TypeError("the quality of an import is asked of a patient that was made from a CT")
    return phantom.anatomy


def _voxels(ct: CtImage) -> QualityFinding:
    x, _, z = ct.grid.spacing_mm
    trust = SEEN if x <= _FINE_MM and z <= _THICK_MM else POOR if x > _COARSE_MM or z > _THICK_MM else GUESSED
    why = {
        SEEN: "fine enough for laminae",
        GUESSED: "laminae are blurred",
        POOR: "too coarse for laminae and windows; their edges are guessed",
    }
    return QualityFinding(what="voxels", trust=trust, why=f"{x:.2g} mm in plane, slices every {z:.2g} mm: {why[trust]}")


def _vertebrae(phantom: Phantom, pointed: bool) -> QualityFinding:
    bodies = phantom.landmarks.vertebral_bodies
    names = list(bodies)
    low, high = phantom.z_range_mm
    ends = {name: 0.5 * morphometry()[name].anterior.body_height_post_mm for name in names}
    cut = [n for n in names if not low + ends[n] <= bodies[n].z_mm <= high - ends[n]]
    how = "found about the points that were given: no segmentation" if pointed else "as labelled"
    text = f"{names[0]} to {names[-1]}, {how}" + (f"; at the image's edge: {', '.join(cut)}" if cut else "")
    return QualityFinding(what="vertebrae", trust=GUESSED if pointed else SEEN, why=text)


def _names(ct: CtImage) -> tuple[QualityFinding, ...]:
    """Whether the picture bears out which vertebra is which."""
    if ct.names is None:
        return ()
    trust = SEEN if ct.names.confirmed else POOR if ct.names.doubts else GUESSED
    return (QualityFinding(what=NAMES, trust=trust, why=ct.names.in_words()),)


def _outline(phantom: Phantom) -> QualityFinding:
    label, grid = phantom.body.label, phantom.body.grid
    inside = label != Label.AIR
    touched = float(np.mean(inside[:, :, [0, 1, -2, -1]].any(axis=(1, 2)) | inside[:, [0, 1]].any(axis=(1, 2))))
    if touched > 0.1:
        text = f"cut off by the image's edge in {100 * touched:.0f} % of the planes: HU near it are too high"
        return QualityFinding(what="outline of the body", trust=POOR, why=text)
    wide = int(inside.any(axis=(0, 1)).sum()) * grid.spacing_mm[0]
    return QualityFinding(
        what="outline of the body", trust=SEEN, why=f"whole, {wide:.0f} mm wide; table and mat taken away"
    )


def _canal(phantom: Phantom) -> QualityFinding:
    anatomy = _ct_anatomy(phantom)
    canal = anatomy.canal
    tight = []
    for level in phantom.levels:
        s = anatomy.interspace_s_mm[level]
        tabled_mm = morphometry()[level.upper_vertebra].dura.sac_ap_mm
        if 2.0 * canal.at(canal.sac.half_ap_mm, s) < _TIGHT * tabled_mm:
            tight.append(level)
    text = "in the room that the bones leave, as large as the table's"
    return QualityFinding(
        what="dural sac", trust=GUESSED, why=text + (f"; narrowed at {', '.join(tight)}" if tight else "")
    )


def _cord(phantom: Phantom) -> QualityFinding:
    anatomy = _ct_anatomy(phantom)
    seen = anatomy.cord_seen
    if seen is None:
        return QualityFinding(what="cord", trust=GUESSED, why="not labelled: after published tables, amid the sac")
    discs = anatomy.interspace_s_mm
    ends = [min(discs, key=lambda name: abs(discs[name] - s)) for s in (seen.s_mm[-1], seen.s_mm[0])]
    where = f"labelled about {ends[0]} to {ends[1]}"
    if seen.trust == SECTION:
        tip = ", conus where the label ends" if seen.ends else ""
        return QualityFinding(
            what="cord", trust=SEEN, why=f"{where}: centre and section ({seen.area_mm2:.0f} mm2){tip}"
        )
    text = (
        f"{where}, but the section of {seen.area_mm2:.0f} mm2 is the canal's content and no cord "
        f"({seen.table_mm2:.0f}): its centre is taken, its size is that of published tables"
    )
    return QualityFinding(what="cord", trust=GUESSED, why=text)


def _epidural(phantom: Phantom) -> QualityFinding:
    depths = []
    for level, window in phantom.landmarks.interlaminar_windows.items():
        depths.append(f"{level} {phantom.anatomy.epidural_depth_mm(window):.1f}")
    text = "between laminae and sac" + (f", mm deep: {', '.join(depths)}" if depths else "")
    return QualityFinding(what="flavum, epidural space", trust=GUESSED, why=text)


def _sure(phantom: Phantom) -> QualityFinding:
    """How far what is derived may lie from the truth, root mean square, by level."""
    return QualityFinding(what="error of what is derived", trust=GUESSED, why=sure_in_words(_ct_anatomy(phantom)))


def sure_in_words(anatomy: CtAnatomy) -> str:
    """How sure dura, flavum and epidural depth are, mm, by level."""
    each = ", ".join(
        f"{level} {one.dura_mm:.1f}/{one.flavum_mm:.1f}/{one.depth_mm:.1f}"
        for level, one in anatomy.sure.levels.items()
    )
    return f"dura's back/flavum's back/epidural depth, +- mm (root mean square in CTs of synthetic people): {each}"


def _neck(phantom: Phantom) -> tuple[QualityFinding, ...]:
    """A neck was never imported from a real CT."""
    if not any(level.region is Region.CERVICAL for level in phantom.levels):
        return ()
    why = "no CT of a real neck was at hand: its import was tried on CTs of synthetic people alone"
    return (QualityFinding(what="neck", trust=GUESSED, why=why),)


def _back(phantom: Phantom) -> QualityFinding:
    """How far a flattened back was rounded, or how flat it is: the hindmost skin, the median over the planes."""
    inside = phantom.body.label != Label.AIR
    rows = inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)  # of the skin of the back, [plane, column]
    rows = np.where(inside.any(axis=1), rows, -1)
    flat = float(np.median((rows > rows.max(axis=1, keepdims=True) - _FLAT_MM).sum(axis=1)))
    moved = _ct_anatomy(phantom).back
    if moved.out_mm > 0.0:
        text = (
            f"pressed flat, scanned supine: skin moved out by up to {moved.out_mm:.1f} mm (median of the planes "
            f"{moved.median_mm:.1f}) as the flanks suggest, these in by up to {moved.in_mm:.1f}; bones stay"
        )
        return QualityFinding(what="back", trust=GUESSED, why=text)
    if flat > _FLAT_OVER_MM:
        text = f"flat over {flat:.0f} mm, and kept so: the flanks suggest no rounder one"
        return QualityFinding(what="back", trust=GUESSED, why=text)
    return QualityFinding(what="back", trust=SEEN, why="not flattened")


def _ways(phantom: Phantom, about: Interspace) -> QualityFinding:
    opened = list(phantom.landmarks.interlaminar_windows)
    text = f"a straight way in the axial plane is open at {', '.join(opened)}" if opened else "no straight way is open"
    if about in opened:
        return QualityFinding(what="way for the needle", trust=SEEN, why=text)
    return QualityFinding(what="way for the needle", trust=POOR, why=f"{text}; none at {about}")
