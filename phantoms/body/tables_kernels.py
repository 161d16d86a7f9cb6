"""Columns and entries of the body's bare arrays; floats where numba would compile anew for every integer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# Columns of BodyArrays.tables: v of skin, spinous tips, front of the bodies, canal's back; the trunk's half sizes;
# the rib cage's outer half sizes and middle; the erector spinae's middle and half sizes; the vertebral artery; where
# laminae were taken away (1)
SKIN_V, SPINOUS_V, FRONT_V, CANAL_V, HALF_WIDTH, HALF_DEPTH = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
CAGE_A, CAGE_B, CAGE_V = 6.0, 7.0, 8.0
ERECTOR_P, ERECTOR_A, ERECTOR_V, ERECTOR_B, ARTERY_U, OPENED = 9.0, 10.0, 11.0, 12.0, 13.0, 14.0
LOOSE_V = 15.0  # front of the bodies without their waists, for what hangs before them
FLAT_V = 16.0  # v of the table on which the belly is pressed flat
COLUMNS = 17

# Entries of BodyArrays.shape: marbling, and arc lengths of what the organs hang on
MUSCLE_FAT, KIDNEY_S, BIFURCATION_S, CREST_S, S_C2, S_C4, S_C6, S_T1, S_T4, S_T9, S_T12, S_L2 = range(12)
S_C1, SHOULDER_P, SHOULDER_S = range(12, 15)
SHAPES = 15

# Columns of BodyArrays.tubes: middle, half widths, cosine and sine of the turn, power of the super-ellipse, and how far
# from the middle the wall can be; columns of tube_kinds: side (0 both), row of the material table, label, marbling
TUBE_U, TUBE_V, TUBE_HALF_U, TUBE_HALF_V, TUBE_COS, TUBE_SIN, TUBE_POWER, TUBE_REACH = range(8)
TUBES = 8
TUBE_SIDE, TUBE_MATERIAL, TUBE_LABEL, TUBE_MARBLING = range(4)
TUBE_KINDS = 4

# Columns of BodyArrays.blobs: middle (v from the fronts of the bodies), half axes, turn, row of the material table
BLOB_U, BLOB_V, BLOB_S, BLOB_HALF_U, BLOB_HALF_V, BLOB_HALF_S, BLOB_COS, BLOB_SIN, BLOB_MATERIAL = range(9)
BLOBS = 9


class BodyPlace(NamedTuple):
    """A voxel of the body while it is painted.

    Attributes:
        u, v, s: canal coordinates, mm; h: size of the voxel
        outline: signed distance to the skin
        wobble, wobble2: slow noise, about 1 mm, by which nothing is straight
    """

    u: float
    v: float
    s: float
    h: float
    outline: float
    wobble: float
    wobble2: float


class BodyArrays(NamedTuple):
    """Bare arrays of the body: tables along s (mm), single numbers, ribs [shape=(12, 6)], metal [shape=(n, 7)].

    Tubes are muscles and vessels along s [shape=(s, tube, TUBES)], tube_kinds what they are made of
    [shape=(tube, TUBE_KINDS)], blobs the heart's ellipsoids [shape=(blob, BLOBS)]. Metal is a row of capsules in world
    coordinates: both ends of the axis, radius.
    """

    tables: np.ndarray
    s_start: float
    s_step: float
    shape: np.ndarray
    ribs: np.ndarray
    metal: np.ndarray
    tubes: np.ndarray
    tube_kinds: np.ndarray
    blobs: np.ndarray
