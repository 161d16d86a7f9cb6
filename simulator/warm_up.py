"""Warm-up: on the first start kernels are compiled by processes of their own, side by side, and kept for later.

Compiling in the main process would take twice as long and leave the compiler's memory behind. While the last part is
compiled a patient is built and the first picture made. A warm-up that fails costs only time: whatever was not compiled
is compiled when it is first called. Of two programs that start at once, one compiles a part and the other waits for it.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from phantoms.kernel_cache import CACHE_VARIABLE, process_cache_folder
from phantoms.phantom import Anatomy, Phantom
from simulator.files.file_lock import try_lock
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.progress import Progress

if TYPE_CHECKING:
    from simulator.ct.needle_shadow import SteelTube
    from simulator.ct.projector import DensityChange

PARTS = ("patient", "picture", "procedure")
"""In the order in which they are needed: to build a patient, to make pictures of one, and for all that comes after."""
_PROCESSES = (PARTS[:1], PARTS[1:])
ANATOMY = "anatomy"
"""What a spine is made and measured with: a third of the whole, and all that is asked of a case that is not built."""
LATER = 10
"""By so much what comes after the first picture steps back (POSIX niceness), so that the patient is built by all cores;
beside programs that do not it still has a tenth of a core."""
USUAL_S = 25.0  # on a laptop; only the progress bar asks
LONGEST_S = 300.0


class WarmUp:
    """Processes that compile what this version's cache does not hold yet."""

    def __init__(self, processes: Sequence[Sequence[str]] = _PROCESSES) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started = time.monotonic()
        for parts in processes:
            missing = [part for part in parts if not _is_compiled(part)]
            if missing:
                line = [sys.executable, "-m", "simulator.warm_up", *missing]
                folder = Path(__file__).resolve().parents[1]
                environment = {**os.environ, CACHE_VARIABLE: str(process_cache_folder())}
                try:
                    process = subprocess.Popen(
                        line, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                    )
                except OSError:
                    continue
                self._running.update(dict.fromkeys(missing, process))

    def wait(self, report: Progress, until: str = PARTS[-1]) -> None:
        """Wait until a part is compiled, and those that are needed before it."""
        asked = PARTS[: PARTS.index(until) + 1] if until in PARTS else (until,)
        what = "compiling (first start)"
        if self._at_work(asked):
            while self._at_work(asked) and time.monotonic() - self._started < LONGEST_S:
                report(what, min((time.monotonic() - self._started) / USUAL_S, 0.99))
                time.sleep(0.1)
            report(what, 1.0)
        if until == PARTS[-1]:
            self.stop()

    def _at_work(self, asked: Sequence[str]) -> bool:
        running = [(part, self._running[part]) for part in asked if part in self._running]
        return any(process.poll() is None and not _marker(part).exists() for part, process in running)

    def stop(self) -> None:
        """End what still runs."""
        for process in self._running.values():
            process.kill()
            process.wait()
        self._running.clear()


@contextmanager
def first_start() -> Iterator[WarmUp]:
    """Compile what is missing as long as this lasts; what is not compiled by then is not waited for."""
    warm_up = WarmUp()
    try:
        yield warm_up
    finally:
        warm_up.stop()


def compile_kernels(progress: Progress | None) -> None:
    """On the first start: compile what is not compiled yet, and wait for it."""
    with first_start() as warm_up:
        warm_up.wait(progress or unheard)


def compile_anatomy(progress: Progress) -> None:
    """On the first start: compile what a spine is measured with, and wait for it."""
    warm_up = WarmUp([[ANATOMY]])
    try:
        warm_up.wait(progress, until=ANATOMY)
    finally:
        warm_up.stop()


def unheard(what: str, fraction: float) -> None:
    """Progress that nobody wants to hear of."""


def _marker(part: str) -> Path:
    """File that says that a part has been compiled into this cache."""
    return process_cache_folder() / f"{part}-compiled"


def _is_compiled(part: str) -> bool:
    """Whether a part has been compiled; the anatomy is the last of all that is compiled for a procedure."""
    return any(_marker(one).exists() for one in ((part, PARTS[-1]) if part == ANATOMY else (part,)))


def _compile_patient() -> None:
    """Fill a few planes of a patient with tissue."""
    from phantoms.build import planes_of_volumes
    from phantoms.catalogue import patient_parameters

    planes_of_volumes(patient_parameters("patient-2"), planes=2)


def _compile_anatomy() -> None:
    from phantoms.build import anatomy_of
    from phantoms.catalogue import patient_parameters

    _ask(anatomy_of(patient_parameters("patient-2")))


def compile_imported_anatomy(anatomy: Anatomy) -> None:
    """Compile what a CT's anatomy answers with before its treatment begins; drawn people's was compiled before."""
    from phantoms.synthetic_anatomy import SyntheticAnatomy

    if not isinstance(anatomy, SyntheticAnatomy):
        _ask(anatomy)


def _ask(anatomy: Anatomy) -> None:
    """Ask an anatomy everything once, for one place and for several."""
    import numpy as np

    for count in (1, 3):
        points = np.zeros((count, 3))
        for ask in (
            anatomy.dura_mm,
            anatomy.neural_mm,
            anatomy.cord_mm,
            anatomy.bone_mm,
            anatomy.skin_mm,
            anatomy.label,
            anatomy.zone,
        ):
            ask(points)
    anatomy.level(PatientPoint(0.0, 0.0, 0.0))
    anatomy.epidural_depth_mm(PatientPoint(0.0, 0.0, 0.0))


def _compile_patch() -> None:
    """Let a stream pass between two cells."""
    import numpy as np

    from simulator.patch import flow_balance_kernels as balance
    from simulator.patch import flow_transport_kernels as transport
    from simulator.patch.cell_rows_kernels import rows_among

    one, two, held = np.ones(1), np.ones(2), np.ones((2, 5))
    cells, first, second = np.arange(2), np.array([0]), np.array([1])
    starts, neighbours, through = np.array([0, 1, 2], np.int32), np.array([1, 0], np.int32), np.zeros(2, np.int32)
    rows = rows_among(cells, starts, neighbours, through, cells.astype(np.int32), np.zeros(1, np.int32))
    balance.balance(
        np.zeros(2),
        two,
        balance.Storage(capacity=two, fluid=two, half=1.0),
        balance.Faces(first=first, second=second, mobility=one, yield_up=one, yield_down=one, creep=0.1),
        balance.Exits(conductance=two, opening=0.0),
        rows,
        balance.Limits(settled=1e-6, steps=5, turns=5),
    )
    streams = transport.Streams(lower=second, amount=one)
    transport.carry(np.empty((2, 5)), held, two, cells, streams, rows)
    transport.redistribute_overflow(held, two, first, second, 1e-6, 5)


def _water_slab() -> Phantom:
    """A slab of water with a finer box in it."""
    import numpy as np

    from phantoms.phantom import BasisVolume, Landmarks, Leak, Phantom, VoxelGrid
    from simulator.vocabulary.anatomy import Laterality, LeakPattern

    def water(grid: VoxelGrid) -> BasisVolume:
        counts = np.zeros((3, *grid.shape), np.uint16)
        counts[0] = 1000
        return BasisVolume(
            grid=grid,
            counts=counts,
            offset=np.zeros(3),
            step=np.full(3, 1e-3),
            label=np.ones(grid.shape, np.uint8),
        )

    body = VoxelGrid(origin_mm=PatientPoint(-30.0, -30.0, -8.0), spacing_mm=(1.0, 1.0, 1.0), shape=(16, 61, 61))
    box = VoxelGrid(origin_mm=PatientPoint(-10.25, -10.25, -8.0), spacing_mm=(0.5, 0.5, 1.0), shape=(16, 42, 42))
    return Phantom(
        name="water",
        body=water(body),
        canal=water(box),
        anatomy=None,  # type: ignore[arg-type]
        landmarks=Landmarks(),
        levels=(),
        leak=Leak(pattern=LeakPattern.NONE, level=None, side=Laterality.BOTH, hole_mm=None),
        derived=(),
        identity="",
    )


def _make_picture(needles: Sequence[SteelTube], injected: DensityChange | None, arc_deg: int) -> None:
    from simulator.ct.scanner import Scanner
    from simulator.ct.technique import Technique

    Scanner(_water_slab()).image(
        technique=Technique(tube_voltage_kv=120, tube_current_ma=30.0, rotation_s=0.5, scan_arc_deg=arc_deg),
        slice_centres_mm=[4.0, 0.0, -4.0],
        needles=needles,
        change=injected,
        noise_key=1,
        centre_mm=(0.0, 0.0),
    )


def _compile_picture() -> None:
    """Image water."""
    _make_picture((), None, 360)


def _compile_needle_and_patch_pictures() -> None:
    """Image water with a needle, and in part of a turn with something injected."""
    import numpy as np

    from simulator.ct.needle_shadow import SteelTube
    from simulator.ct.projector import DensityChange

    needle = SteelTube(
        points_mm=np.array([[0.0, 0.0, 0.0], [3.0, 20.0, 0.5]]), outer_diameter_mm=0.9, bore_diameter_mm=0.0
    )
    part = replace(_water_slab().canal.grid, shape=(4, 8, 8))
    change = DensityChange(grid=part, delta=np.full((3, 4, 8, 8), 0.1, np.float32), revision=1)
    _make_picture((needle,), None, 360)
    _make_picture((replace(needle, bore_diameter_mm=0.6),), change, 240)


def _compile_procedure() -> None:
    """Compile what comes after a picture; the anatomy last, since it reads what the other process has compiled."""
    _compile_needle_and_patch_pictures()
    _compile_scout()
    _compile_patch()
    _compile_anatomy()


def _compile_scout() -> None:
    """Send rays through two planes of water."""
    import numpy as np

    from simulator.ct.scout_rays_kernels import PlaneRays, add_rays

    one = np.ones(6, np.float32)
    rays = PlaneRays(start=one, slope=one, length_mm=one)
    add_rays(np.ones((3, 2, 8, 8), np.float32), rays, np.zeros((3, 2, 2), np.float32))


COMPILED_BY: dict[str, Callable[[], None]] = {
    "patient": _compile_patient,
    "picture": _compile_picture,
    "procedure": _compile_procedure,
    ANATOMY: _compile_anatomy,
}


def main(*parts: str) -> None:
    """Compile some parts and mark each; where another program is at one, wait for that instead."""
    gc.disable()  # a compiler keeps nearly all that it makes; looking for what it does not takes an eighth of the time
    for part in parts:
        if part == PARTS[-1] and hasattr(os, "nice"):
            os.nice(LATER)
        with _alone(part):
            if not _marker(part).exists():
                COMPILED_BY[part]()
                _marker(part).touch()


@contextmanager
def _alone(part: str) -> Iterator[None]:
    """Be the only program that compiles a part: two that write one kernel's index at once lose a form of it."""
    try:
        descriptor = os.open(_marker(part).with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # what cannot be written is not shared
        yield
        return
    try:
        while not try_lock(descriptor):
            time.sleep(0.1)
        yield
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    main(*sys.argv[1:])
