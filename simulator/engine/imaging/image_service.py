"""Image service: the engine's end of the archives that Views hold. It knows which session a token stands for."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Protocol
from weakref import WeakValueDictionary

from simulator.interface.frame import Frame
from simulator.interface.image_archive import ArchiveClosedError, ImageArchive, connect_image_service
from simulator.interface.radiograph import Radiograph


class ImageSource(Protocol):
    """Who makes the images of one session."""

    def show(self, number: int, indices: Sequence[int] | None = None) -> Frame:
        """The image of an acquisition, or some of its slices, for somebody to look at; the look is recorded."""
        ...

    def show_scout(self, number: int) -> Radiograph:
        """The picture of a scout, for somebody to look at."""
        ...


_SOURCES: WeakValueDictionary[str, ImageSource] = WeakValueDictionary()


def open_archive(source: ImageSource) -> ImageArchive:
    """A new archive whose images a source makes, for as long as the source lives."""
    token = secrets.token_hex(8)
    _SOURCES[token] = source
    return ImageArchive(token)


def _make_image(token: str, number: int, indices: tuple[int, ...] | None) -> Frame:
    return _source(token).show(number, indices)


def _make_scout(token: str, number: int) -> Radiograph:
    return _source(token).show_scout(number)


def _source(token: str) -> ImageSource:
    source = _SOURCES.get(token)
    if source is None:
        raise ArchiveClosedError("the session to which these images belong is over")
    return source


connect_image_service(_make_image, _make_scout)
