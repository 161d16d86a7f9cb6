"""Sites: blood may be given through several punctures in one sitting (mean of five, Kranz 2011), each a site."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.scoring.procedure_summary import ProcedureSummary

SITE_ML = 1.0  # of blood, below which a puncture was a trial and no site (assumption)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A puncture of the skin through which blood was given.

    Attributes:
        blood_ml: that was given through it
        straight_mm: from the skin to where the tip was deepest
    """

    blood_ml: float
    straight_mm: float


def treated_sites(summary: ProcedureSummary) -> list[Site]:
    """Punctures through which more than a trial of blood was given, in their order."""
    starts = [k for k, event in enumerate(summary.events) if isinstance(event, e.SkinPunctured)]
    bounds = [*starts, len(summary.events)]
    sites = [_site(summary.events[start:end]) for start, end in itertools.pairwise(bounds)]
    return [site for site in sites if site.blood_ml >= SITE_ML]


def _site(events: Sequence[e.Event]) -> Site:
    punctured = events[0]
    assert isinstance(punctured, e.SkinPunctured)
    tips = [event.tip_mm for event in events if isinstance(event, e.NeedleMoved)]
    blood = [event.volume_ml for event in events if isinstance(event, e.MaterialInjected) and event.material == "blood"]
    return Site(
        blood_ml=sum(blood),
        straight_mm=max((math.dist(punctured.entry_mm, tip) for tip in tips), default=0.0),
    )
