"""Which files of a DICOM folder are the series: odd ones are left out by a rule and named, or the folder is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from phantoms.from_ct.dicom_headers import CONVERT, NEEDED, ONE_SERIES, SAME, SliceHeader
from phantoms.from_ct.image import CtFault

_FEW, _FEW_SHARE = 3, 0.1  # odd files that may be left out: so many, or such a part of all
_LEAST = 2
_NAMED = 4  # files that are named; of the others there is the number


def choose_series(
    what: str, found: list[SliceHeader], is_stack: Callable[[list[SliceHeader]], bool]
) -> tuple[list[SliceHeader], tuple[str, ...]]:
    """The slices that make one series, and what has to be said of those that were left out.

    Args:
        what: the folder, for messages
        found: every slice in it
        is_stack: whether slices lie evenly, each in a place of its own

    Raises:
        CtFault: too many files are no slices of a CT, or there is more than one series.
    """
    remarks: list[str] = []
    kept = _without_faulty(what, found, remarks)
    kept = _without_doubles(what, kept, remarks)
    kept = _of_one_kind(what, kept, is_stack, remarks)
    return _of_one_acquisition(what, kept, is_stack, remarks), tuple(remarks)


def listed(paths: Iterable[Path]) -> str:
    """Names of files, the first few of many."""
    names = list(dict.fromkeys(path.name for path in paths))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _files_of(slices: Iterable[SliceHeader]) -> str:
    return listed(one.path for one in slices)


def _fault(one: SliceHeader) -> tuple[str, str] | None:
    """Why a file is no slice of a CT, and what to do."""
    values = one.values
    if not len(values):
        return "its header cannot be read", ONE_SERIES
    if values.get("Modality", "CT") != "CT":
        return "this is no CT", ONE_SERIES
    if "LOCALIZER" in [str(word).upper() for word in values.get("ImageType") or ()]:
        return "this is a localizer", ONE_SERIES
    frames, samples, bits = (values.get(name) for name in ("NumberOfFrames", "SamplesPerPixel", "BitsAllocated"))
    if frames not in (None, "", 1):
        return "it holds several frames without the places of each", CONVERT
    if samples not in (None, 1) or bits not in (8, 16, 32):
        return "its pixels hold no Hounsfield units", ONE_SERIES
    missing = [name for name in NEEDED if values.get(name) in (None, "")]
    if missing:
        return f"{', '.join(missing)} is missing in the header", CONVERT
    return None


def _may_go(odd: int, whole: int) -> bool:
    return odd <= max(_FEW, _FEW_SHARE * whole) and whole - odd >= _LEAST


def _without_faulty(what: str, found: list[SliceHeader], remarks: list[str]) -> list[SliceHeader]:
    faulty = [(one, fault) for one in found if (fault := _fault(one)) is not None]
    kept = [one for one in found if _fault(one) is None]
    if faulty and not _may_go(len(faulty), len(found)):
        one, (text, fix) = faulty[0]
        raise CtFault(what, one.path.name, text, fix)
    for text in dict.fromkeys(text for _, (text, _) in faulty):
        odd = [one for one, fault in faulty if fault[0] == text]
        remarks.append(f"{what}: left out {_files_of(odd)}: {text}")
    return kept


def _without_doubles(what: str, found: list[SliceHeader], remarks: list[str]) -> list[SliceHeader]:
    """Of a file that is there twice, under one instance number of the archive, the first."""
    first: dict[Any, SliceHeader] = {}
    doubles = []
    for one in found:
        number = _kind(one.values.get("SOPInstanceUID"))
        if one.frame is None and number and number in first:
            if _kind(one.values.get("ImagePositionPatient")) == _kind(first[number].values.get("ImagePositionPatient")):
                doubles.append(one)
        elif number:
            first[number] = one
    if doubles:
        remarks.append(f"{what}: left out {_files_of(doubles)}: the same slice is there twice")
    return [one for one in found if one not in doubles]


def _of_one_kind(
    what: str, found: list[SliceHeader], is_stack: Callable[[list[SliceHeader]], bool], remarks: list[str]
) -> list[SliceHeader]:
    """The slices that agree in series, size and orientation, where only a few do not."""
    for name in SAME:
        kinds = Counter(_kind(one.values.get(name)) for one in found)
        if len(kinds) == 1:
            continue
        usual = kinds.most_common(1)[0][0]
        kept = [one for one in found if _kind(one.values.get(name)) == usual]
        odd = [one for one in found if _kind(one.values.get(name)) != usual]
        if not _may_go(len(odd), len(found)) or not is_stack(kept):
            text = f"the files belong to {len(kinds)} series or more: {name} differs (in {_files_of(odd)})"
            raise CtFault(what, "headers", text, ONE_SERIES)
        remarks.append(f"{what}: left out {_files_of(odd)}: {name} is not that of the others")
        found = kept
    return found


def _of_one_acquisition(
    what: str, found: list[SliceHeader], is_stack: Callable[[list[SliceHeader]], bool], remarks: list[str]
) -> list[SliceHeader]:
    """The larger of several acquisitions that lie on each other."""
    numbers = Counter(_kind(one.values.get("AcquisitionNumber")) for one in found)
    if len(numbers) < 2 or is_stack(found):
        return found
    (usual, most), (_, next_most) = numbers.most_common(2)
    kept = [one for one in found if _kind(one.values.get("AcquisitionNumber")) == usual]
    odd = [one for one in found if _kind(one.values.get("AcquisitionNumber")) != usual]
    if not is_stack(kept):
        return found
    if most == next_most:
        text = (
            f"{len(numbers)} acquisitions of {most} slices: one with {_files_of(kept)}, another with {_files_of(odd)}"
        )
        raise CtFault(
            what, "headers, AcquisitionNumber", text, "Put the slices of one acquisition alone into the folder"
        )
    remarks.append(f"{what}: left out {_files_of(odd)}: they are of a smaller acquisition")
    return kept


def _kind(value: Any) -> Any:
    """A header's value so that equal ones compare equal."""
    if value is None or isinstance(value, (str, int)):
        return value or None
    try:
        return tuple(round(float(q), 4) for q in np.atleast_1d(value))
    except (TypeError, ValueError):
        return str(value)
