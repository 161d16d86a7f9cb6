"""Image rendering: an acquisition as the scanner takes it of a patient who may have moved, the gantry tilted or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from phantoms.turned_contrast import turned_contrast
from simulator.ct.needle_overlay import artefact_free_image
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.oblique_cut import ObliqueCut
from simulator.ct.oblique_projector import ALONG_MM
from simulator.ct.projector import DensityChange
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from simulator.engine.case_context import FIELD_OF_VIEW_MM, CaseContext
from simulator.engine.events import AcquisitionMade
from simulator.engine.imaging.beam_protocols import collimation_mm
from simulator.engine.imaging.gantry import anchor_mm, tilt_of
from simulator.engine.imaging.grid_wires import wires_in_beam
from simulator.engine.streams import noise_key
from simulator.interface.frame import Frame
from simulator.needle.needle_shape import NeedleShape
from simulator.spatial.gantry_tilt import GantryTilt
from simulator.vocabulary.procedure import BeamMotion
from simulator.vocabulary.progress import Progress

MATRIX = 512  # pixels of a side of every image that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageField:
    """The square that is reconstructed.

    Attributes:
        matrix: pixels of a side, an even number
        width_mm: of a side
        back_mm: how far its middle lies behind that of the images that are shown
    """

    matrix: int = MATRIX
    width_mm: float = FIELD_OF_VIEW_MM
    back_mm: float = 0.0


SHOWN = ImageField()
"""The field of every image that is shown."""


def render_image(
    world: CaseContext,
    scanner: Scanner,
    event: AcquisitionMade,
    *,
    injected: DensityChange | None,
    only: Sequence[int] | None,
    field: ImageField,
    progress: Progress | None,
) -> Frame:
    """The image of an acquisition, in the scanner's frame.

    Args:
        world: of the procedure
        scanner: that takes it, of the same patient
        event: what was acquired, and all that its image depends on
        injected: what the needle had brought by then; not asked for where the patient lay otherwise for a myelogram,
            which is taken before anything is injected
        only: slices that are asked for; None for all
        field: the square that is made
        progress: called with the acquisition's purpose and the part done, 0..1
    """
    tilt = tilt_of(world, event)
    share = None if progress is None else partial(progress, event.purpose)
    if tilt is not None:
        return _leaning(world, scanner, event, tilt, change=injected, only=only, field=field, progress=share)
    shift = event.scene.patient_displacement_mm
    transform = world.table_transform(shift)
    # A patient who moved by more than the table's margin shows the last whole slice that there is
    half_mm = event.slices.thickness_mm / 2
    low_mm, high_mm = world.phantom.z_range_mm[0] + half_mm, world.phantom.z_range_mm[1] - half_mm
    # Unrounded: one last bit here is another image, so the transform adds zero and displacement first
    slice_centres_mm = [min(max(transform.patient_z_mm(z), low_mm), high_mm) for z in event.slices.centres_table_mm]
    centre = _centre_mm(world, field)
    frame = _take(
        world,
        scanner,
        event,
        slice_centres_mm=slice_centres_mm,
        needles=_steel_in_beam(world, event),
        change=injected if event.position is None else _turned(world, event, slice_centres_mm, only),
        centre_mm=(centre[0] - shift[0], centre[1] - shift[1]),
        field=field,
        only=only,
        progress=share,
    )
    # The patient has moved, the scanner has not: pictures are in the scanner's frame.
    return replace(frame, z_mm=np.round(frame.z_mm + transform.offset_z_mm, 6), centre_mm=centre)


def _leaning(
    world: CaseContext,
    scanner: Scanner,
    event: AcquisitionMade,
    tilt: GantryTilt,
    *,
    only: Sequence[int] | None,
    field: ImageField,
    **how: Any,
) -> Frame:
    """A press of a leaning gantry; planes are cut about a height of the patient that small steps share."""
    shift = event.scene.patient_displacement_mm
    at_pivot_mm = world.table_transform().patient_z_mm(tilt.pivot_z_mm)
    cut = ObliqueCut(tilt_deg=tilt.tilt_deg, pivot_y_mm=tilt.pivot_y_mm, pivot_z_mm=anchor_mm(at_pivot_mm))
    steel_in_beam = _steel_in_beam(world, event)
    # The pivot in the axes of the cut, once the patient has moved
    moved = np.array([[-shift[0], tilt.pivot_y_mm - shift[1], at_pivot_mm - shift[2]]])
    away_x, height, along = cut.from_patient(moved)[0].tolist()
    centre = _centre_mm(world, field)
    farthest_mm = ALONG_MM - 0.5 * event.slices.thickness_mm
    places = [along + tilt.along_mm(z) for z in event.slices.centres_table_mm]
    frame = _take(
        world,
        scanner,
        event,
        slice_centres_mm=[min(max(place, -farthest_mm), farthest_mm) for place in places],
        needles=tuple(replace(tube, points_mm=cut.from_patient(tube.points_mm)) for tube in steel_in_beam),
        centre_mm=(centre[0] + away_x, centre[1] + height - tilt.pivot_y_mm),
        only=only,
        field=field,
        cut=cut,
        **how,
    )
    chosen = event.slices.centres_table_mm if only is None else [event.slices.centres_table_mm[k] for k in only]
    return replace(frame, z_mm=np.array(chosen), centre_mm=centre, tilt=tilt)


def _centre_mm(world: CaseContext, field: ImageField) -> tuple[float, float]:
    x_mm, y_mm = world.image_centre_mm
    return x_mm, y_mm + field.back_mm


def _take(world: CaseContext, scanner: Scanner, event: AcquisitionMade, *, field: ImageField, **where: Any) -> Frame:
    """The image of an acquisition; `where` says in the scanner's axes what of the patient is imaged, and how."""
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
        field_of_view_mm=field.width_mm,
        matrix=field.matrix,
        **where,
    )


def _turned(
    world: CaseContext, event: AcquisitionMade, slice_centres_mm: Sequence[float], only: Sequence[int] | None
) -> DensityChange | None:
    """What a myelogram of another position shows otherwise than a prone one, in the slices that are asked for."""
    if event.position is None:
        return None
    asked = slice_centres_mm if only is None else [slice_centres_mm[k] for k in only]
    reach_mm = event.slices.thickness_mm
    turned = turned_contrast(world.phantom, event.position, (min(asked) - reach_mm, max(asked) + reach_mm))
    return None if turned is None else DensityChange(grid=turned.grid, delta=turned.delta, revision=0)


def steel(shape: NeedleShape) -> SteelTube:
    """A needle as the scanner's steel; a stylet fills the bore."""
    return SteelTube(
        points_mm=np.asarray(shape.points_mm, np.float64),
        outer_diameter_mm=shape.outer_diameter_mm,
        bore_diameter_mm=0.0 if shape.stylet_in else shape.bore_diameter_mm,
    )


def _steel_in_beam(world: CaseContext, event: AcquisitionMade) -> tuple[SteelTube, ...]:
    needles = tuple(steel(shape) for shape in (event.scene.needle, event.scene.introducer) if shape is not None)
    grid = event.scene.grid
    if grid is None:
        return needles
    if event.settings.gantry_tilt_deg:  # its planes reach the back far from where they cross the table
        return *needles, *wires_in_beam(world, grid, -math.inf, math.inf)
    centres_mm, half_mm = event.slices.centres_table_mm, 0.5 * event.slices.thickness_mm
    transform = world.table_transform(event.scene.patient_displacement_mm)
    heights_mm = [transform.patient_z_mm(z) for z in (min(centres_mm) - half_mm, max(centres_mm) + half_mm)]
    return *needles, *wires_in_beam(world, grid, *heights_mm)
