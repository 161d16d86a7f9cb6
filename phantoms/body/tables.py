"""The body about the spine: tables along it for the kernels, from the patient's size and assumed proportions."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from phantoms.body import tables_kernels as columns
from phantoms.body.blobs import blob_arrays
from phantoms.body.tables_kernels import BodyArrays
from phantoms.body.tubes import tube_arrays
from phantoms.bones.thoracic_kernels import FREE_DROP
from phantoms.morphometry import morphometry
from phantoms.parameters import PatientParameters
from phantoms.spinal_curve import along, column_with_length, disc_positions_mm, positions_mm
from phantoms.vertebra_shape import tabled_or_assumed, vertebra_shapes
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Region, Vertebra

_TABLE = Path(__file__).parents[1] / "data" / "assumed_trunk.csv"
_RIBBED = tuple(name for name in FIVE_LUMBAR_COLUMN if name.region is Region.THORACIC)
_FREE_DEG = 24.0  # the last two enter the wall farther out
_LOOSE_MM = 14.0  # over which organs bridge the waists of the bodies behind them
_CHEST_OF_TABLE_MM = 108.0  # half depth of the trunk that the table of blobs is for (assumption)
_STEEPER = 0.45  # by which a rib falls more towards its front than it does beside the spine (assumption, after CT)
_PRESSED_MM = 15.0  # by which mattress and pillow flatten the belly of a prone patient (assumption)
_OVER_RIBS_MM = 9.0  # of skin, fat and muscle that stay before the ribs (assumption)
_FREE_MM = 20.0  # by which the plane lies clear of what is not pressed
_FLAT_FADE_MM = 30.0
_SHOULDER_ABOVE_T2_MM, _SHOULDER_IN_MM = 2.0, 36.0  # humerus' head: height, and way in from the skin (assumption)
_TUBERCLE_DEG = 16.0  # about where a rib's shaft begins, from straight behind


@cache
def _proportions() -> dict[Vertebra, dict[str, float]]:
    with _TABLE.open(newline="") as file:
        return {
            Vertebra.parse(row["level"]): {key: float(number) for key, number in row.items() if key != "level"}
            for row in csv.DictReader(file)
        }


def body_arrays(
    parameters: PatientParameters, s: FloatArray, skin_v: FloatArray, row: NDArray[np.void], metal: FloatArray
) -> BodyArrays:
    """Bare arrays of the body.

    Args:
        parameters: of the patient
        s: arc length of the tables' samples, evenly spaced
        skin_v: depth of the skin on the midline there
        row: all vertebrae of the column, dtype `vertebra.VERTEBRA`
        metal: capsules of implants [shape=(n, 7)]
    """
    names = parameters.column
    body_s = positions_mm(names, parameters.sex, parameters.thin_discs)
    at = dict(zip(names, body_s, strict=True))

    def share(key: str, scale: float = 1.0) -> FloatArray:
        return along(body_s, [scale * _proportions()[name][key] for name in names], s)

    width, depth = parameters.body_half_width_mm, parameters.body_half_depth_mm
    half_cage = share("cage_depth_share", depth)
    front = _front_wall(parameters, row, s)
    loose = gaussian_filter1d(front, _LOOSE_MM / (s[1] - s[0]), mode="nearest")
    tables = np.empty((len(s), columns.COLUMNS))
    for column, values in (
        (columns.SKIN_V, skin_v),
        (columns.SPINOUS_V, _spinous_v(row, s)),
        (columns.FRONT_V, front),
        (columns.LOOSE_V, loose),
        (columns.CANAL_V, along(body_s, list(row["canal_ap"]), s)),
        (columns.HALF_WIDTH, share("half_width_share", width)),
        (columns.HALF_DEPTH, share("half_depth_share", depth)),
        (columns.CAGE_A, share("cage_width_share", width)),
        (columns.CAGE_B, half_cage),
        (columns.CAGE_V, share("cage_back_mm") - half_cage),
        (columns.ERECTOR_P, share("erector_out_mm")),
        (columns.ERECTOR_A, share("erector_half_width_mm")),
        (columns.ERECTOR_V, share("erector_back_mm")),
        (columns.ERECTOR_B, share("erector_half_depth_mm")),
        (columns.ARTERY_U, _artery_u(at, s)),
        (columns.OPENED, _opened(parameters.laminectomy, at, s)),
    ):
        tables[:, int(column)] = values
    tables[:, int(columns.FLAT_V)] = _flat_v(tables, at, s)
    shape = _single_numbers(parameters, at)
    ribs = _ribs(at, row)
    tubes, kinds = tube_arrays(parameters, at, s, _body_half_mm(parameters, row, s), loose)
    return BodyArrays(
        tables=tables,
        s_start=float(s[0]),
        s_step=float(s[1] - s[0]),
        shape=shape,
        ribs=ribs,
        metal=metal,
        tubes=tubes,
        tube_kinds=kinds,
        blobs=blob_arrays(at, parameters.body_half_depth_mm / _CHEST_OF_TABLE_MM),
    )


def _artery_u(at: dict[Vertebra, float], s: FloatArray) -> FloatArray:
    """Distance of the vertebral arteries from the midline, in the transverse foramina; 0 from C7 down."""
    through = [
        name for name in FIVE_LUMBAR_COLUMN if vertebra_shapes()[name].foramen_x_mm > 0.0 and name != Vertebra.C7
    ]
    u = along(np.array([at[name] for name in through]), [vertebra_shapes()[name].foramen_x_mm for name in through], s)
    return np.where(s < at[Vertebra.C7], 0.0, u)


def _single_numbers(parameters: PatientParameters, at: dict[Vertebra, float]) -> FloatArray:
    """Marbling of the muscles, and the arc lengths that the organs hang on [shape=(SHAPES,)]."""
    names, width = parameters.column, parameters.body_half_width_mm
    shape = np.zeros(columns.SHAPES)
    shape[columns.MUSCLE_FAT] = parameters.muscle_fat
    for place, name in (
        (columns.S_C1, Vertebra.C1),
        (columns.S_C2, Vertebra.C2),
        (columns.S_C4, Vertebra.C4),
        (columns.S_C6, Vertebra.C6),
        (columns.S_T1, Vertebra.T1),
        (columns.S_T4, Vertebra.T4),
        (columns.S_T9, Vertebra.T9),
        (columns.S_T12, Vertebra.T12),
        (columns.S_L2, Vertebra.L2),
        (columns.BIFURCATION_S, Vertebra.L4),
    ):
        shape[place] = at[name]
    shape[columns.KIDNEY_S] = at[Vertebra.L2] + 12.0
    shape[columns.CREST_S] = at[names[-2]] + 14.0
    shape[columns.SHOULDER_S] = at[Vertebra.T2] + _SHOULDER_ABOVE_T2_MM
    shape[columns.SHOULDER_P] = width * _proportions()[Vertebra.T2]["half_width_share"] - _SHOULDER_IN_MM
    return shape


def _opened(laminectomy: tuple[Vertebra, ...], at: dict[Vertebra, float], s: FloatArray) -> FloatArray:
    """1 where laminae are missing, fading over the ligaments' ends to 0 where the neighbours' stand."""
    opened = np.zeros_like(s)
    column = list(at)
    for name in laminectomy:
        k = column.index(name)
        middle, half = at[name] - 5.0, 0.5 * (at[column[k - 1]] - at[column[k + 1]]) - 12.0
        opened = np.maximum(opened, np.clip((half + 4.0 - np.abs(s - middle)) / 8.0, 0.0, 1.0))
    return opened


def _spinous_v(row: NDArray[np.void], s: FloatArray) -> FloatArray:
    """How far behind the spinous processes' tips lie, at the heights to which they slope."""
    drop = row["spinous_sin"] / row["spinous_cos"] * (row["spinous_tip"] - row["canal_ap"] - 4.0)
    steep = np.array([name <= Vertebra.T12 for name in column_with_length(row["s"])])
    heights = np.where(steep, row["s"] + row["spinous_root"] - drop, row["s"] - 8.0)
    return along(np.minimum.accumulate(heights - 1e-3 * np.arange(len(heights))), list(row["spinous_tip"]), s)


def _front_wall(parameters: PatientParameters, row: NDArray[np.void], s: FloatArray) -> FloatArray:
    """v of the front of bodies and discs along s, waists included."""
    bodies = 0.5 * (row["depth_upper"] + row["depth_lower"]) - 0.9 * row["waist_front"]
    between = 0.5 * (row["depth_lower"][:-1] + row["depth_upper"][1:]) + 0.4
    discs = disc_positions_mm(parameters.column, parameters.sex, parameters.thin_discs)
    nodes = np.concatenate([row["s"], list(discs.values())])
    return -along(nodes, np.concatenate([bodies, between]), s)


def _body_half_mm(parameters: PatientParameters, row: NDArray[np.void], s: FloatArray) -> FloatArray:
    """Half width of bodies and discs along s, waists included."""
    bodies = 0.25 * (row["width_upper"] + row["width_lower"]) - 0.8 * row["waist_side"]
    between = 0.25 * (row["width_lower"][:-1] + row["width_upper"][1:]) + 0.4
    discs = disc_positions_mm(parameters.column, parameters.sex, parameters.thin_discs)
    nodes = np.concatenate([row["s"], list(discs.values())])
    return along(nodes, np.concatenate([bodies, between]), s)


def _flat_v(tables: FloatArray, at: dict[Vertebra, float], s: FloatArray) -> FloatArray:
    """v of the plane on which mattress and pillow press a prone body flat; far in front where nothing presses."""
    skin = tables[:, int(columns.SKIN_V)] - 2.0 * tables[:, int(columns.HALF_DEPTH)]
    cage = tables[:, int(columns.CAGE_V)] - tables[:, int(columns.CAGE_B)]
    ribbed = np.clip((s - at[Vertebra.T12]) / _FLAT_FADE_MM, 0.0, 1.0)  # ribs do not give way as a belly does
    press = _PRESSED_MM + ribbed * (np.clip(cage - skin - _OVER_RIBS_MM, 0.0, _PRESSED_MM) - _PRESSED_MM)
    lies = np.clip((at[Vertebra.T4] - s) / _FLAT_FADE_MM, 0.0, 1.0)
    return np.asarray(skin + lies * press - _FREE_MM * (1.0 - lies))


def _ribs(at: dict[Vertebra, float], row: NDArray[np.void]) -> FloatArray:
    """Shafts [shape=(12, 6)]: arc length at the tubercle, drop to the front, first and last angle, half thickness.

    The last is what the drop gains with the square of the way to the front.
    """
    ribs = []
    for name in _RIBBED:
        w, part = row[FIVE_LUMBAR_COLUMN.index(name)], _proportions()[name]
        start = at[name] + 0.5 * w["height"] - 0.5 * w["pedicle_height"] - 0.5
        if w["rib_free"]:
            start = at[name] + w["rib_z"] - FREE_DROP
        begin = np.radians(_FREE_DEG if w["rib_free"] else _TUBERCLE_DEG)
        drop = part["rib_drop_mm"]
        ribs.append((start, drop, begin, np.radians(part["rib_end_deg"]), 3.1, _STEEPER * drop))
    return np.array(ribs)


def skin_depths_mm(parameters: PatientParameters) -> FloatArray:
    """Skin to epidural space at the interspace below each vertebra of the column [shape=(n,)].

    In the loins the depth goes with the mass as in the three groups of [KJAE04], and men differ from women as in
    [SED97]. Above, where no series gives a slope, that of [SED97] about the table's mean is an assumption; the neck
    differs between the sexes besides ([HAN03]).
    """
    column = parameters.column
    bmi, sign = parameters.bmi_kg_per_m2, 1.0 if parameters.sex == "M" else -1.0
    loins = _PER_BMI_MM * (bmi - _BMI_OF_LOINS) + sign * _MEN_MORE_PER_BMI_MM * (bmi - _BMI_ALIKE)
    above = (0.5 * (_SED97_MM["F"] + _SED97_MM["M"]) + sign * _MEN_MORE_PER_BMI_MM) * (bmi - _BMI_ABOVE)
    part = np.array([_LOIN_SHARE.get(name, float(name.region is Region.LUMBAR)) for name in column])
    neck = np.array([sign * _NECK_DEPTH_MM if name.region is Region.CERVICAL else 0.0 for name in column])
    table = np.array([tabled_or_assumed(morphometry()[name], "skin_to_epidural_mm") for name in column])
    spread = np.nan_to_num([morphometry()[name].approach.skin_to_epidural_sd_mm for name in column], nan=8.0)
    unexplained = parameters.variation.skin * _UNEXPLAINED * spread
    return np.asarray(table + part * loins + (1.0 - part) * above + neck + unexplained)


_PER_BMI_MM = 1.33  # of both sexes: 22, 27 and 33 kg/m2 against the middles of [KJAE04]'s ranges (reference section 3)
_BMI_OF_LOINS = 27.4  # at which that line passes the table's means, which are those of all people of the series
_SED97_MM = {"F": 0.41, "M": 0.89}  # per kg/m2 [SED97], reference section 3
_MEN_MORE_PER_BMI_MM = 0.5 * (_SED97_MM["M"] - _SED97_MM["F"])
_BMI_ALIKE = 17.7  # at which the lines of men and women of [SED97] meet
_BMI_ABOVE = 23.5  # that the thoracic and cervical depths of the table are taken for (assumption)
_LOIN_SHARE = {Vertebra.T10: 0.25, Vertebra.T11: 0.5, Vertebra.T12: 0.75}  # from one rule to the other (assumption)
_UNEXPLAINED = 0.8  # part of the SD that remains at one mass and sex (assumption)
_NECK_DEPTH_MM = 3.0  # half the difference between men and women [HAN03], reference section 3
