"""PatientParameters: everything that distinguishes one synthetic patient from another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, SIX_LUMBAR_COLUMN, Interspace, Vertebra


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """How far one person is from the morphometric table, in its standard deviations; zero is the table's mean.

    Attributes:
        canal, sac, cord: of the diameters of canal, dural sac and cord, alike at all levels
        skin: of the depth of the epidural space below the skin, beyond what age, sex and mass explain
    """

    canal: float = 0.0
    sac: float = 0.0
    cord: float = 0.0
    skin: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientParameters:
    """One synthetic patient, lying prone over a pillow.

    Attributes:
        name: of the patient in the catalogue
        age_years, sex ("F" or "M"), bmi_kg_per_m2: shape bone density, size and the depth of the skin
        seed: of everything that differs from patient to patient without a name
        vertebrae: from the head down; the first and the last are only partly shown
        interspaces: those that a needle may go to
        lordosis_deg: L1 to S1 in this position (prone over a pillow 25-30, reference section 3)
        kyphosis_deg: T1 to T12 (40, range 20-50, reference section 3)
        neck_flexion_deg: C2 to C7 in this position (prone 5, reference section 3)
        level_interspace: the interspace that lies level on the table; pillows decide which (assumption)
        conus_levels: tip of the conus below (above: negative) the lower third of L1, in vertebrae (SD 0.7)
        variation: of what the table gives a standard deviation for
        wear: osteophytes, thick facet joints and flavum and bulging discs of age, 0 (none) to 1 (much)
        canal_scale: size of the bony canal, with sac and fat in it, against the table (below 1: narrow from birth)
        laminectomy: vertebrae whose laminae and spinous process were taken away by an earlier operation
        narrow_discs: interspaces whose disc has lost its height
        scoliosis_deg, scoliosis_apex: Cobb angle of a sideways curve, positive if convex to the left, and the vertebra
            at its apex; vertebrae turn with it, fronts to the convex side
        pedicle_screws: neighbours that an earlier operation joined with titanium screws and rods
        sacralised_l5: whether the last lumbar vertebra has grown into the sacrum, so that who counts from the lowest
            free disc is one level off
        sixth_lumbar: whether there is an L6 above the sacrum, so that who counts from the sacrum is one level off
        lateral_bow_mm: sideways bow of the spine
        sac_scale: size of the dural sac against the table (below 1 where CSF is lost)
        body_half_width_mm, body_half_depth_mm: of the trunk
        muscle_fat: marbling of the back muscles, 0..1
        leak, myelogram: the hole, and the contrast
        further_leak: a second one at another level; None for one leak alone
    """

    name: str
    age_years: float
    sex: str
    bmi_kg_per_m2: float
    seed: int
    vertebrae: tuple[Vertebra, ...]
    interspaces: tuple[Interspace, ...]
    lordosis_deg: float
    lateral_bow_mm: float
    sac_scale: float
    body_half_width_mm: float
    body_half_depth_mm: float
    muscle_fat: float
    leak: LeakParameters
    myelogram: MyelogramParameters
    kyphosis_deg: float = 40.0
    neck_flexion_deg: float = 5.0
    level_interspace: Interspace = Interspace.L3_4
    conus_levels: float = 0.0
    variation: Variation = Variation()
    wear: float = 0.0
    canal_scale: float = 1.0
    laminectomy: tuple[Vertebra, ...] = ()
    narrow_discs: tuple[Interspace, ...] = ()
    scoliosis_deg: float = 0.0
    scoliosis_apex: Vertebra = Vertebra.L2
    pedicle_screws: tuple[Vertebra, ...] = ()
    sacralised_l5: bool = False
    sixth_lumbar: bool = False
    further_leak: LeakParameters | None = None

    @property
    def column(self) -> tuple[Vertebra, ...]:
        """All vertebrae of this person, from the head down, whatever is shown."""
        return SIX_LUMBAR_COLUMN if self.sixth_lumbar else FIVE_LUMBAR_COLUMN

    @property
    def thin_discs(self) -> tuple[Interspace, ...]:
        """Interspaces with little disc: the narrowed ones, and the rudiment above the sacrum of a sacralised L5."""
        return (*self.narrow_discs, Interspace.L5_S1) if self.sacralised_l5 else self.narrow_discs


_VERTEBRA_KEYS = ("vertebrae", "laminectomy", "pedicle_screws", "scoliosis_apex")
_INTERSPACE_KEYS = ("interspaces", "narrow_discs", "level_interspace")


def parse_levels(table: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of `PatientParameters` as a file gives them, with their vertebrae and interspaces as types.

    Lists become tuples. A name that no column has stays a text, so that whoever checks the table can quote it.
    """
    kinds: dict[str, type[Vertebra] | type[Interspace]] = {
        **dict.fromkeys(_VERTEBRA_KEYS, Vertebra),
        **dict.fromkeys(_INTERSPACE_KEYS, Interspace),
    }
    return {key: _typed(value, kinds[key]) if key in kinds else value for key, value in table.items()}


def _typed(value: Any, kind: type[Vertebra] | type[Interspace]) -> Any:
    if isinstance(value, str):
        return kind(value) if value in tuple(kind) else value
    return tuple(_typed(one, kind) for one in value)
