"""Headers of the DICOM files in a folder: the few elements that matter, also of files without a preamble and of frames.

No value of a header but geometry, size and scale is kept or stands in a message.
"""

from __future__ import annotations

import logging
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from phantoms.from_ct.image import CtFault

MAX_FILES = 3000
MAX_FILE_BYTES = 64_000_000
MAX_FRAMES, MAX_FRAMES_BYTES = 1500, 1_600_000_000
CONVERT = "Convert the series with dcm2niix to one NIfTI volume and import that"
ONE_SERIES = "Put the slices of one axial series alone into the folder"
_COPY = "Copy it again from its source"
NEEDED = ("Rows", "Columns", "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient")
SAME = ("SeriesInstanceUID", "FrameOfReferenceUID", "Rows", "Columns", "PixelSpacing", "ImageOrientationPatient")
_HEADER = (*NEEDED, *SAME, "Modality", "NumberOfFrames", "SamplesPerPixel", "BitsAllocated", "RescaleSlope",
           "RescaleIntercept", "PixelRepresentation", "SOPInstanceUID", "ImageType", "AcquisitionNumber",
           "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")  # fmt: skip
_GROUPS = ("PixelMeasuresSequence", "PlaneOrientationSequence", "PlanePositionSequence",
           "PixelValueTransformationSequence")  # fmt: skip
_COMPANIONS = ("DICOMDIR", "LOCKFILE", "VERSION")  # which archives write beside the slices
_STARTS = (b"\x02\x00", b"\x08\x00")  # the first group of a file without a preamble


@dataclass(frozen=True, slots=True)
class SliceHeader:
    """One slice: its file, its frame in a file of several, and the elements that matter."""

    path: Path
    frame: int | None
    values: Dataset


@contextmanager
def silent() -> Iterator[None]:
    """Neither warnings nor the log of pydicom, which quote values of the header."""
    logger = logging.getLogger("pydicom")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


def slice_headers(folder: Path) -> tuple[list[SliceHeader], list[Path]]:
    """Headers of every slice in a folder.

    Returns:
        the headers, those without a single element of files that begin like DICOM and cannot be read, and the files
        that begin like nothing known

    Raises:
        CtFault: a file is damaged, too large, or packed so that it cannot be read, or there are too many.
    """
    what = str(folder)
    found: list[SliceHeader] = []
    others: list[Path] = []
    for path in _files(folder):
        if path.name.upper() in _COMPANIONS:
            continue
        header = _header(what, path)
        if header is None:
            others.append(path)
        else:
            found += _frames(what, path, header)
    return found, others


def open_dataset(path: Path) -> Dataset:
    """A whole file, also one without a preamble; call within `silent`."""
    whole = pydicom.dcmread(path, force=True)
    meta = getattr(whole, "file_meta", None)
    if meta is None or "TransferSyntaxUID" not in meta:
        whole.file_meta = FileMetaDataset() if meta is None else meta
        implicit = whole.original_encoding[0]
        whole.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    return whole


def _files(folder: Path) -> list[Path]:
    what = str(folder)
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        raise CtFault(what, "folder", "it cannot be read", "Check its permissions") from None
    if len(paths) > MAX_FILES:
        raise CtFault(what, "folder", f"{len(paths)} files are more than a series holds", ONE_SERIES)
    return paths


def _header(what: str, path: Path) -> Dataset | None:
    """The elements that matter, None for a file that begins like nothing known.

    Without a preamble nothing says for sure that a file is DICOM: one that cannot be read has no elements.
    """
    try:
        with path.open("rb") as file:
            start = file.read(132)
    except OSError:
        raise CtFault(what, path.name, "the file cannot be read", "Check its permissions") from None
    preamble = start[128:] == b"DICM"
    if not (preamble or start[:2] in _STARTS):
        return None
    if path.stat().st_size > MAX_FRAMES_BYTES:
        raise CtFault(what, path.name, f"{path.stat().st_size / 1e6:.0f} MB are no single slice", CONVERT)
    try:
        with silent():
            if preamble:
                _check_deflated(what, path)
            header = pydicom.dcmread(
                path, stop_before_pixels=True, specific_tags=list(_HEADER), defer_size="1 MB", force=not preamble
            )
            for name in _HEADER:
                header.get(name)  # values are read when they are asked for
    except CtFault:
        raise
    except Exception:  # pydicom raises many kinds for the many ways in which a file can be damaged
        if not preamble:
            return Dataset()
        raise CtFault(what, path.name, "its header is damaged", _COPY) from None
    if header.get("NumberOfFrames") in (None, "", 1) and path.stat().st_size > MAX_FILE_BYTES:
        raise CtFault(what, path.name, f"{path.stat().st_size / 1e6:.0f} MB are no single slice", CONVERT)
    return header


def _check_deflated(what: str, path: Path) -> None:
    """A deflated file is unpacked as a whole: it must not grow beyond a slice.

    Raises:
        CtFault: it does.
    """
    meta = pydicom.filereader.read_file_meta_info(path)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    if path.stat().st_size > MAX_FILE_BYTES:
        raise CtFault(what, path.name, "it is deflated and too large to be unpacked", CONVERT)
    with path.open("rb") as file:
        file.seek(132 + 12 + int(meta.FileMetaInformationGroupLength))
        packed = file.read()
    unpacker, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while packed and size <= MAX_FILE_BYTES:
        size += len(unpacker.decompress(packed, 1_000_000))
        packed = unpacker.unconsumed_tail
    if size > MAX_FILE_BYTES:
        fix = "Save it again without deflating (dcmtk: dcmconv +te)"
        raise CtFault(what, path.name, "it is deflated, and no slice is as large as what comes out", fix)


def _frames(what: str, path: Path, header: Dataset) -> list[SliceHeader]:
    """The slices of a file: itself, or the frames of an enhanced one with the geometry of each."""
    count = header.get("NumberOfFrames")
    groups = header.get("PerFrameFunctionalGroupsSequence")
    if count in (None, "") or not groups:
        return [SliceHeader(path, None, header)]
    if int(count) != len(groups) or int(count) > MAX_FRAMES:
        raise CtFault(what, path.name, f"{count} frames do not fit its header", CONVERT)
    shared = header.get("SharedFunctionalGroupsSequence")
    try:
        with silent():
            return [SliceHeader(path, k, _of_frame(header, shared, own)) for k, own in enumerate(groups)]
    except Exception:
        raise CtFault(what, path.name, "its header is damaged", _COPY) from None


def _of_frame(header: Dataset, shared: Any, own: Dataset) -> Dataset:
    """A header as a single slice would have it."""
    one = Dataset()
    for name in _HEADER:
        if name in header and not name.endswith("GroupsSequence") and name not in ("NumberOfFrames", "SOPInstanceUID"):
            setattr(one, name, header.get(name))
    for source in (*(shared or ()), own):
        for name in _GROUPS:
            for item in source.get(name) or ():
                for element in item:
                    if element.keyword in _HEADER:
                        setattr(one, element.keyword, element.value)
    return one


def transfer_syntax(whole: Dataset) -> UID:
    """How the pixels are packed."""
    return UID(whole.file_meta.TransferSyntaxUID)
