"""Spine: one patient's curve, canal, vertebrae and body, from parameters and the morphometric table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from phantoms.body.tables import body_arrays, skin_depths_mm
from phantoms.body.tables_kernels import BodyArrays
from phantoms.bones.vertebra import Row, build_row
from phantoms.bones.vertebra_kernels import RowArrays
from phantoms.canal.canal_kernels import CanalArrays
from phantoms.canal.canal_model import CanalModel
from phantoms.canal.canal_tables import canal_arrays
from phantoms.canal.synthetic_canal import synthetic_canal
from phantoms.canal.thecal_sac import canal_growth
from phantoms.fluid.ventral_tear import dural_spur
from phantoms.implants import capsules
from phantoms.material_table import material_table
from phantoms.noise_texture import noise_texture
from phantoms.paint_kernels import Paints
from phantoms.parameters import PatientParameters
from phantoms.solids_kernels import Solids
from phantoms.spinal_curve import centreline, disc_positions_mm
from phantoms.tissues import spongiosa, spongiosa_hu_at_age
from simulator.vocabulary.levels import Interspace

_FEWEST_VERTEBRAE = 4
_MOST_SCOLIOSIS_DEG = 25.0  # with more the flank would lie beyond the centre of the curve
_NECK = 7  # vertebrae that hold no pedicle screws


@dataclass(frozen=True, slots=True, kw_only=True)
class Spine:
    """A patient as solids: what the kernels need, and what people ask for.

    Attributes:
        parameters: of the patient
        canal: the canal along its centreline
        row: the vertebrae
        canal_arrays, body_arrays: for the kernels
        interspace_s_mm: arc length of each disc's middle
    """

    parameters: PatientParameters
    canal: CanalModel
    row: Row
    canal_arrays: CanalArrays
    body_arrays: BodyArrays
    interspace_s_mm: dict[Interspace, float]

    @property
    def solids(self) -> Solids:
        """Vertebrae, canal and body as the kernels take them together."""
        row = RowArrays(vertebrae=self.row.vertebrae, frames=self.row.frames)
        return Solids(row=row, canal=self.canal_arrays, body=self.body_arrays)


def _check(parameters: PatientParameters) -> None:
    names = parameters.vertebrae
    column = parameters.column
    unknown = [name for name in names if name not in column]
    first = column.index(names[0]) if names and names[0] in column else 0
    if unknown or len(names) < _FEWEST_VERTEBRAE or names != column[first : first + len(names)]:
        raise ValueError(
            f"vertebrae {', '.join(names)}: need at least {_FEWEST_VERTEBRAE} neighbours of C1..S1 from the head down"
            f"{' with L6' if parameters.sixth_lumbar else ''}"
        )
    if parameters.sixth_lumbar and parameters.sacralised_l5:
        raise ValueError("a sixth lumbar vertebra and an L5 that has grown into the sacrum: not possible together")
    everywhere = disc_positions_mm(column, parameters.sex, parameters.thin_discs)
    if parameters.level_interspace not in everywhere:
        raise ValueError(f"level interspace {parameters.level_interspace}: there are {', '.join(everywhere)}")
    operated = [name for name in parameters.laminectomy if name not in column[1:-1]]
    if operated or not 0.0 <= parameters.wear <= 1.0:
        raise ValueError(f"wear {parameters.wear} (0 to 1) or laminectomy at {', '.join(operated)}: not possible")
    narrow = [name for name in parameters.narrow_discs if name not in everywhere]
    if narrow or parameters.scoliosis_apex not in column or abs(parameters.scoliosis_deg) > _MOST_SCOLIOSIS_DEG:
        raise ValueError(
            f"narrow disc {', '.join(narrow)}, or scoliosis of {parameters.scoliosis_deg:g} degrees about "
            f"{parameters.scoliosis_apex}: not possible (up to {_MOST_SCOLIOSIS_DEG:g} degrees, vertebrae C1..S1)"
        )
    screwed = parameters.pedicle_screws
    last = column.index(screwed[0]) if screwed and screwed[0] in column[_NECK:] else 0
    if screwed and (last == 0 or screwed != column[last : last + len(screwed)]):
        raise ValueError(f"pedicle screws in {', '.join(screwed)}: need neighbours of T1..S1 from the head down")
    discs = disc_positions_mm(names, parameters.sex, parameters.thin_discs)
    for leak in (parameters.leak, parameters.further_leak):
        if leak is not None and leak.level not in discs:
            raise ValueError(f"leak at {leak.level}: the patient's interspaces are {', '.join(discs)}")


def build_spine(parameters: PatientParameters, kept: Mapping[str, NDArray[Any]] = MappingProxyType({})) -> Spine:
    """Solids of a patient; takes well under a second once kernels are compiled.

    Args:
        parameters: of the patient
        kept: what `kept_tables` gave of the same patient in an earlier run

    Raises:
        ValueError: vertebrae or the leak's level are not in the table or not in the patient.
    """
    _check(parameters)
    names = parameters.vertebrae
    line = centreline(parameters)
    found = synthetic_canal(parameters, line, skin_depths_mm(parameters))
    whole = build_row(
        parameters.column,
        parameters.sex,
        line,
        found.deep_mm,
        canal_growth(parameters.variation, parameters.column, parameters.canal_scale),
        parameters.seed,
        parameters.wear,
        parameters.laminectomy,
        parameters.thin_discs,
        parameters.sacralised_l5,
        dural_spur(found.model, parameters.leak),
    )
    first = parameters.column.index(names[0])
    part = slice(first, first + len(names))
    metal = capsules(whole.names, whole.vertebrae, whole.frames, parameters.pedicle_screws)
    row = Row(names=names, vertebrae=whole.vertebrae[part], frames=whole.frames[part])
    texture = kept["noise_texture"] if "noise_texture" in kept else noise_texture(parameters.seed)
    bone = spongiosa(spongiosa_hu_at_age(parameters.age_years))
    paints = Paints(noise_texture=texture, material_table=material_table(bone))
    return Spine(
        parameters=parameters,
        canal=found.model,
        row=row,
        canal_arrays=canal_arrays(found.model, paints, kept.get("sac")),
        body_arrays=body_arrays(parameters, found.model.s_mm, found.skin_v_mm, whole.vertebrae, metal),
        interspace_s_mm=disc_positions_mm(names, parameters.sex, parameters.thin_discs),
    )


def kept_tables(spine: Spine) -> dict[str, NDArray[Any]]:
    """What takes longest to compute: the noise texture, and the distances to the sac."""
    return {"noise_texture": spine.canal_arrays.paints.noise_texture, "sac": spine.canal_arrays.sac}
