"""Rows of a sparse matrix whose entries are the faces between cells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit

Numbers = NDArray[np.int32]


class Rows(NamedTuple):
    """Each cell's neighbours in ascending order, by compressed rows.

    Attributes:
        starts: where each row begins [shape=(n + 1,), int32]
        middle: first entry of each row beyond the diagonal [shape=(n,), int32]
        columns: neighbour of each entry [shape=(entries,), int32]
        faces: face to that neighbour [shape=(entries,), int32]
    """

    starts: Numbers
    middle: Numbers
    columns: Numbers
    faces: Numbers


@njit(cache=True, nogil=True, error_model="numpy")
def rows_among(
    active: NDArray[np.int64], starts: Numbers, columns: Numbers, faces: Numbers, number: Numbers, face_number: Numbers
) -> Rows:
    """Rows of some cells among themselves.

    Args:
        active: [shape=(n,), int64, ascending] cells
        starts, columns, faces: rows of all cells: where each begins, its neighbours, the faces to them
        number, face_number: of each cell and face among those wanted, -1 elsewhere

    Returns:
        rows of these cells, in their own numbers
    """
    size = len(active)
    most = 0
    for i in range(size):
        most += starts[active[i] + 1] - starts[active[i]]
    begins, middle = np.empty(size + 1, np.int32), np.empty(size, np.int32)
    among, through = np.empty(most, np.int32), np.empty(most, np.int32)
    count = 0
    for i in range(size):
        begins[i] = count
        middle[i] = -1
        for k in range(starts[active[i]], starts[active[i] + 1]):
            j = number[columns[k]]
            if j < 0:
                continue
            if j > i and middle[i] < 0:
                middle[i] = count
            among[count], through[count] = j, face_number[faces[k]]
            count += 1
        if middle[i] < 0:
            middle[i] = count
    begins[size] = count
    return Rows(begins, middle, among[:count].copy(), through[:count].copy())
