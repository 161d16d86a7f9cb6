"""World: everything about a procedure that does not change while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from phantoms.mapped_pages import let_go
from phantoms.phantom import Phantom
from simulator.ct.body_extent import gantry_axis_mm
from simulator.ct.bore_fit import fitting_tilts_deg
from simulator.ct.dose import DoseConversion, conversion
from simulator.ct.patient_size import water_equivalent_diameter_cm
from simulator.ct.scanner_model import ScannerModel, scanner_model
from simulator.engine.settings import Settings
from simulator.engine.streams import Stream, generator
from simulator.needle.collection_plunger import COLLECTION_PLUNGER, CollectionPlungerModel
from simulator.needle.insertion_force import draw_force_scales
from simulator.patch.cell_gathering import epidural_space
from simulator.patch.epidural_parameters import EpiduralParameters, draw_epidural_parameters
from simulator.patch.extraepidural_spread import SpreadFront
from simulator.patch.hydraulic_model import HydraulicModel, hydraulic_model
from simulator.patch.leak_coverage import LeakZone, leak_zone, zone_about
from simulator.patient.movement import Breathing, draw_breathing
from simulator.patient.sensation import Thresholds, draw_spoken_pain, draw_thresholds
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import AT_REST, PatientDisplacement, PatientPoint
from simulator.spatial.table_transform import TableTransform
from simulator.vocabulary.anatomy import InjectionDestination
from simulator.vocabulary.levels import Vertebra

CTF_SLICES = 3
FIELD_OF_VIEW_MM = 250.0
CSF_CMH2O = (10.0, 18.0)  # reference, section 4: opening pressure, normal (from memory)
CSF_LEAK_CMH2O = (-1.0, 6.0)  # below 6 cmH2O in a leak (YOO08); the lower end is an assumption
SKIN_MARGIN_MM = 10.0  # of air above the back in every image
_OF_THE_PATIENT_ALONE = ("_midline_marks", "image_centre_mm", "leak_zone", "leak_zones")
"""What a world works out of its patient and remembers, whatever chance does."""


@dataclass(frozen=True, kw_only=True)
class CaseContext:
    """One patient, one scenario, one seed; draws that belong to the patient are made here.

    Attributes:
        collection_plunger: how CSF behind the sac deceives a plunger; studies alone change it
        hands_seed: root of the hands' chance alone, where it is another than the session's; forks of a record change it
    """

    phantom: Phantom
    settings: Settings
    root_seed: int
    collection_plunger: CollectionPlungerModel = COLLECTION_PLUNGER
    hands_seed: int | None = None
    _diameters_cm: dict[int, float] = field(default_factory=dict, repr=False, compare=False)
    _fronts: dict[tuple[object, ...], SpreadFront] = field(default_factory=dict, repr=False, compare=False)

    def with_other_hands(self, seed: int) -> CaseContext:
        """The same patient under the same chance but for the hands'; what was worked out of the patient is kept."""
        other = copy(self)  # replace() would build the epidural space and the leak's zone anew
        object.__setattr__(other, "hands_seed", seed)
        return other

    def with_other_chance(self, seed: int) -> CaseContext:
        """The same patient and case under another chance; what follows from the patient alone is worked out once."""
        other = replace(self, root_seed=seed, hands_seed=None, _fronts={})
        vars(other).update((name, getattr(self, name)) for name in _OF_THE_PATIENT_ALONE)
        return other

    @property
    def hands_root(self) -> int:
        """Root of the hands' chance."""
        return self.root_seed if self.hands_seed is None else self.hands_seed

    @cached_property
    def table_zero_mm(self) -> float:
        """Table position of the patient's z = 0: where somebody lies on a table says nothing of their anatomy."""
        return round(float(generator(self.root_seed, Stream.TABLE, 0).uniform(300.0, 700.0)), 1)

    def table_transform(self, displacement_mm: PatientDisplacement = AT_REST) -> TableTransform:
        """From this patient to the scanner, once they have moved by a displacement."""
        return TableTransform(zero_mm=self.table_zero_mm, displacement_mm=displacement_mm)

    def shown_table_mm(self, mark: PatientPoint) -> float:
        """Table position of a level's centre, mm, as the console rounds it."""
        return round(self.table_transform().table_z_mm(mark.z_mm), 1)

    @cached_property
    def vertebrae_table_mm(self) -> Mapping[Vertebra, float]:
        """Table positions of all vertebrae, mm, as the console rounds them."""
        return {name: self.shown_table_mm(mark) for name, mark in self.phantom.landmarks.vertebral_bodies.items()}

    @cached_property
    def thresholds(self) -> Thresholds:
        """Pressures at which this patient speaks."""
        return draw_thresholds(generator(self.root_seed, Stream.PATIENT, 1))

    @cached_property
    def tissue_scales(self) -> Mapping[str, float]:
        """Forces of this patient's tissue against the table, by layer."""
        return draw_force_scales(generator(self.root_seed, Stream.TISSUE, 0))

    @property
    def is_still(self) -> bool:
        """Whether the patient neither breathes, jerks nor reacts by chance: exact hands have such a patient."""
        return self.settings.hands.name == "exact"

    @cached_property
    def breathing(self) -> Breathing:
        """How this patient breathes."""
        return draw_breathing(generator(self.root_seed, Stream.BREATH, 1_000_000))

    @cached_property
    def speaks_above(self) -> float:
        """Pain above which this patient speaks unasked, 0-10."""
        return draw_spoken_pain(generator(self.root_seed, Stream.PATIENT, 4))

    @cached_property
    def csf_pressure_cmh2o(self) -> float:
        """Pressure of the CSF at the needle, which drives it to the hub; low beside a leak."""
        low, high = CSF_LEAK_CMH2O if self.phantom.leak.hole_mm is not None else CSF_CMH2O
        return round(float(generator(self.root_seed, Stream.PATIENT, 5).uniform(low, high)), 2)

    @cached_property
    def traits(self) -> EpiduralParameters:
        """How this patient's epidural space conducts."""
        return draw_epidural_parameters(
            generator(self.root_seed, Stream.PATIENT, 2), self.settings.region, self.root_seed
        )

    @cached_property
    def medium(self) -> HydraulicModel:
        """The epidural space, cell by cell, as this patient has it."""
        return hydraulic_model(epidural_space(self.phantom), self.traits)

    @cached_property
    def conversion(self) -> DoseConversion:
        """Dose-length product to effective dose for this region."""
        return conversion(self.settings.region)

    def water_equivalent_diameter_cm(self, z_mm: float) -> float:
        """Water-equivalent diameter of the patient's slice nearest to a height, cm; remembered by millimetres."""
        key = round(z_mm)
        if key not in self._diameters_cm:
            self._diameters_cm[key] = water_equivalent_diameter_cm(self.phantom.body, float(key))
        return self._diameters_cm[key]

    @cached_property
    def leak_zone(self) -> LeakZone | None:
        """The epidural space about the hole."""
        return leak_zone(self.phantom)

    @cached_property
    def leak_zones(self) -> tuple[LeakZone, ...]:
        """The epidural space about every hole of the patient's own, the request's first."""
        holes = [one.hole_mm for one in self.phantom.further_leaks if one.hole_mm is not None]
        further = [zone_about(self.phantom, hole_mm) for hole_mm in holes]
        return (*([] if self.leak_zone is None else [self.leak_zone]), *further)

    @cached_property
    def image_centre_mm(self) -> tuple[float, float]:
        """Centre of every image, x y: the back's skin lies just inside its upper edge."""
        grid = self.phantom.body.grid
        columns = self.phantom.body.label.max(axis=(0, 1)) > 0
        rows = self.phantom.body.label.max(axis=(0, 2)) > 0
        let_go(self.phantom.body.label)
        back = grid.origin_mm[1] + grid.spacing_mm[1] * int(rows.nonzero()[0].max())
        inside = columns.nonzero()[0]
        middle = grid.origin_mm[0] + grid.spacing_mm[0] * 0.5 * float(inside.min() + inside.max())
        return round(middle, 3), round(back + SKIN_MARGIN_MM - 0.5 * FIELD_OF_VIEW_MM, 3)

    @cached_property
    def gantry_axis_mm(self) -> tuple[float, float]:
        """x and y of the gantry's axis, where it crosses the line of the laser."""
        return gantry_axis_mm(self.phantom, self._scanner.geometry)

    @cached_property
    def gantry_tilts_deg(self) -> tuple[float, float]:
        """Least and greatest tilt of the gantry at which this patient fits."""
        return fitting_tilts_deg(self.phantom.body, self.gantry_axis_mm, self._scanner)

    @property
    def _scanner(self) -> ScannerModel:
        return scanner_model(self.settings.imaging.scanner)

    @property
    def y_range_mm(self) -> tuple[float, float]:
        """SpreadFront and back end of the body's grid, mm."""
        grid = self.phantom.body.grid
        return grid.origin_mm[1], grid.origin_mm[1] + grid.spacing_mm[1] * (grid.shape[1] - 1)

    def midline_x_mm(self, z_mm: float) -> float:
        """Where the spinous processes lie at this height: the line that the skin grid follows."""
        heights, places = self._midline_marks
        return float(np.interp(z_mm, heights, places))

    @cached_property
    def _midline_marks(self) -> tuple[FloatArray, FloatArray]:
        marks = np.array(sorted((p[2], p[0]) for p in self.phantom.landmarks.points), np.float64)
        return marks[:, 0].copy(), marks[:, 1].copy()

    def front(self, opening_mm: PatientPoint, place: InjectionDestination) -> SpreadFront:
        """Way of an injectate outside the epidural space; remembered, since a command asks for it once a millilitre."""
        key = (tuple(round(c, 3) for c in opening_mm), place)
        if key not in self._fronts:
            self._fronts.clear()
            self._fronts[key] = SpreadFront(self.phantom, opening_mm, place, self.root_seed)
        return self._fronts[key]

    def level_z_mm(self, level: str) -> float | None:
        """Height of a vertebra's centre or of an interspace's window; None where the phantom has no such level."""
        point = self.phantom.landmarks.find_opening(level)
        return None if point is None else point[2]
