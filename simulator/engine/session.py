"""Session: one procedure as it runs. A fold of commands, with images made when somebody looks."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from phantoms.phantom import VoxelGrid
from phantoms.turned_contrast import turned_contrast
from simulator.ct.needle_overlay import artefact_free_image
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.oblique_cut import ObliqueCut
from simulator.ct.oblique_projector import ALONG_MM
from simulator.ct.projector import DensityChange
from simulator.ct.scanner import Scanner
from simulator.ct.scanner_model import scanner_model
from simulator.ct.technique import Technique
from simulator.engine.advance import advance, initial_state
from simulator.engine.case_context import FIELD_OF_VIEW_MM, CaseContext
from simulator.engine.events import AcquisitionMade, Event, ImageLookedAt, ScoutMade
from simulator.engine.history import History
from simulator.engine.imaging.beam_protocols import collimation_mm
from simulator.engine.imaging.gantry import anchor_mm, tilt_of
from simulator.engine.imaging.image_service import open_archive
from simulator.engine.imaging.scout import row_table_mm, scout_scene
from simulator.engine.observation import observe
from simulator.engine.state import ProcedureState
from simulator.engine.streams import noise_key
from simulator.interface.commands import Command, Finish, LookAt
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph
from simulator.interface.view import View
from simulator.needle.needle_shape import NeedleShape
from simulator.patch.injected_voxels import Injected, density_box
from simulator.spatial.frames import PatientPoint
from simulator.spatial.gantry_tilt import GantryTilt
from simulator.vocabulary.procedure import BeamMotion
from simulator.vocabulary.scout import ScoutOrientation

KEPT_BYTES = 45_000_000  # of images that may be looked at again: a dozen presses
MATRIX = 512  # pixels of a side of every image that is shown


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

        A long scan need not be made for a few slices; what was made is kept for a while.
        """
        whole, key = (number, None), (number, None if indices is None else tuple(indices))
        for kept in (key, whole):
            if kept in self._frames:
                self._frames.move_to_end(kept)
                return self._frames[kept] if kept == key else _slices(self._frames[kept], key[1])
        frame = self._render(self._own_scanner(), self.acquisition(number), indices)
        self._frames[key] = frame
        while len(self._frames) > 1 and sum(f.hu.nbytes for f in self._frames.values()) > KEPT_BYTES:
            self._frames.popitem(last=False)
        return frame

    def image_by(self, scanner: Scanner, number: int, indices: Sequence[int], matrix: int) -> Frame:
        """Some slices of an acquisition as another scanner makes them of the same patient; they are not kept.

        Args:
            scanner: with this world's phantom in it, of another geometry
            matrix: pixels of a side
        """
        return self._render(scanner, self.acquisition(number), indices, matrix)

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
        self, scanner: Scanner, event: AcquisitionMade, only: Sequence[int] | None = None, matrix: int = MATRIX
    ) -> Frame:
        world, shift = self.world, event.scene.patient_displacement_mm
        transform = world.table_transform(shift)
        tilt = tilt_of(world, event)
        if tilt is not None:
            return self._render_leaning(scanner, event, tilt, only, matrix)
        # A patient who moved by more than the table's margin shows the last whole slice that there is
        half_mm = event.slices.thickness_mm / 2
        low_mm, high_mm = world.phantom.z_range_mm[0] + half_mm, world.phantom.z_range_mm[1] - half_mm
        # Unrounded: one last bit here is another image, so the transform adds zero and displacement first
        slice_centres_mm = [min(max(transform.patient_z_mm(z), low_mm), high_mm) for z in event.slices.centres_table_mm]
        centre = world.image_centre_mm
        frame = self._take(
            scanner,
            event,
            slice_centres_mm=slice_centres_mm,
            needles=_steel_in_beam(event),
            change=self._changed_in(event, slice_centres_mm, only),
            centre_mm=(centre[0] - shift[0], centre[1] - shift[1]),
            matrix=matrix,
            only=only,
        )
        # The patient has moved, the scanner has not: pictures are in the scanner's frame.
        return replace(frame, z_mm=np.round(frame.z_mm + transform.offset_z_mm, 6), centre_mm=centre)

    def _render_leaning(
        self, scanner: Scanner, event: AcquisitionMade, tilt: GantryTilt, only: Sequence[int] | None, matrix: int
    ) -> Frame:
        """A press of a leaning gantry; planes are cut about a height of the patient that small steps share."""
        world, shift = self.world, event.scene.patient_displacement_mm
        at_pivot_mm = world.table_transform().patient_z_mm(tilt.pivot_z_mm)
        cut = ObliqueCut(tilt_deg=tilt.tilt_deg, pivot_y_mm=tilt.pivot_y_mm, pivot_z_mm=anchor_mm(at_pivot_mm))
        # The pivot in the axes of the cut, once the patient has moved
        moved = np.array([[-shift[0], tilt.pivot_y_mm - shift[1], at_pivot_mm - shift[2]]])
        away_x, height, along = cut.from_patient(moved)[0].tolist()
        centre = world.image_centre_mm
        farthest_mm = ALONG_MM - 0.5 * event.slices.thickness_mm
        places = [along + tilt.along_mm(z) for z in event.slices.centres_table_mm]
        frame = self._take(
            scanner,
            event,
            slice_centres_mm=[min(max(place, -farthest_mm), farthest_mm) for place in places],
            needles=tuple(replace(tube, points_mm=cut.from_patient(tube.points_mm)) for tube in _steel_in_beam(event)),
            centre_mm=(centre[0] + away_x, centre[1] + height - tilt.pivot_y_mm),
            change=self._change(event.scene.patch_revision),
            matrix=matrix,
            only=only,
            cut=cut,
        )
        chosen = event.slices.centres_table_mm if only is None else [event.slices.centres_table_mm[k] for k in only]
        return replace(frame, z_mm=np.array(chosen), centre_mm=centre, tilt=tilt)

    def _take(self, scanner: Scanner, event: AcquisitionMade, **where: Any) -> Frame:
        """The image of an acquisition; `where` says in the scanner's axes what of the patient is imaged, and how."""
        world, progress = self.world, self._progress
        take = partial(artefact_free_image, scanner) if world.settings.imaging.ideal_images else scanner.image
        motion = BeamMotion.HELICAL if event.beam.overranging_mm else BeamMotion.SEQUENTIAL
        return take(
            technique=Technique(
                **asdict(event.settings),
                slice_thickness_mm=event.slices.thickness_mm,
                collimation_mm=min(event.beam.scan_length_mm, collimation_mm(motion, world.settings.imaging.scanner)),
            ),
            slice_thickness_mm=event.slices.thickness_mm,
            noise_key=noise_key(world.root_seed, event.number),
            tube_at_deg=event.beam.tube_at_deg,
            field_of_view_mm=FIELD_OF_VIEW_MM,
            progress=None if progress is None else lambda share: progress(event.purpose, share),
            **where,
        )

    def _own_scanner(self) -> Scanner:
        if self._scanner is None:
            self._scanner = Scanner.of_model(self.world.phantom, scanner_model(self.world.settings.imaging.scanner))
        return self._scanner

    def _changed_in(
        self, event: AcquisitionMade, slice_centres_mm: Sequence[float], only: Sequence[int] | None
    ) -> DensityChange | None:
        """What differs from the patient at rest in the slices that are asked for.

        A myelogram is taken before anything is injected, so that it is the position of the patient or the patch.
        """
        if event.position is None:
            return self._change(event.scene.patch_revision)
        asked = slice_centres_mm if only is None else [slice_centres_mm[k] for k in only]
        reach_mm = event.slices.thickness_mm
        turned = turned_contrast(self.world.phantom, event.position, (min(asked) - reach_mm, max(asked) + reach_mm))
        return None if turned is None else DensityChange(grid=turned.grid, delta=turned.delta, revision=0)

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


def steel(shape: NeedleShape) -> SteelTube:
    """A needle as the scanner's steel; a stylet fills the bore."""
    return SteelTube(
        points_mm=np.asarray(shape.points_mm, np.float64),
        outer_diameter_mm=shape.outer_diameter_mm,
        bore_diameter_mm=0.0 if shape.stylet_in else shape.bore_diameter_mm,
    )


def _steel_in_beam(event: AcquisitionMade) -> tuple[SteelTube, ...]:
    return tuple(steel(shape) for shape in (event.scene.needle, event.scene.introducer) if shape is not None)


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
