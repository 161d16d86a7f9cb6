"""Image memory: shared memory in which one image at a time goes to an operator's process."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.interface.frame import Frame
from simulator.interface.image_archive import ArchiveClosedError, ImageArchive
from simulator.interface.radiograph import Radiograph
from simulator.operators.apart.typed_json import to_plain

SHARED_MEMORY = "/dev/shm"
MOST_SLICES = 10_000


class ImageMemory:
    """A file, in memory where the system has such, that this side writes and the operator's process reads.

    Args:
        spare: a folder on the disk, where memory is full or there is no such file
    """

    def __init__(self, spare: Path) -> None:
        self._spare = spare / "images"
        folder = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else spare
        self._descriptor, self.file = tempfile.mkstemp(prefix="operator-images-", dir=folder)

    def form(self, images: ImageArchive, wish: dict[str, Any]) -> dict[str, Any]:
        """The image that is wished for: its pixels into the memory, its form as plain JSON types."""
        number: Any = wish.get("image")
        slices: Any = wish.get("slices")
        if not _is_wish(number, slices):
            words = "an acquisition has a number, and slices have indices, each named once"
            return {"error": "TypeError", "words": words}
        try:
            if wish.get("scout") is True:
                radiograph = images.scout(number)
                return {"file": self._write(radiograph.water_mm), **_form_of_scout(radiograph)}
            frame = images.frame(number) if slices is None else images.slices(number, slices)
        except ArchiveClosedError as error:
            return {"error": "ArchiveClosedError", "words": str(error)}
        except (KeyError, IndexError) as error:
            return {"error": type(error).__name__, "words": str(error)}
        return {"file": self._write(frame.hu), **_form(frame)}

    def hide(self) -> None:
        """Take the file's name away, now that both sides have it open: whatever kills them, nothing of it is left."""
        try:
            Path(self.file).unlink(missing_ok=True)
        except OSError:  # a system that keeps names of open files
            return

    def remove(self) -> None:
        """Let go of the memory; nothing can be shown any more."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self.hide()

    def _write(self, values: NDArray[np.float32]) -> str | None:
        """The file that holds the image; None for the memory that both sides have open."""
        pixels = np.ascontiguousarray(values, np.float32)
        try:
            self._fill(pixels.data.cast("B"))
            return None
        except OSError:  # memory is full: the disk is slower
            pixels.tofile(self._spare)
            return str(self._spare)

    def _fill(self, content: memoryview) -> None:
        """Write over what is there: pages that are there already cost a third of new ones."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while content:
            content = content[os.write(self._descriptor, content) :]


def _is_wish(number: Any, slices: Any) -> bool:
    def whole(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    if slices is None:
        return whole(number)
    # Each once, so that no wish is for more than the scan has: what is shown is copied on this side of the wall
    listed = isinstance(slices, list) and len(slices) <= MOST_SLICES and all(map(whole, slices))
    return whole(number) and listed and len(set(slices)) == len(slices)


def _form(frame: Frame) -> dict[str, Any]:
    return {
        "shape": list(frame.hu.shape),
        "z_mm": frame.z_mm.tolist(),
        "pixel_spacing_mm": frame.pixel_spacing_mm,
        "centre_mm": list(frame.centre_mm),
        "exposure": to_plain(frame.exposure),
        "slice_thickness_mm": frame.slice_thickness_mm,
        "kernel": frame.kernel,
        "tilt": None if frame.tilt is None else to_plain(frame.tilt),
    }


def _form_of_scout(radiograph: Radiograph) -> dict[str, Any]:
    return {
        "shape": list(radiograph.water_mm.shape),
        "table_mm": radiograph.table_mm.tolist(),
        "across_mm": radiograph.across_mm.tolist(),
        "plane_mm": float(radiograph.plane_mm),
        "orientation": to_plain(radiograph.orientation),
        "technique": to_plain(radiograph.technique),
    }
