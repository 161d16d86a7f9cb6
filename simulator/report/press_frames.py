"""Press frames: one picture on disk for every image that was shown."""

from __future__ import annotations

from pathlib import Path

from simulator.ct.scanner import Frame
from simulator.procedure.events import AcquisitionMade
from simulator.report.frames import write_animation, write_frame_png

WINDOWS_HU = {"fluoroscopy": (1600.0, 400.0)}  # sac, collection and tissue must be told apart
VOLUME_WINDOW_HU = (2000.0, 500.0)


class FrameWriter:
    """Writes pictures into a session's folder as its images are first shown.

    Args:
        folder: where the pictures go
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._presses: list[Path] = []

    def write(self, event: AcquisitionMade, indices: tuple[int, ...] | None, frame: Frame) -> None:
        """Write one image."""
        window, level = WINDOWS_HU.get(event.purpose, VOLUME_WINDOW_HU)
        path = self._folder / f"{event.number:03d}-{event.purpose}.png"
        technique = f"{event.tube_voltage_kv} kV   {event.mas:g} mAs"
        caption = f"{event.purpose} {event.number}   {technique}   {event.at_ms / 1000:.0f} s"
        write_frame_png(frame, path, window_hu=window, level_hu=level, caption=caption)
        if event.purpose == "fluoroscopy":
            self._presses.append(path)

    def animate(self, path: Path) -> None:
        """Write the presses so far as one moving picture; nothing where there were none."""
        if self._presses:
            write_animation(sorted(self._presses), path, seconds_per_frame=1.2)
