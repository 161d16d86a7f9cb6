"""Advice: what to do otherwise next time, in three sentences that cite metric, value and reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.report.components import MetricRow, metric_rows
from simulator.report.words import number

SENTENCES = 3
WORTH_POINTS = 0.3  # a loss of less is within what the hands' chance gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a scored metric teaches.

    Attributes:
        component, share: where its utility counts, and with which part of that component
        fix: what to do where it was poor
        keep: what was done well where it was not
    """

    component: str
    share: float
    fix: str
    keep: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One sentence of advice.

    Attributes:
        words: what to do
        cites: metric, value and what it is held against
        points: what it cost; 0 where something was done well
        gate: whether it limits the whole score
    """

    words: str
    cites: str
    points: float
    gate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a gate or cap of the rubric teaches.

    Attributes:
        reason: part of the scorecard's reason by which it is known
        metric: that shows it
        fix: what to do otherwise
    """

    reason: str
    metric: str
    fix: str


NOT_TREATED = "not treated"
IN_ZONE = "bevel in an accepted target zone at the first mL of blood"
TO_DURA = "least distance from tip to dura"
GATES = (
    Gate(
        reason="intrathecally",
        metric=TO_DURA,
        fix="Give nothing while clear fluid comes from the hub; withdraw until test contrast stays outside the dura.",
    ),
    Gate(
        reason="cord contact",
        metric=TO_DURA,
        fix="Where the cord lies before the needle, push single millimetres with an image after each.",
    ),
    Gate(
        reason=NOT_TREATED,
        metric="blood injected",
        fix="Bring it to its end: see where the bevel stands, draw the blood, and give it.",
    ),
    Gate(
        reason="dural puncture",
        metric="dural punctures",
        fix="Stop as the flavum gives, and look before every further millimetre.",
    ),
    Gate(
        reason="under the dura",
        metric=TO_DURA,
        fix="Where test contrast lies in a thin line under the dura, withdraw before the blood is given.",
    ),
    Gate(
        reason="another level",
        metric="level offset",
        fix="Count the levels on the planning scan, and mark the skin at the asked interspace.",
    ),
    Gate(
        reason="into a vein",
        metric=IN_ZONE,
        fix="Aspirate and give test contrast first; what the stream carries off is in a vein: move the bevel.",
    ),
    Gate(
        reason="roots were compressed",
        metric="blood after the patient's cue",
        fix="Stop where the patient feels pain: it comes before weakness.",
    ),
    Gate(
        reason="neither a confirming image",
        metric="CTF images after the first puncture",
        fix="Where the bevel stands, take an image or give test contrast before the first blood.",
    ),
)


LESSONS: dict[str, Lesson] = {
    "leak localised before the first puncture": Lesson(
        component="placement",
        share=0.1,
        fix="Write down level and side of the leak on the myelogram before the skin is gone through.",
        keep="The leak was found before the needle went in.",
    ),
    IN_ZONE: Lesson(
        component="placement",
        share=0.8,
        fix="See the tip in the dorsal fat or the collection, in its own slice, before the blood is given.",
        keep="The blood was given where it was asked for.",
    ),
    "level offset": Lesson(
        component="placement",
        share=0.2,
        fix="Centre the slice on the middle of the interspace before the skin point is marked.",
        keep="The needle went to the middle of the asked interspace.",
    ),
    TO_DURA: Lesson(
        component="safety",
        share=0.5,
        fix="Take the last millimetres in single steps with an image between them, and stop as the flavum gives.",
        keep="The tip kept its distance from the dura.",
    ),
    "dura contacts": Lesson(
        component="safety",
        share=0.25,
        fix="Stop at the first loss of resistance and look; do not push to feel for the dura.",
        keep="The dura was never touched.",
    ),
    "dwell at critical structures, and half a second for each bone contact": Lesson(
        component="safety",
        share=0.25,
        fix="Plan a path that passes bone and roots by, and withdraw at once where one is met.",
        keep="No time was spent at nerve, vessel or bone.",
    ),
    "DLP guidance": Lesson(
        component="dose",
        share=0.5,
        fix="Lower the tube current while the needle is in muscle, and press only after the needle was moved.",
        keep="Guidance cost no more than an expert's.",
    ),
    "DLP planning": Lesson(
        component="dose",
        share=0.25,
        fix="Plan on a scan of the asked level alone, with the tube load that the path needs and no more.",
        keep="The planning scan was as short and weak as it may be.",
    ),
    "CTF images after the first puncture": Lesson(
        component="dose",
        share=0.25,
        fix="Ask each image one question: direction under the skin, depth before the flavum, place before blood.",
        keep="Few images were enough.",
    ),
    "beam time": Lesson(
        component="economy",
        share=0.2,
        fix="Tap the pedal for one rotation instead of holding it.",
        keep="The beam was on for seconds only.",
    ),
    "redirections": Lesson(
        component="economy",
        share=0.2,
        fix="Correct the angle under the skin, after the first image, where a turn still reaches the tip.",
        keep="The first direction was nearly right.",
    ),
    "skin punctures": Lesson(
        component="economy",
        share=0.2,
        fix="Check angle and skin point against the plan before the skin is gone through.",
        keep="One puncture was enough.",
    ),
    "path in tissue over straight path": Lesson(
        component="economy",
        share=0.2,
        fix="Withdraw far enough before a new course, so that one turn does where several did.",
        keep="The needle took the straight way.",
    ),
    "time from puncture to end": Lesson(
        component="economy",
        share=0.2,
        fix="Have blood drawn and contrast mixed before the needle is in its place.",
        keep="The needle was not in the patient for longer than it must.",
    ),
    "coverage of the leak zone by blood": Lesson(
        component="patch",
        share=1.0,
        fix="Place the bevel beside the leak, and go on slowly until the patient feels pressure.",
        keep="The blood reached the leak.",
    ),
    "blood after the patient's cue": Lesson(
        component="patch",
        share=1.0,
        fix="Give a millilitre at a time, ask, and stop at the first word of pressure.",
        keep="The injection stopped when the patient spoke.",
    ),
    "confirmation image after the blood": Lesson(
        component="patch",
        share=1.0,
        fix="Look where the blood went: an image after the last of it.",
        keep="The patch was looked at after the blood.",
    ),
}


def advice_of(card: dict[str, Any]) -> list[Advice]:
    """Three sentences: what limited the score, what cost most, what was never reached, what was done well.

    Args:
        card: a scorecard
    """
    raw = {metric["name"]: metric for metric in card["metrics"]}
    shown = {row.name: row for row in metric_rows(raw.values())}
    untreated = NOT_TREATED in str(card["cap_reason"])
    fix: list[Advice] = []
    never: list[Advice] = []
    keep: list[tuple[float, Advice]] = []
    for name, lesson in LESSONS.items():
        if name not in raw:
            continue
        cites, given = _cites(shown[name]), raw[name]["utility"]
        most = 100.0 * card["weights"][lesson.component] * lesson.share
        lost = most if given is None else most * (1.0 - float(given))
        if given is None:
            if untreated:
                never.append(Advice(words=lesson.fix, cites=cites, points=lost))
        elif lost >= WORTH_POINTS:
            fix.append(Advice(words=lesson.fix, cites=cites, points=lost))
        else:
            keep.append((most, Advice(words=lesson.keep, cites=cites, points=0.0)))
    fix.sort(key=lambda item: -item.points)
    never.sort(key=lambda item: -item.points)
    keep.sort(key=lambda item: -item[0])
    return [*_gates(card, shown), *fix, *never, *(item for _, item in keep)][:SENTENCES]


def points_words(advice: Advice) -> str:
    """What a piece of advice is worth."""
    if advice.gate:
        return "limits the score"
    return f"up to {number(advice.points, 2)} points" if advice.points > 0 else "keep it"


def _gates(card: dict[str, Any], shown: dict[str, MetricRow]) -> list[Advice]:
    """What limited the score; together they cost what the components give beyond it."""
    reason = str(card["cap_reason"] or "")
    acting = [gate for gate in GATES if gate.reason in reason and gate.metric in shown]
    given = 100.0 * sum(card["weights"][name] * share for name, share in card["components"].items())
    cost = max(given - float(card["score"]), 0.0) / max(len(acting), 1)
    return [Advice(words=gate.fix, cites=_cites(shown[gate.metric]), points=cost, gate=True) for gate in acting]


def _cites(row: MetricRow) -> str:
    """Metric, value and what it is held against."""
    value = "none" if row.value == "–" else f"{row.value} {row.unit}".strip()
    against = f"; reference {row.reference}" if row.reference else ""
    source = f" ({row.source})" if row.source else ""
    return f"{row.name}: {value}{against}{source}"
