"""ImageArchive: the console's images, asked for by number. It holds a token and nothing else.

An image is made when somebody looks at it, and whoever makes it knows the patient. So the archive holds no way to the
engine: it passes its token to the one service of the process, and the service alone knows which session the token
stands for. A View can therefore be copied and pickled, and no attribute of it leads to the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph

ScoutService = Callable[[str, int], Radiograph]
"""Makes a scout's picture from an archive's token and the scout's number."""

ImageService = Callable[[str, int, tuple[int, ...] | None], Frame]
"""Makes an image from an archive's token, the number of an acquisition, and indices of its slices (None: all)."""


class ArchiveClosedError(LookupError):
    """The session to which the images belong is over, or ran in another process."""


@dataclass(frozen=True, slots=True)
class ImageArchive:
    """The console's archive of images."""

    _token: str

    def frame(self, number: int) -> Frame:
        """Image of an acquisition; z in table millimetres.

        Raises:
            KeyError: there is no acquisition with this number.
            ArchiveClosedError: nobody makes images for this archive any more.
        """
        return _service(self._token, number, None)

    def slices(self, number: int, indices: Sequence[int]) -> Frame:
        """Some slices of an acquisition, by their indices from the head down; errors as of `frame`."""
        return _service(self._token, number, tuple(indices))

    def scout(self, number: int) -> Radiograph:
        """Picture of a scout by its number; errors as of `frame`."""
        return _scout_service(self._token, number)


def _closed(token: str, number: int, indices: tuple[int, ...] | None) -> Frame:
    raise ArchiveClosedError("no session of this process makes images: look at them while the session runs")


def _scout_closed(token: str, number: int) -> Radiograph:
    raise ArchiveClosedError("no session of this process makes images: look at them while the session runs")


_service: ImageService = _closed
_scout_service: ScoutService = _scout_closed


def connect_image_service(service: ImageService, scouts: ScoutService = _scout_closed) -> None:
    """Let these functions make the images and the scouts of all archives of this process."""
    global _service, _scout_service
    _service, _scout_service = service, scouts
