"""Old names, until every caller has the new ones."""

# ruff: noqa: F401
from __future__ import annotations

from simulator.needle.insertion_force import draw_force_scales as person_scales
from simulator.needle.insertion_force import force_trace_n as force_trace_n
from simulator.needle.insertion_force import layer_forces as layer_forces
from simulator.needle.insertion_force import relaxation as relaxation
