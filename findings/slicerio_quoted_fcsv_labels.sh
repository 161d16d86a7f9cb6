#!/usr/bin/env bash
# slicerio 1.4.0: what becomes of a point of 3D Slicer whose label has a comma in it?
#
# An .fcsv file is a table of comma-separated values, and a text with a comma stands in quotes. slicerio cuts every line at
# every comma: the label "L4, left pedicle" comes out as a quote and L4, the rest of it is taken for the description, and
# the description for the name of another node. Nothing is said. Who tells vertebrae by labels must read the table with a
# reader of such tables, as Python's csv is. The reader of .mrk.json that the documentation of this function refers to,
# `read_markups_json`, is not there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check slicerio==1.4.0 2>/dev/null
cd "$folder"
cat > points.fcsv <<'FCSV'
# Markups fiducial file version = 5.6
# CoordinateSystem = LPS
# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID
1,10.0,20.0,30.0,1,0,0,0,1,1,0,"L4, left pedicle",entry of a needle,
2,11.0,21.0,31.0,1,0,0,0,1,1,0,L5,,
FCSV
cat > read.py <<'PYTHON'
import csv
import importlib.metadata

import slicerio

first, second = slicerio.read_markups_fcsv("points.fcsv")["markups"][0]["controlPoints"]
print("slicerio", importlib.metadata.version("slicerio"))
for key in ("label", "description", "associatedNodeID"):
    print(f"  {key}: {first.get(key)}")
print(f"  second label: {second['label']}")
with open("points.fcsv", newline="") as file:
    row = next(csv.reader(line for line in file if not line.startswith("#")))
print(f"csv\n  label: {row[11]}\n  description: {row[12]}")
print(f"read_markups_json: {hasattr(slicerio, 'read_markups_json')}")
assert "read_markups_json" in slicerio.read_markups_fcsv.__doc__
PYTHON
"$folder/venv/bin/python" read.py > seen.txt
cat seen.txt
diff seen.txt - <<'EXPECTED'
slicerio 1.4.0
  label: "L4
  description: left pedicle"
  associatedNodeID: entry of a needle
  second label: L5
csv
  label: L4, left pedicle
  description: entry of a needle
read_markups_json: False
EXPECTED
