"""What a compressed DICOM slice says of its own size, before a decoder is trusted with it."""

from __future__ import annotations

import struct

from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames, get_frame

_MOST_PER_PIXEL = 4  # bytes that a packed pixel can take
_J2K = b"\xff\x4f\xff\x51"
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}  # JPEG's start of frame, and JPEG-LS's


def check_coded_size(dataset: Dataset, shape: tuple[int, int], frame_index: int | None = None) -> None:
    """Compare the size in the compressed stream with that in the header: a decoder makes what the stream says.

    Args:
        dataset: with compressed pixels
        shape: rows and columns of its header
        frame_index: in a file of several frames

    Raises:
        ValueError: they differ, or the stream is longer than such a slice can be.
    """
    if frame_index is None:
        frame = next(generate_frames(dataset.PixelData, number_of_frames=1))
    else:
        frame = get_frame(dataset.PixelData, frame_index, number_of_frames=int(dataset.NumberOfFrames))
    if len(frame) > _MOST_PER_PIXEL * shape[0] * shape[1] + 65536:
        raise ValueError("the stream is too long")
    coded = _coded(frame)
    if coded is not None and coded != shape:
        raise ValueError("the stream is of another size")


def _coded(frame: bytes) -> tuple[int, int] | None:
    """Rows and columns of a JPEG 2000, JPEG or JPEG-LS stream; None for one that does not say (run lengths)."""
    at = frame.find(_J2K, 0, 4096)
    if at >= 0:
        across, down, left, top = struct.unpack_from(">4I", frame, at + 8)
        return down - top, across - left
    at = 2
    while frame[:2] == b"\xff\xd8" and at + 9 < len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker in _FRAME_MARKERS:
            rows, columns = struct.unpack_from(">2H", frame, at + 5)
            return rows, columns
        at += 2 + (0 if marker in (0xD8, 0xFF, 0x01) else struct.unpack_from(">H", frame, at + 2)[0])
    return None
