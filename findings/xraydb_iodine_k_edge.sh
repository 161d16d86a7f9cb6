#!/usr/bin/env bash
# xraydb 4.5.8: which of its tables can be used beside iodine's K edge (33.169 keV)?
#
# A CT spectrum at 80 to 140 kV has its mean not far above that edge, and contrast in a myelogram is iodine. xraydb offers
# two tables of mass attenuation. Elam's jumps at the edge, as it should. Chantler's (mu_chantler) rises over some 100 eV
# about it: 9 eV below the edge it is nearly twice Elam's, 6 eV above it little more than half, without a warning.
# Who bins a spectrum with an edge of a bin at 33.17 keV, and takes the table at the bin's end, gets iodine wrong.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xraydb==4.5.8 numpy==2.4.6 2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import numpy as np
import xraydb

print("xraydb", version("xraydb"), "K edge of iodine at", xraydb.xray_edge("I", "K").energy, "eV")
energy_ev = np.array([32000.0, 33100.0, 33160.0, 33175.0, 33200.0, 34000.0])
elam = np.asarray(xraydb.mu_elam("I", energy_ev))
chantler = np.asarray(xraydb.mu_chantler("I", energy_ev))
for energy, one, other in zip(energy_ev, elam, chantler):
    print(f"{energy:8.0f} eV   Elam {one:6.2f}   Chantler {other:6.2f} cm2/g   ratio {other / one:.2f}")
ratio = dict(zip(energy_ev, chantler / elam))
assert 1.7 < ratio[33160.0] < 2.1, "9 eV below the edge Chantler's table was nearly twice Elam's"
assert 0.5 < ratio[33175.0] < 0.65, "6 eV above the edge Chantler's table was little more than half of Elam's"
assert abs(ratio[32000.0] - 1.0) < 0.05 and abs(ratio[34000.0] - 1.0) < 0.05, "far from the edge the two agreed"
PYTHON
