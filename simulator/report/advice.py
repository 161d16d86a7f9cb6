"""Advice: what to do otherwise next time, in three sentences that cite metric, value and reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.report.components import metric_rows
from simulator.report.words import number

SENTENCES = 3
WORTH_POINTS = 0.3  # a loss of less is within what the hands' chance gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a scored metric teaches.

    Attributes:
        component, share: where its utility counts, and with which part of that component
        mend: what to do where it was poor
        keep: what was done well where it was not
    """

    component: str
    share: float
    mend: str
    keep: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One sentence of advice.

    Attributes:
        words: what to do
        cites: metric, value and what it is held against
        points: what it cost; 0 where something was done well
    """

    words: str
    cites: str
    points: float


LESSONS: dict[str, Lesson] = {
    "bevel in an accepted target zone at the first mL of blood": Lesson(
        component="placement",
        share=0.8,
        mend="See the tip in the dorsal fat or the collection, in its own slice, before the blood is given.",
        keep="The blood was given where it was asked for.",
    ),
    "level offset": Lesson(
        component="placement",
        share=0.2,
        mend="Centre the slice on the middle of the interspace before the skin point is marked.",
        keep="The needle went to the middle of the asked interspace.",
    ),
    "least distance from tip to dura": Lesson(
        component="safety",
        share=0.5,
        mend="Take the last millimetres in single steps with an image between them, and stop as the flavum gives.",
        keep="The tip kept its distance from the dura.",
    ),
    "dura contacts": Lesson(
        component="safety",
        share=0.25,
        mend="Stop at the first loss of resistance and look; do not push to feel for the dura.",
        keep="The dura was never touched.",
    ),
    "dwell at critical structures, and half a second for each bone contact": Lesson(
        component="safety",
        share=0.25,
        mend="Plan a path that passes bone and roots by, and withdraw at once where one is met.",
        keep="No time was spent at nerve, vessel or bone.",
    ),
    "DLP guidance": Lesson(
        component="dose",
        share=0.5,
        mend="Lower the tube current while the needle is in muscle, and press only after the needle was moved.",
        keep="Guidance cost no more than an expert's.",
    ),
    "DLP planning": Lesson(
        component="dose",
        share=0.25,
        mend="Plan on a scan of the asked level alone, with the tube load that the path needs and no more.",
        keep="The planning scan was as short and weak as it may be.",
    ),
    "CTF images after the first puncture": Lesson(
        component="dose",
        share=0.25,
        mend="Ask each image one question: direction under the skin, depth before the flavum, place before blood.",
        keep="Few images were enough.",
    ),
    "beam time": Lesson(
        component="economy",
        share=0.2,
        mend="Tap the pedal for one rotation instead of holding it.",
        keep="The beam was on for seconds only.",
    ),
    "redirections": Lesson(
        component="economy",
        share=0.2,
        mend="Correct the angle under the skin, after the first image, where a turn still reaches the tip.",
        keep="The first direction was nearly right.",
    ),
    "skin punctures": Lesson(
        component="economy",
        share=0.2,
        mend="Check angle and skin point against the plan before the skin is gone through.",
        keep="One puncture was enough.",
    ),
    "path in tissue over straight path": Lesson(
        component="economy",
        share=0.2,
        mend="Withdraw far enough before a new course, so that one turn does where several did.",
        keep="The needle took the straight way.",
    ),
    "time from puncture to end": Lesson(
        component="economy",
        share=0.2,
        mend="Have blood drawn and contrast mixed before the needle is in its place.",
        keep="The needle was not in the patient for longer than it must.",
    ),
    "coverage of the leak zone by blood": Lesson(
        component="patch",
        share=1.0,
        mend="Place the bevel beside the leak, and go on slowly until the patient feels pressure.",
        keep="The blood reached the leak.",
    ),
    "blood after the patient's cue": Lesson(
        component="patch",
        share=1.0,
        mend="Give a millilitre at a time, ask, and stop at the first word of pressure.",
        keep="The injection stopped when the patient spoke.",
    ),
}


def advice_of(card: dict[str, Any]) -> list[Advice]:
    """Three sentences: what cost most first, then what was done well.

    Args:
        card: a scorecard
    """
    weights: dict[str, float] = card["weights"]
    raw = {metric["name"]: metric for metric in card["metrics"] if metric.get("utility") is not None}
    shown = {row.name: row for row in metric_rows(raw.values())}
    mend: list[Advice] = []
    keep: list[tuple[float, Advice]] = []
    for name, lesson in LESSONS.items():
        if name not in raw:
            continue
        row = shown[name]
        against = f"; reference {row.reference}" if row.reference else ""
        source = f" ({row.source})" if row.source else ""
        cites = f"{name}: {row.value} {row.unit}".strip() + against + source
        most = 100.0 * weights[lesson.component] * lesson.share
        lost = most * (1.0 - float(raw[name]["utility"]))
        if lost >= WORTH_POINTS:
            mend.append(Advice(words=lesson.mend, cites=cites, points=lost))
        else:
            keep.append((most, Advice(words=lesson.keep, cites=cites, points=0.0)))
    mend.sort(key=lambda item: -item.points)
    keep.sort(key=lambda item: -item[0])
    return [*mend, *(item for _, item in keep)][:SENTENCES]


def points_words(points: float) -> str:
    """What a piece of advice is worth."""
    return f"up to {number(points, 2)} points" if points > 0 else "keep it"
