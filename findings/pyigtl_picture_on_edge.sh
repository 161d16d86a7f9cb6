#!/usr/bin/env bash
# pyigtl 0.3.4: a two-dimensional picture sent over OpenIGTLink stands on its edge.
#
# Frames of fluoroscopy and ultrasound go from a scanner to 3D Slicer or PLUS as IMAGE messages of OpenIGTLink, each with
# the matrix that places it. pyigtl takes an array of one, two, three or four dimensions. Of a picture of 4 rows and 6
# columns it writes the size (i, j, k) = (1, 6, 4): columns become j and rows become k, where OpenIGTLink's own order, and
# pyigtl's of the same picture as a stack of one, is (6, 4, 1). Columns are then laid along the matrix's second axis and
# rows along the normal of the slice, by the slice's thickness each: in the example the middle of the picture comes to lie
# 4.5 mm beside its plane. Nothing is said, and pyigtl reads its own message back with the matrix that was given.
# The way out: picture[numpy.newaxis].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyigtl==0.3.4 numpy==2.4.6 2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON'
import struct
from importlib.metadata import version

import numpy as np
import pyigtl

print("pyigtl", version("pyigtl"))
picture = np.arange(24, dtype=np.int16).reshape(4, 6)  # rows, columns
placed = np.diag([0.5, 0.5, 3.0, 1.0])  # pixels of 0.5 mm in a slice of 3 mm
placed[:3, 3] = 10.0, 20.0, 30.0
found = {}
for words, array in (("picture", picture), ("stack of one", picture[np.newaxis])):
    message = pyigtl.ImageMessage(array, ijk_to_world_matrix=placed, device_name="CTF").pack()
    assert struct.unpack(">H", message[:2]) == (1,), "a header of version 1 used to have no extended one behind it"
    body = message[58:]
    size, centre = struct.unpack(">3H", body[6:12]), struct.unpack(">3f", body[48:60])
    found[words] = size, centre
    print(f"{words:13} shape {array.shape}: size i j k {size}, middle at {centre} mm")
assert found["stack of one"] == ((6, 4, 1), (11.25, 20.75, 30.0))
assert found["picture"] == ((1, 6, 4), (10.0, 21.25, 34.5)), "a picture used to stand on its edge"
PYTHON
