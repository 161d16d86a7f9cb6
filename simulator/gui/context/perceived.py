"""Perceived: images, words and readings as they have come from the engine, and what is asked of it for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from simulator.gui.drawing.language import ENGLISH_CODE
from simulator.gui.drawing.window_level import round_to_hounsfield
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.images.fluoroscopy_image import FluoroscopyImage
from simulator.gui.images.gaze import Gaze
from simulator.gui.images.level_count import LevelCount
from simulator.gui.images.scout_picture import ScoutPicture, scout_picture
from simulator.gui.images.volume import Volume
from simulator.gui.perceived_history import PerceivedHistory
from simulator.interface.console import Acquired, AcquiredScout
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph
from simulator.interface.view import CaseView, View
from simulator.vocabulary.procedure import Phase

KEPT_PRESSES = 40
START_OF_DAY_S = 14 * 3600  # the simulated clock on the wall begins at two in the afternoon


@lru_cache(maxsize=4)
def _case_in(case: CaseView, language: str) -> CaseView:
    """The case in a language; asked for at every frame."""
    return case.in_language(language)


@dataclass(slots=True)
class Perceived:
    """What the trainee has perceived of this patient.

    Attributes:
        worker: makes the images that are asked for
        history: what has been perceived
        gaze: which slices stand before the trainee's eyes
        presses: fluoroscopy images by number
        volumes: scans by number
        scouts: by number, those that have come
        counting: levels that the trainee has labelled, and the range of the next scan
        language: in which the case is read, where its author wrote it in that
    """

    worker: EngineWorker
    history: PerceivedHistory = field(default_factory=PerceivedHistory)
    gaze: Gaze = field(default_factory=Gaze)
    presses: dict[int, FluoroscopyImage] = field(default_factory=dict)
    volumes: dict[int, Volume] = field(default_factory=dict)
    scouts: dict[int, ScoutPicture] = field(default_factory=dict)
    counting: LevelCount = field(default_factory=LevelCount)
    language: str = ENGLISH_CODE

    @property
    def view(self) -> View:
        """What is perceived now; LookupError before the patient is on the table."""
        if self.history.view is None:
            raise LookupError("the patient is not on the table yet")
        view = self.history.view
        case = _case_in(view.case, self.language)
        return view if case is view.case else replace(view, case=case)

    @property
    def examined(self) -> bool:
        """Whether the case is an examination: no step is marked, nothing is practised."""
        return self.history.view is not None and self.history.view.case.teaching.exam is not None

    @property
    def has_checklist(self) -> bool:
        """Whether there is a checklist that can still be ticked."""
        view = self.history.view
        return view is not None and bool(view.case.teaching.checklist) and view.phase != Phase.CLOSED

    def clock(self, at_ms: int | None = None) -> str:
        """The clock on the wall."""
        seconds = START_OF_DAY_S + (self.view.elapsed_ms if at_ms is None else at_ms) // 1000
        return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def keep(self, number: int, indices: tuple[int, ...], frame: Frame) -> None:
        """Keep slices that have come."""
        if number in self.volumes:
            self.volumes[number].take(indices, frame)
            return
        entry = next(a for a in self.view.console.acquired if a.number == number)
        self.presses[number] = FluoroscopyImage(
            entry=entry,
            slices=[round_to_hounsfield(plane) for plane in frame.hu],
            pixel_mm=frame.pixel_spacing_mm,
            grid=frame.grid,
        )
        while len(self.presses) > KEPT_PRESSES:
            newest = max(self.presses)
            del self.presses[next(n for n in self.presses if n not in (newest, number))]

    def ask_for(self, entry: Acquired) -> None:
        """Have an acquisition's images made: a press at once, a scan from its middle outwards."""
        if entry.purpose == "fluoroscopy":
            self.worker.ask(entry.number, range(len(entry.slice_centres_table_mm)))
        elif entry.number not in self.volumes:
            volume = Volume.awaited(entry)
            volume.midline_x_mm = self.view.console.grid_midline_x_mm
            self.volumes[entry.number] = volume
            for group in volume.groups():
                self.worker.ask(entry.number, group, urgent=False)

    def ask_for_scout(self, entry: AcquiredScout) -> None:
        """Have a scout's picture made."""
        self.worker.ask_scout(entry.number)

    def keep_scout(self, number: int, radiograph: Radiograph) -> None:
        """Keep a scout that has come, and show it."""
        entry = next(one for one in self.view.console.scouts if one.number == number)
        self.scouts[number] = scout_picture(entry, radiograph)
        self.counting.shown, self.counting.middle_mm, self.counting.window = number, None, None

    def look_at_slice(self, volume: Volume, index: int) -> None:
        """Have the slice that is looked at made before the others of its scan."""
        if not volume.ready[index]:
            group = next(group for group in volume.groups() if index in group)
            self.worker.look_at(volume.entry.number, group)

    def press(self, number: int) -> FluoroscopyImage | None:
        """One fluoroscopy image; one that was put away comes again, and is None until then."""
        image = self.presses.get(number)
        if image is None:
            entry = next((one for one in self.history.presses if one.number == number), None)
            if entry is not None:
                self.ask_for(entry)
        return image

    def latest_press(self) -> FluoroscopyImage | None:
        """The last fluoroscopy image that has come."""
        return self.presses[max(self.presses)] if self.presses else None

    def awaiting_press(self) -> bool:
        """Whether a fluoroscopy image was acquired that has not come yet."""
        made = self.history.presses
        return bool(made) and made[-1].number not in self.presses

    def scan(self, purpose: str) -> Volume | None:
        """The last scan of a kind."""
        numbers = self.scans(purpose)
        return self.volumes[max(numbers)] if numbers else None

    def scans(self, purpose: str) -> list[int]:
        """Numbers of all scans of a kind that can be read."""
        return [number for number, volume in self.volumes.items() if volume.entry.purpose == purpose]
