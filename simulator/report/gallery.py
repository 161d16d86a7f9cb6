"""Gallery: which images of a procedure the report shows, and their captions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.report.event_words import options_words
from simulator.report.frames import evenly_chosen
from simulator.report.myelogram import WINDOW as MYELOGRAM_WINDOW
from simulator.report.myelogram import leak_in_words, marked_in_words, reformats, scan_of_leak
from simulator.report.png import PRESETS, GreyWindow
from simulator.report.press_images import SliceImage, crop_about, slice_images
from simulator.report.procedure_marks import Marks, clock
from simulator.report.slice_truth import Truth
from simulator.report.tissue_words import tissue_words
from simulator.report.words import count

MOST_PRESSES = 20
CONTROL_SLICES = 6
WINDOW = "guide"
PAIR_WINDOW = "myelo"
PAIR_MM = 64.0
MAKERS = 2  # threads: while the scanner makes one image, the truth of another is outlined


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquisitionFigure:
    """One acquisition on the page.

    Attributes:
        facts: clock, technique, dose and window, as pairs of name and value
        badge: why this one matters; "" for the others
        truth: where the needle really was, shown with the truth
    """

    name: str
    heading: str
    facts: tuple[tuple[str, str], ...]
    badge: str
    truth: str
    images: tuple[SliceImage, ...]

    @property
    def tip_image(self) -> SliceImage | None:
        """The slice that holds the tip, or else the middle one; None without images."""
        held = [image for image in self.images if image.tip is not None]
        return held[0] if held else (self.images[len(self.images) // 2] if self.images else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """All images of the page.

    Attributes:
        myelograms: each leak in three planes of the diagnostic scan
        plan: the slice of the planning scan on which the path was drawn
        pair: last image before the blood, first after it
        presses: images of CT fluoroscopy
        counted: how many images of CT fluoroscopy there were, in words; "" where there was none
        left_out: in words, where not all presses are shown; "" where they are
        control: slices of scans after the blood
    """

    myelograms: tuple[AcquisitionFigure, ...]
    plan: AcquisitionFigure | None
    pair: tuple[AcquisitionFigure, ...]
    presses: tuple[AcquisitionFigure, ...]
    counted: str
    left_out: str
    control: tuple[AcquisitionFigure, ...]


def collect_gallery(session: Session, marks: Marks, progress: Callable[[float], None]) -> Gallery:
    """Make all images of the page.

    Args:
        progress: told the share that is done
    """
    maker = FigureMaker(session, marks)
    chosen = _chosen(marks)
    scans = [a for a in marks.summary.acquisitions if a.purpose == "control"][-2:]
    pool = ThreadPoolExecutor(MAKERS, thread_name_prefix="gallery")
    try:
        asked = [pool.submit(maker.press, marks.presses[ordinal - 1], ordinal) for ordinal in chosen]
        asked += [pool.submit(maker.scan, a, f"control-{a.number}", "Control scan", CONTROL_SLICES) for a in scans]
        asked_pair, asked_plan = pool.submit(maker.pair), pool.submit(maker.plan)
        asked_myelograms = pool.submit(maker.myelograms)
        made = []
        for figure in asked:
            made.append(figure.result())
            progress(len(made) / (len(asked) + 2))
        pair, plan, myelograms = asked_pair.result(), asked_plan.result(), asked_myelograms.result()
    finally:
        pool.shutdown(cancel_futures=True)
    progress(1.0)
    missing = len(marks.presses) - len(chosen)
    return Gallery(
        myelograms=tuple(myelograms),
        plan=plan,
        pair=tuple(pair),
        presses=tuple(made[: len(chosen)]),
        counted=_counted(marks),
        left_out=f"{missing} of {len(marks.presses)} images are left out; those about the blood, the first and the "
        "last are shown, and others evenly between."
        if missing
        else "",
        control=tuple(made[len(chosen) :]),
    )


def _counted(marks: Marks) -> str:
    """The one count of images, and what of it other counts mean."""
    if not marks.presses:
        return ""
    after = len(marks.summary.presses)
    late = "" if after == len(marks.presses) else f", {after} of them after the first puncture of the skin"
    return f"{count(len(marks.presses), 'image')} of CT fluoroscopy, one for each rotation{late}."


def _chosen(marks: Marks) -> list[int]:
    """Ordinals of the presses to show, those about the blood among them."""
    kept = {marks.press_ordinal(number) for number in (marks.last_before, marks.first_after) if number is not None}
    kept.discard(None)
    even = [k + 1 for k in evenly_chosen(len(marks.presses), MOST_PRESSES - len(kept))]
    return sorted({*even, *(k for k in kept if k is not None)})


def _nearest(event: e.AcquisitionMade, z_table_mm: float) -> int:
    centres = event.slices.centres_table_mm
    return min(range(len(centres)), key=lambda k: abs(centres[k] - z_table_mm))


class FigureMaker:
    """Makes pictures, one acquisition at a time.

    Args:
        session: the procedure
        marks: of it
    """

    def __init__(self, session: Session, marks: Marks) -> None:
        self._session, self._marks = session, marks
        self._truth = Truth(session)
        self._window: GreyWindow = PRESETS[WINDOW]

    def myelograms(self) -> list[AcquisitionFigure]:
        """Each leak in three planes; those that no myelogram shows are left out."""
        leaks = self._session.world.phantom.leaks
        found = []
        for ordinal, leak in enumerate(leaks, 1):
            event = scan_of_leak(self._session, leak)
            images = [] if event is None else reformats(self._session, event, leak)
            if event is None or not images:
                continue
            where = "the leak" if len(leaks) == 1 else f"leak {ordinal} of {len(leaks)}"
            written = marked_in_words(self._session, leak)
            found.append(
                AcquisitionFigure(
                    name="myelogram" if ordinal == 1 else f"myelogram-{ordinal}",
                    heading=f"Myelogram at {where}: axial, sagittal, coronal",
                    facts=(("written down", written), *self._facts(event, MYELOGRAM_WINDOW)),
                    badge="",
                    truth=leak_in_words(leak),
                    images=tuple(images),
                )
            )
        return found

    def press(self, event: e.AcquisitionMade, ordinal: int) -> AcquisitionFigure:
        """One image of CT fluoroscopy, 1 for the first."""
        badges = []
        if event.number == self._marks.last_before:
            badges.append("last image before the blood")
        if event.number == self._marks.first_after:
            badges.append("first image after the blood")
        frame = self._session.image(event.number)
        what = f"Image {ordinal} of CT fluoroscopy"
        images = slice_images(frame, event, self._session.world, self._truth, window=self._window, what=what)
        return AcquisitionFigure(
            name=f"press-{ordinal}",
            heading=f"Image {ordinal}",
            facts=self._facts(event),
            badge=", ".join(badges),
            truth=self._where(event),
            images=tuple(images),
        )

    def scan(self, event: e.AcquisitionMade, name: str, heading: str, most: int) -> AcquisitionFigure:
        """Some slices of a scan, evenly between its ends."""
        indices = evenly_chosen(len(event.slices.centres_table_mm), most)
        frame = self._session.image(event.number, indices)
        images = slice_images(frame, event, self._session.world, self._truth, window=self._window, what=heading)
        return AcquisitionFigure(
            name=name,
            heading=heading,
            facts=self._facts(event),
            badge="",
            truth="",
            images=tuple(images),
        )

    def pair(self) -> list[AcquisitionFigure]:
        """The slice with the bevel before and after the blood."""
        blood = self._marks.summary.first_blood
        made: list[AcquisitionFigure] = []
        if blood is None:
            return made
        for number, heading in (
            (self._marks.last_before, "Last image before the blood"),
            (self._marks.first_after, "First image after the blood"),
        ):
            if number is None:
                continue
            event = self._session.acquisition(number)
            transform = self._session.world.table_transform(event.scene.patient_displacement_mm)
            z_table = transform.table_z_mm(blood.opening_mm.z_mm)
            made.append(
                self._single(
                    event, z_table, heading, f"pair-{number}", about=(blood.opening_mm[0], blood.opening_mm[1])
                )
            )
        return made

    def plan(self) -> AcquisitionFigure | None:
        """The planning slice with the path, or else the one at the leak's level."""
        acquisitions = self._marks.summary.acquisitions
        scans = [a for a in acquisitions if a.purpose == "planning"]
        path = self._marks.summary.plan
        if not scans:
            return None
        if path is not None:
            z_table = path.target_mm[2]
        else:
            level = self._session.world.settings.accepted.needle_levels
            z = self._session.world.level_z_mm(level[0]) if level else None
            z_table = self._session.world.table_transform().table_z_mm(z or 0.0)
        heading = "Planning scan with the planned path" if path is not None else "Planning scan"
        return self._single(scans[0], z_table, heading, "planning", path=path)

    def _single(
        self,
        event: e.AcquisitionMade,
        z_table: float,
        heading: str,
        name: str,
        *,
        path: e.PathPlanned | None = None,
        about: tuple[float, float] | None = None,
    ) -> AcquisitionFigure:
        """The slice nearest to a height: a close-up about a place of the patient, or else the whole back."""
        index = _nearest(event, z_table)
        frame = self._session.image(event.number, [index])
        window, crop = self._window, None
        if about is not None:
            window = PRESETS[PAIR_WINDOW]
            crop = crop_about(
                frame,
                about[0] + event.scene.patient_displacement_mm[0],
                about[1] + event.scene.patient_displacement_mm[1],
                PAIR_MM,
            )
        images = slice_images(
            frame, event, self._session.world, self._truth, window=window, what=heading, plan=path, crop=crop
        )
        return AcquisitionFigure(
            name=name,
            heading=heading,
            facts=self._facts(event, window),
            badge="",
            truth=self._where(event),
            images=tuple(images),
        )

    def _facts(self, event: e.AcquisitionMade, window: GreyWindow | None = None) -> tuple[tuple[str, str], ...]:
        return (
            ("time", clock(event.at_ms)),
            (
                "technique",
                f"{event.settings.tube_voltage_kv} kV, {event.beam.mas:g} mAs, {event.beam.on_ms / 1000:g} s"
                f"{options_words(event.settings)}",
            ),
            ("DLP", f"{event.dose.dlp_mgy_cm:.2f} mGy·cm"),
            ("slices", f"{event.slices.thickness_mm:g} mm"),
            ("window", (window or self._window).text),
        )

    def _where(self, event: e.AcquisitionMade) -> str:
        move = self._marks.move_before(event.at_ms)
        if move is None or event.scene.needle is None:
            return ""
        margin = (
            f"{move.dura_mm:.1f} mm outside the dura"
            if move.dura_mm >= 0
            else f"{-move.dura_mm:.1f} mm inside the dura"
        )
        zone = f", {move.zone}" if move.zone else ""
        return f"In truth: tip in {tissue_words(move)}, bevel {move.compartment}{zone}, {margin}."
