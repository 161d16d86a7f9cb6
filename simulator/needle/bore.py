"""Old names, until every caller has the new ones."""

from __future__ import annotations

from simulator.needle.bore_flow import BLOOD_MPA_S as BLOOD_MPA_S
from simulator.needle.bore_flow import CSF_MPA_S as CSF_MPA_S
from simulator.needle.bore_flow import first_drop_s as first_drop_s
from simulator.needle.bore_flow import flow_ml_per_s as flow_ml_per_s
