"""Import: somebody's CT, checked and built once, as a folder that a scenario can name."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.from_ct.files import CtFault, phantom_from_ct, read_ct, write_ct
from phantoms.from_ct.image import CtImage
from phantoms.from_ct.labels import around, left_out, usual_interspace
from phantoms.from_ct.quality import QualityFinding, as_text, assess_quality, sure_in_words, verdict
from phantoms.phantom import Phantom
from simulator.ct.body_extent import check_fits
from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.errors import UserInputError
from simulator.scenario.preview import write_preview
from simulator.scenario.real_patient import DEFAULT_LEAK
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.progress import Progress

DEFAULT_MYELOGRAM = MyelogramParameters()

_LONG_WAY_MM = 68.0  # straight from the skin; 88 mm reach so deep at 30 degrees with a centimetre to spare

_PATIENT_TOML = """\
# What the CT does not show. Leak and myelogram are assumptions within published ranges.
about = "{leak.level}"
sac_scale = 1.0
seed = 1

[leak]
pattern = "{leak.pattern}"
level = "{leak.level}"
side = "{leak.side}"
thickness_mm = {leak.thickness_mm}
extent_levels = {leak.extent_levels}
iodine_ratio = {leak.iodine_ratio}

[myelogram]
volume_ml = {myelogram.volume_ml}
concentration_mg_per_ml = {myelogram.concentration_mg_per_ml}
injection_level = "{myelogram.injection_level}"
turns = {myelogram.turns}
hours_to_patch = {myelogram.hours_to_patch}
remaining_at_3_h = {myelogram.remaining_at_3_h}
"""

_CASE_TOML = """\
# Written by import-ct. A leak elsewhere, no contrast, another text: scenarios/README.md lists the keys.
format = 1
title = "{name}: leak at {leak.level}"
region = "{region}"

[patient]
ct = "."                            # this folder
# derived_draw = true               # each seed draws the patient within the errors below
# What the CT does not show was derived. Root mean square errors (measured in CTs of synthetic people), mm:
#   {header}
{errors}

[leak]
level = "{leak.level}"
side = "{leak.side}"

[myelogram]                         # leave this table out, and nobody gave contrast
levels = ["{first}", "{last}"]

[needle]
tray = [{tray}]

[scanner]
planning_scan_prescribed = true

[text]
request = \"\"\"
Orthostatic headache. The myelogram shows contrast outside the dura at {leak.level}.
Targeted epidural blood patch at {leak.level}, please.\"\"\"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CtSource:
    """What the user gives of a patient.

    Attributes:
        ct: a volume in a file (.nii, .nii.gz, .nrrd, .mha), or a folder with one DICOM series
        labels: of the vertebrae on the same grid: such a file, or a folder with a mask for each; None for points
        numbering: one of `phantoms.from_ct.numberings.NUMBERINGS`; None takes names that the
            file tells, or finds out
        points_file: points in vertebral bodies (.mrk.json, .fcsv, .toml, VerSe's .json); None for none
        points_mm: further points by name, LPS
        leak_level, leak_side: where contrast and a leak are put; None: L3/4, or the interspace nearest the middle
    """

    ct: Path
    labels: Path | None = None
    numbering: str | None = None
    points_file: Path | None = None
    points_mm: tuple[tuple[str, PatientPoint], ...] = ()
    leak_level: str | None = None
    leak_side: str = "right"


def import_ct(
    source: CtSource,
    *,
    name: str,
    out: Path,
    progress: Progress | None = None,
    remark: Callable[[str], None] | None = None,
) -> tuple[Path, str]:
    """Check a CT, build its phantom once, and write the patient's folder; nothing is written where that fails.

    Args:
        source: what is given
        name: of the patient and its folder
        out: folder for it
        progress: called with what is done and the part done, 0..1
        remark: called with every sentence on what was decided in reading the files, also where the import fails later

    Returns:
        the new folder (ct.nii.gz, labels.nii.gz, patient.toml, NAME.toml, preview.png, quality.txt), and the verdict on
        its quality in a line

    Raises:
        UserInputError: the files cannot be used, or the folder cannot be written.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", name) or name == "patient":
        raise UserInputError(f"--name {name}", "this is no name for a folder", "use letters, digits, - and _")
    target = out / name
    if target.exists():
        raise UserInputError(str(target), "there is such a patient already", "choose another --name, or remove it")
    try:
        image, phantom, about = _built(source, name, progress, remark)
    except CtFault as fault:
        raise UserInputError(f"{fault.what}: {fault.where}", str(fault).split(": ", 2)[-1]) from fault
    try:
        check_fits(phantom, BRILLIANCE_64_CLASS)
    except ValueError as error:
        raise UserInputError(str(source.ct), str(error), "take a patient who fits into the scanner") from error
    findings = assess_quality(image, phantom, about, pointed=source.labels is None)
    leak = replace(DEFAULT_LEAK, level=about, side=Laterality(source.leak_side))
    aside = out / f".{name}-{secrets.token_hex(8)}"
    try:  # a signal may come at any moment: what the folder is called is known before there is one
        _make(aside)
        _fill(aside, name, image, phantom, leak, findings)
        aside.chmod(0o755)
        aside.rename(target)
    except OSError as error:
        raise UserInputError(str(target), f"it cannot be written ({error.strerror})", "free some space") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target, verdict(findings)


def _make(folder: Path) -> None:
    """Make a folder that nobody else may read, and those above it; UserInputError where that cannot be."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        what = f"this folder cannot be written ({error.strerror})"
        raise UserInputError(str(folder.parent), what, "name another") from error


def _fill(
    folder: Path,
    name: str,
    image: CtImage,
    phantom: Phantom,
    leak: LeakParameters,
    findings: tuple[QualityFinding, ...],
) -> None:
    """Write what a patient's folder holds."""
    about = leak.level
    write_ct(image, folder / "ct.nii.gz", folder / "labels.nii.gz")  # the grid alone, no word of the file's header
    text = _PATIENT_TOML.format(leak=leak, myelogram=DEFAULT_MYELOGRAM)
    (folder / "patient.toml").write_text(text, encoding="utf-8")
    first, last = _myelogram_levels(phantom, about)
    text = _CASE_TOML.format(
        name=name, leak=leak, region=about.region, first=first, last=last, tray=_tray(phantom, about),
        header=_ERRORS_HEADER, errors=_errors(phantom),
    )  # fmt: skip
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    (folder / "quality.txt").write_text(as_text(findings), encoding="utf-8")
    write_preview(phantom, image, about, findings, folder / "preview.png")


def _built(
    source: CtSource, name: str, progress: Progress | None, remark: Callable[[str], None] | None
) -> tuple[CtImage, Phantom, Interspace]:
    """The CT's planes about the interspace, the patient, and the interspace."""
    image = read_ct(
        source.ct,
        source.labels,
        numbering=source.numbering,
        points_mm=dict(source.points_mm),
        points_path=source.points_file,
    )
    _say(image.remarks, remark)
    about = usual_interspace(image) if source.leak_level is None else _interspace(source.leak_level)
    part = around(image, about)
    leak = replace(DEFAULT_LEAK, level=about, side=Laterality(source.leak_side))
    phantom = phantom_from_ct(part, name=name, about=about, leak=leak, myelogram=DEFAULT_MYELOGRAM, progress=progress)
    lost = left_out(image, about, phantom.landmarks.vertebral_bodies)
    _say(lost, remark)
    assert isinstance(phantom.anatomy, CtAnatomy)
    _say((sure_in_words(phantom.anatomy),), remark)
    return replace(part, remarks=(*part.remarks, *lost)), phantom, about


def _say(sentences: tuple[str, ...], remark: Callable[[str], None] | None) -> None:
    if remark is not None:
        for sentence in sentences:
            remark(sentence)


def _interspace(text: str) -> Interspace:
    try:
        return Interspace.parse(text)
    except ValueError as error:
        raise UserInputError(f"--leak {text}", str(error), "name an interspace such as L3/4") from error


_ERRORS_HEADER = "level     dura's back  flavum's back  epidural depth"


def _errors(phantom: Phantom) -> str:
    """A line of a comment for each level: how sure what was derived is."""
    anatomy = phantom.anatomy
    assert isinstance(anatomy, CtAnatomy)
    return "\n".join(
        f"#   {level:<8} {one.dura_mm:12.1f} {one.flavum_mm:14.1f} {one.depth_mm:15.1f}"
        for level, one in anatomy.sure.levels.items()
    )


def _tray(phantom: Phantom, about: Interspace) -> str:
    """Needles, the one that reaches first: the usual one where the way in is short enough to be taken at an angle."""
    target = np.array([phantom.landmarks.find_opening(about)])
    needles = ["20G Quincke 88 mm", "20G Quincke 120 mm"]
    if -float(phantom.anatomy.skin_mm(target)[0]) > _LONG_WAY_MM:
        needles.reverse()
    return ", ".join(f'"{needle}"' for needle in needles)


def _myelogram_levels(phantom: Phantom, about: Interspace) -> tuple[str, str]:
    """Interspaces up to two above and below, which the myelogram shows."""
    at = phantom.levels.index(about)
    return phantom.levels[max(at - 2, 0)], phantom.levels[min(at + 2, len(phantom.levels) - 1)]
