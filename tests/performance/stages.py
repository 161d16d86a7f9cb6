"""Stages: where the time of an image goes, by wrapping the product's calls from the outside.

A call inside another counts for itself alone, so that the stages and what is left over add up to the whole.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

OTHER = "other"


class StageClock:
    """Milliseconds by stage since the last `take`, each without the stages that it called."""

    def __init__(self) -> None:
        self._spent_ms: dict[str, float] = {}
        self._inner_ms: list[float] = []
        self.missing: list[str] = []

    def take(self) -> dict[str, float]:
        """What was spent since the last call."""
        spent, self._spent_ms = self._spent_ms, {}
        return spent

    def wrapped(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, timed."""

        @functools.wraps(call)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._inner_ms.append(0.0)
            started = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                whole = 1e3 * (time.perf_counter() - started)
                inner = self._inner_ms.pop()
                self._spent_ms[stage] = self._spent_ms.get(stage, 0.0) + whole - inner
                if self._inner_ms:
                    self._inner_ms[-1] += whole

        return timed


class _Overlay:
    """A module as one other module sees it, with some names replaced."""

    def __init__(self, module: Any, **replaced: Any) -> None:
        self.__dict__.update(replaced)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


@contextmanager
def clocked() -> Iterator[StageClock]:
    """Time the stages of every image made inside; a name that the product no longer has is told in `missing`."""
    from simulator.ct import detector, projector, rebinning, reconstruction, scanner
    from simulator.ct import projection_cache as expected_signal
    from simulator.engine import session

    kernels = reconstruction.kernels
    places: list[tuple[Any, str, str]] = [
        (session, "density_box", "patch as a box"),
        (expected_signal.ProjectionCache, "slice_signal", "planes to slices"),
        (projector.Projector, "line_integrals", "projection"),
        (detector.Detector, "transmission", "spectrum"),
        (scanner, "project_needle", "needle shadow"),
        (detector.Detector, "water_equivalent_path_length_mm", "noise, log, water"),
        (rebinning.FullTurnRebinning, "rebin", "rebinning"),
        (kernels, "grid_three", "filter and gridding"),
        (kernels, "fold", "folding"),
        (kernels, "to_hu", "HU"),
    ]
    clock = StageClock()
    before: list[tuple[Any, str, Any]] = []
    for holder, name, stage in places:
        call = getattr(holder, name, None)
        if call is None:
            clock.missing.append(f"{holder.__name__}.{name}")
            continue
        before.append((holder, name, call))
        setattr(holder, name, clock.wrapped(stage, call))
    # scipy.fft serves the projector too: only the reconstruction's own view of it is timed
    library = reconstruction.scipy
    transforms = {"rfft": "radial FFT", "ifft": "inverse FFT", "irfft": "inverse FFT"}
    timed = {name: clock.wrapped(stage, getattr(library.fft, name)) for name, stage in transforms.items()}
    before.append((reconstruction, "scipy", library))
    reconstruction.scipy = _Overlay(library, fft=_Overlay(library.fft, **timed))  # type: ignore[attr-defined]
    try:
        yield clock
    finally:
        for holder, name, call in before:
            setattr(holder, name, call)
