"""Old names, until every caller has the new ones."""

# ruff: noqa: F401
from __future__ import annotations

from simulator.needle.needle_bending import TISSUE_N_PER_MM2 as TISSUE_N_PER_MM2
from simulator.needle.needle_bending import against_bone as against_bone
from simulator.needle.needle_bending import bow_mm as bow_mm
from simulator.needle.needle_bending import buckling_load_n as buckling_load_n
from simulator.needle.needle_bending import hub_turn_fraction as turn_share
from simulator.needle.needle_bending import redirect_fraction as redirect_share
from simulator.needle.needle_bending import rigidity_n_mm2 as rigidity_n_mm2
