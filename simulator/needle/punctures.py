"""Old names, until every caller has the new ones."""

from __future__ import annotations

from simulator.needle.dural_puncture import INTACT as INTACT
from simulator.needle.dural_puncture import Dura as Dura
from simulator.needle.dural_puncture import meet_dura as meet_dura
from simulator.needle.dural_puncture import tenting_limit_mm as tenting_limit_mm
from simulator.vocabulary.procedure import Touch as Touch
