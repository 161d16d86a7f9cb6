"""Press frames: one picture on disk for every image that was shown, and the presses as a moving picture."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

from simulator.engine.events import AcquisitionMade
from simulator.interface.frame import Frame
from simulator.report.frames import write_animation, write_frame_png

GUIDE_HU = (1600.0, 400.0)  # sac, collection and tissue must be told apart
VOLUME_HU = (2000.0, 500.0)
CLOSE_UP_SHARE = 0.6  # of the image's width: the back, from the skin to the vertebral body
SECONDS_EACH = 1.2
MOST_MOVING = 40  # presses in the moving picture: the last ones


class FrameWriter:
    """Writes pictures into a session's folder as its images are first shown.

    Args:
        folder: where the pictures go
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._presses: dict[int, tuple[Frame, str]] = {}

    def write(self, event: AcquisitionMade, indices: tuple[int, ...] | None, frame: Frame) -> None:
        """Write one image."""
        press = event.purpose == "fluoroscopy"
        window, level = GUIDE_HU if press else VOLUME_HU
        technique = f"{event.settings.tube_voltage_kv} kV   {event.beam.mas:g} mAs"
        caption = f"{event.purpose} {event.number}   {technique}   {event.at_ms / 1000:.0f} s"
        path = self._folder / f"{event.number:03d}-{event.purpose}.png"
        beside = path.with_name(f".unfinished-{path.name}")
        try:
            write_frame_png(frame, beside, window_hu=window, level_hu=level, caption=caption)
            beside.replace(path)
        except BaseException:  # Ctrl-C among them
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
        if press:
            self._presses[event.number] = close_up(frame), caption
            while len(self._presses) > MOST_MOVING:
                self._presses.pop(min(self._presses))

    @property
    def moves(self) -> bool:
        """Whether there is a press to show."""
        return bool(self._presses)

    def animate(self, path: Path) -> None:
        """Write the presses so far as one moving picture of the back; ValueError where there were none."""
        with tempfile.TemporaryDirectory() as name:
            pictures = []
            for number, (frame, caption) in sorted(self._presses.items()):
                pictures.append(Path(name) / f"{number:05d}.png")
                window, level = GUIDE_HU
                write_frame_png(frame, pictures[-1], window_hu=window, level_hu=level, caption=caption)
            write_animation(pictures, path, seconds_per_frame=SECONDS_EACH)


def close_up(frame: Frame) -> Frame:
    """The upper middle of an image: the back, from the skin to the vertebral body."""
    side = frame.hu.shape[1]
    width = round(CLOSE_UP_SHARE * side / 2) * 2
    left = (side - width) // 2
    x, y, _ = replace(frame, tilt=None).position_mm(0, (width - 1) / 2, left + (width - 1) / 2)
    return replace(frame, hu=frame.hu[:, :width, left : left + width].copy(), centre_mm=(x, y))
