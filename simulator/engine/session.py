"""Session: one procedure as it runs. A fold of commands, with images made when somebody looks."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from phantoms.phantom import VoxelGrid
from simulator.ct.freed_memory import keep_freed_memory
from simulator.ct.projector import DensityChange
from simulator.ct.scanner import Scanner
from simulator.ct.scanner_model import scanner_model
from simulator.engine.advance import advance, initial_state
from simulator.engine.case_context import CaseContext
from simulator.engine.events import AcquisitionMade, Event, ImageLookedAt, ScoutMade
from simulator.engine.history import History
from simulator.engine.image_rendering import SHOWN, ImageField, render_image
from simulator.engine.imaging.image_service import open_archive
from simulator.engine.imaging.scout import row_table_mm, scout_scene
from simulator.engine.observation import observe
from simulator.engine.state import ProcedureState
from simulator.interface.commands import Command, Finish, LookAt
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph
from simulator.interface.view import View
from simulator.patch.injected_voxels import Injected, density_box
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.scout import ScoutOrientation

KEPT_BYTES = 45_000_000  # of images that may be looked at again: a dozen presses


Watcher = Callable[[AcquisitionMade, tuple[int, ...] | None, Frame], None]
"""Told of an image when it is first shown: its acquisition, the indices of its slices (None: all), the image."""

ScoutWatcher = Callable[[int, Radiograph], None]
"""Told of a scout when it is first shown: its number and its picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command and what came of it."""

    command: Command
    events: tuple[Event, ...]

    @property
    def is_look(self) -> bool:
        """Whether it was a look at an image, which changes nothing that can be perceived."""
        return any(isinstance(event, ImageLookedAt) for event in self.events)


class Session:
    """A procedure in progress.

    Args:
        world: patient, scenario and seed
        progress: told the share of a long acquisition that is done, and its purpose
        scanner: with this world's phantom in it, where one is kept over several sessions; made when needed if None
    """

    def __init__(
        self,
        world: CaseContext,
        *,
        progress: Callable[[str, float], None] | None = None,
        scanner: Scanner | None = None,
    ) -> None:
        keep_freed_memory()  # before other threads ask for images
        self.world = world
        self.state: ProcedureState = initial_state(world)
        self.steps: list[Step] = []
        self._progress = progress
        self._scanner = scanner
        self._acquisitions: dict[int, AcquisitionMade] = {}
        self._injected: dict[int, Injected] = {}
        self._latest_change: DensityChange | None = None
        self._history = History(world)
        self._frames: OrderedDict[tuple[int, tuple[int, ...] | None], Frame] = OrderedDict()
        self._one_image = threading.RLock()
        self._scouts: dict[int, ScoutMade] = {}
        self._radiographs: dict[int, Radiograph] = {}
        self._archive = open_archive(self)
        self._watchers: list[Watcher] = []
        self._scout_watchers: list[ScoutWatcher] = []
        self._scouts_shown: set[int] = set()
        self._shown: set[tuple[int, tuple[int, ...] | None]] = set()
        self._looked: dict[int, set[int]] = {}

    @property
    def events(self) -> list[Event]:
        """Everything that has happened, in order."""
        return list(self._history.events)

    def do(self, command: Command) -> tuple[Event, ...]:
        """Carry out a command."""
        self.state, events = advance(self.world, self.state, command)
        self.steps.append(Step(command=command, events=events))
        self._history.extend(events)
        self._injected[self.state.injection.injected.revision] = self.state.injection.injected
        for event in events:
            if isinstance(event, AcquisitionMade):
                self._acquisitions[event.number] = event
            elif isinstance(event, ScoutMade):
                self._scouts[event.number] = event
            elif isinstance(event, ImageLookedAt):
                self._looked.setdefault(event.number, set()).update(event.slices)
        return events

    def after(self, commands: int) -> Session:
        """A session of its own after the first commands of this one, carried out again by the same chance.

        It shares scanner and images, so that nothing is projected or made twice.
        """
        made = Session(self.world, progress=self._progress, scanner=self._own_scanner())
        for step in self.steps[:commands]:
            made.do(step.command)
        made._frames.update((key, frame) for key, frame in self._frames.items() if key[0] in made._acquisitions)
        made._radiographs.update((n, one) for n, one in self._radiographs.items() if n in made._scouts)
        return made

    def branch(self, world: CaseContext) -> Session:
        """A session of its own that stands where this one does: what is done in one changes nothing in the other.

        Args:
            world: the same patient, by the same chance or by another one of the hands
        """
        made = Session(world, progress=self._progress, scanner=self._scanner)
        made.state, made.steps, made._history = self.state, list(self.steps), self._history.branch()
        made._scouts = dict(self._scouts)
        made._acquisitions, made._injected = dict(self._acquisitions), dict(self._injected)
        made._looked = {number: set(slices) for number, slices in self._looked.items()}
        return made

    def view(self) -> View:
        """What the operator perceives now."""
        last = next((step.events for step in reversed(self.steps) if not step.is_look), ())
        return observe(self.world, self.state, self._history, last, self._archive)

    def watch(self, watcher: Watcher) -> None:
        """Call back with each image when it is first shown."""
        self._watchers.append(watcher)

    def presses(self) -> list[int]:
        """Numbers of the fluoroscopy images, in order."""
        return [n for n, event in self._acquisitions.items() if event.purpose == "fluoroscopy"]

    def acquisition(self, number: int) -> AcquisitionMade:
        """Record of an acquisition; KeyError where there is none with this number."""
        return self._acquisitions[number]

    def injected_at(self, revision: int) -> Injected | None:
        """What lay in the canal at a revision of the patch; None before anything was injected."""
        return self._injected.get(revision) if revision else None

    def image(self, number: int, indices: Sequence[int] | None = None) -> Frame:
        """Image of an acquisition, or some of its slices, the same bits as in the whole; z in table millimetres.

        A long scan need not be made for a few slices; what was made is kept for a while. Several threads may ask: each
        waits for the one before it.
        """
        whole, key = (number, None), (number, None if indices is None else tuple(indices))
        with self._one_image:
            for kept in (key, whole):
                if kept in self._frames:
                    self._frames.move_to_end(kept)
                    return self._frames[kept] if kept == key else _slices(self._frames[kept], key[1])
            frame = self._render(self._own_scanner(), self.acquisition(number), indices)
            self._frames[key] = frame
            while len(self._frames) > 1 and sum(f.hu.nbytes for f in self._frames.values()) > KEPT_BYTES:
                self._frames.popitem(last=False)
        return frame

    def image_by(self, scanner: Scanner, number: int, indices: Sequence[int], field: ImageField) -> Frame:
        """Some slices of an acquisition as another scanner makes them of the same patient; they are not kept.

        Args:
            scanner: with this world's phantom in it, of another geometry
            field: the square that is made
        """
        return self._render(scanner, self.acquisition(number), indices, field)

    def show(self, number: int, indices: Sequence[int] | None = None) -> Frame:
        """The image, for somebody to look at: a look is a command, carried out first for slices not seen before."""
        if not self.state.finished:
            every = range(len(self.acquisition(number).slices.centres_table_mm))
            unseen = {every[k] for k in (every if indices is None else indices)} - self._looked.get(number, set())
            if unseen:
                self.do(LookAt(number=number, slices=tuple(sorted(unseen))))
        return self.prepare_image(number, indices)

    def prepare_image(self, number: int, indices: Sequence[int] | None = None) -> Frame:
        """The image, made without anybody's look: who watches the session is told when it is first made."""
        frame = self.image(number, indices)
        key = (number, None if indices is None else tuple(indices))
        if key not in self._shown:
            for watcher in self._watchers:
                watcher(self.acquisition(number), key[1], frame)
            # Last, so that an image whose record was interrupted is recorded when it is looked at again
            self._shown.add(key)
        return frame

    def scout(self, number: int) -> Radiograph:
        """Picture of a scout; KeyError where there is none with this number."""
        if number not in self._radiographs:
            event, scanner, progress = self._scouts[number], self._own_scanner(), self._progress
            scene = scout_scene(self.world, event, self._change(event.patch_revision))
            water_mm = scanner.scout(scene, None if progress is None else lambda share: progress(event.purpose, share))
            table_mm, across_mm = row_table_mm(event), scanner.scout_columns_mm(scene)
            table_mm.flags.writeable = across_mm.flags.writeable = False
            self._radiographs[number] = Radiograph(
                water_mm=water_mm,
                table_mm=table_mm,
                across_mm=across_mm,
                plane_mm=scanner.isocenter_mm[0 if event.orientation is ScoutOrientation.LATERAL else 1],
                orientation=event.orientation,
                technique=event.settings,
            )
        return self._radiographs[number]

    def scout_made(self, number: int) -> ScoutMade:
        """Record of a scout; KeyError where there is none with this number."""
        return self._scouts[number]

    def scouts(self) -> list[int]:
        """Numbers of the scouts, in order."""
        return list(self._scouts)

    def watch_scouts(self, watcher: ScoutWatcher) -> None:
        """Call back with each scout when it is first shown."""
        self._scout_watchers.append(watcher)

    def show_scout(self, number: int) -> Radiograph:
        """The picture of a scout, for somebody to look at: who watches is told when it is first shown."""
        radiograph = self.scout(number)
        if number not in self._scouts_shown:
            for watcher in self._scout_watchers:
                watcher(number, radiograph)
            self._scouts_shown.add(number)
        return radiograph

    def _render(
        self, scanner: Scanner, event: AcquisitionMade, only: Sequence[int] | None = None, field: ImageField = SHOWN
    ) -> Frame:
        injected = None if event.position is not None else self._change(event.scene.patch_revision)
        return render_image(
            self.world, scanner, event, injected=injected, only=only, field=field, progress=self._progress
        )

    def _own_scanner(self) -> Scanner:
        if self._scanner is None:
            self._scanner = Scanner.of_model(self.world.phantom, scanner_model(self.world.settings.imaging.scanner))
        return self._scanner

    def _change(self, revision: int) -> DensityChange | None:
        """What was injected up to a revision, as the scanner takes it; the latest is kept for the next press."""
        if revision == 0:
            return None
        if self._latest_change is None or self._latest_change.revision != revision:
            self._latest_change = self._density_change(revision)
        return self._latest_change

    def _density_change(self, revision: int) -> DensityChange | None:
        injected = self._injected[revision]
        if injected.voxels.size == 0:
            return None
        grid = self.world.phantom.canal.grid
        box, (z, y, x) = density_box(injected, self.world.phantom.canal)
        origin, spacing = grid.origin_mm, grid.spacing_mm
        return DensityChange(
            grid=VoxelGrid(
                origin_mm=PatientPoint(
                    origin[0] + x * spacing[0],
                    origin[1] + y * spacing[1],
                    origin[2] + z * spacing[2],
                ),
                spacing_mm=spacing,
                shape=(box.shape[1], box.shape[2], box.shape[3]),
            ),
            delta=box,
            revision=revision,
        )


def _slices(frame: Frame, indices: tuple[int, ...] | None) -> Frame:
    """Some slices of a frame."""
    chosen = list(indices or ())
    return replace(frame, hu=frame.hu[chosen], z_mm=frame.z_mm[chosen])


def frame_digest(frame: Frame) -> str:
    """SHA-256 of an image rounded to whole HU, unclipped, hexadecimal."""
    rounded = np.rint(np.clip(frame.hu, -32768, 32767)).astype("<i2")
    return hashlib.sha256(rounded.tobytes()).hexdigest()


def scout_digest(radiograph: Radiograph) -> str:
    """SHA-256 of a scout rounded to tenths of a millimetre of water, hexadecimal."""
    tenths = np.rint(np.clip(10 * radiograph.water_mm, -32768, 32767)).astype("<i2")
    return hashlib.sha256(tenths.tobytes()).hexdigest()


def drive(session: Session, decide: Callable[[View], Command], *, most_commands: int = 500) -> None:
    """Let an operator work until they finish; one who never does is finished after `most_commands`."""
    for _ in range(most_commands):
        if session.state.finished:
            return
        session.do(decide(session.view()))
    if not session.state.finished:
        session.do(Finish())
