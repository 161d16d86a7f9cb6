"""Rewards: the score at the end, and what may be paid on the way, with the truth or without.

Shaped rewards are differences of a potential (Ng, Harada and Russell, ICML 1999), so that they change no best policy:
what is paid on the way is taken back at the end.
"""

from __future__ import annotations

from simulator.engine.events import Complication, NeedleMoved
from simulator.engine.session import Session
from simulator.interface.view import View
from simulator.scenario.build import Case
from simulator.scoring.procedure_summary import in_accepted_zone
from simulator.strategies.learning.options import Reward

STEP = 0.02  # for each step of preparation that was taken
SEEN = 0.05  # for a scan to plan on
IN_SKIN = 0.05
BLOOD_ML = 0.02  # for each millilitre, up to what is prescribed
DLP_MGY_CM = -0.001
FAR_MM = 100.0  # from the dura: as far as a needle is long
WRONG_LEVEL, PUNCTURE, IN_ZONE = -0.1, -0.3, 0.2


def potential(reward: Reward, case: Case, session: Session, view: View) -> float:
    """What the present state is worth beside the score; 0 where only the score is paid, and at the end."""
    if reward is Reward.SCORE or session.state.finished:
        return 0.0
    worth = seen_potential(view)
    return worth if reward is Reward.SHAPED else worth + true_potential(case, session)


def seen_potential(view: View) -> float:
    """From what the operator perceives alone."""
    worth = STEP * len(view.prepared)
    worth += SEEN * any(one.purpose == "planning" for one in view.console.acquired)
    worth += IN_SKIN * (view.needle is not None and view.needle.in_skin)
    worth += BLOOD_ML * min(view.injection.injected_blood_ml, view.case.prescribed_volume_ml)
    return worth + DLP_MGY_CM * sum(view.console.dose.dlp_mgy_cm.values())


def true_potential(case: Case, session: Session) -> float:
    """From where the tip truly lies: for training alone, since no operator knows it."""
    worth = 0.0
    moved: NeedleMoved | None = None
    for step in session.steps:
        for event in step.events:
            if isinstance(event, NeedleMoved):
                moved = event
            elif isinstance(event, Complication) and event.kind == "dural_puncture":
                worth += PUNCTURE
    if moved is None:
        return worth - 1.0
    worth -= min(max(moved.dura_mm, 0.0), FAR_MM) / FAR_MM
    worth += WRONG_LEVEL * (moved.level not in case.world.settings.accepted.needle_levels)
    return worth + IN_ZONE * in_accepted_zone(case.world, moved)
