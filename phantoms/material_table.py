"""Material table: the basis densities of the tissues that kernels mix, in the rows that they know."""

from __future__ import annotations

import numpy as np

from phantoms import paint_kernels as paint
from phantoms.tissues import Tissue, tissue, titanium
from simulator.spatial.arrays import FloatArray

_TISSUES = {
    paint.P_AIR: "air",
    paint.P_FAT: "adipose",
    paint.P_MUSCLE: "muscle",
    paint.P_SKIN: "skin",
    paint.P_LIGAMENT: "ligament",
    paint.P_DISC: "disc",
    paint.P_CSF: "csf",
    paint.P_NERVE: "nerve_root",
    paint.P_BLOOD: "blood",
    paint.P_KIDNEY: "kidney",
    paint.P_BOWEL: "bowel",
    paint.P_CORTICAL: "cortical_bone",
    paint.P_MARROW: "red_marrow",
    paint.P_DURA: "dura",
    paint.P_LUNG: "lung_inflated",
    paint.P_LIVER: "liver",
}


def material_table(spongiosa: Tissue) -> FloatArray:
    """Basis densities [shape=(row, 3), read-only], rows P_AIR and so on of `paint_kernels`.

    Args:
        spongiosa: cancellous bone of this patient
    """
    rows = {row: tissue(name) for row, name in _TISSUES.items()}
    rows |= {paint.P_SPONGIOSA: spongiosa, paint.P_TITANIUM: titanium()}
    table = np.array([rows[row].basis for row in sorted(rows)])
    table.setflags(write=False)
    return table
