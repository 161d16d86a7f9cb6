"""Deeds: advice that names what was done, read from a procedure's commands and events."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.command_words import command_words
from simulator.report.blood_places import hindrances
from simulator.report.procedure_marks import Marks
from simulator.report.words import listed, number, percent
from simulator.scoring.localisation import sides_that_count
from simulator.scoring.procedure_steps import FLAT_HOURS, skin_prepared
from simulator.scoring.procedure_summary import in_accepted_zone
from simulator.scoring.rubric import Rubric
from simulator.scoring.treatment import treatment
from simulator.vocabulary.anatomy import Compartment, Laterality
from simulator.vocabulary.deeds import Deed
from simulator.vocabulary.patient_facts import Question, TimeOutItem
from simulator.vocabulary.scoring import CapId, MetricId
from simulator.wording.chosen import WORDS

Taught = MetricId | CapId
"""What a piece of advice is about."""

NEAR_DURA_MM = 15.0  # from where on the last millimetres begin to be spoken of
SINGLE_STEP_MM = 1.5  # and more is no single step any more
WELL_COVERED = 0.99  # of the leak zone, above which nothing hindered the blood
_EPIDURAL = (Compartment.EPIDURAL, Compartment.FORAMEN)
_OF_VOLUME: tuple[Taught, ...] = (
    *(MetricId.LEAK_COVERAGE, MetricId.SEAL, MetricId.EPIDURAL_VOLUME, MetricId.BLOOD_VOLUME),
    *(CapId.NOT_TREATED, CapId.TOKEN_VOLUME),
)


def deed_words(session: Session, marks: Marks) -> dict[Taught, str]:
    """Advice by what it is about, where it follows from what was done; elsewhere the lesson of the metric stands."""
    found: dict[Taught, str] = {}
    for about, words in _all(session, marks):
        found.setdefault(about, words)
    return found


def _all(session: Session, marks: Marks) -> Iterator[tuple[Taught, str]]:
    """The gravest reason of each first."""
    yield from _written(marks)
    yield from _refused_blood(session, marks)
    yield from _other_level(marks)
    yield from _outside(marks)
    yield from _stopped_early(marks)
    yield from _cover(session, marks)
    yield from _bevel(marks)
    yield from _blind_push(marks)
    yield from _idle_presses(marks)
    yield from _left_out(marks)


def _say(deed: Deed, **fields: str) -> str:
    return WORDS.deeds[deed].format(**fields)


def _written(marks: Marks) -> Iterator[tuple[Taught, str]]:
    """What was written down of each leak against where it is."""
    leaks = [leak for leak in marks.summary.world.phantom.leaks if leak.level is not None]
    punctured = marks.summary.punctured_ms
    marked = [event for event in marks.events if isinstance(event, e.LeakMarked)]
    if not marked or not leaks:
        return
    before = [event for event in marked if punctured is None or event.at_ms <= punctured]
    if not before:
        yield MetricId.LEAK_LOCALISED, _say(Deed.WROTE_LATE, level=str(marked[0].level))
        return
    last = {event.level: event for event in before} if len(leaks) > 1 else {before[-1].level: before[-1]}
    levels = [leak.level for leak in leaks]
    wrong = [str(level) for level in last if level not in levels]
    for leak in leaks:
        mark = last.get(str(leak.level))
        if mark is None and wrong:
            yield MetricId.LEAK_LOCALISED, _say(Deed.WROTE_LEVEL, written=wrong.pop(0), true=str(leak.level))
        elif mark is None:
            written = listed([str(level) for level in last])
            yield MetricId.LEAK_LOCALISED, _say(Deed.WROTE_NOT_ALL, written=written, true=str(leak.level))
        elif mark.side not in sides_that_count(leak):
            sides = {"written": WORDS.sides[Laterality(mark.side)], "true": WORDS.sides[leak.side]}
            yield MetricId.LEAK_LOCALISED, _say(Deed.WROTE_SIDE, level=str(leak.level), **sides)


def _refused_blood(session: Session, marks: Marks) -> Iterator[tuple[Taught, str]]:
    """A command for blood that was refused, where too little was given in the end."""
    if treatment(marks.summary, Rubric()).treats(Rubric()):
        return
    refused = [
        (step.command, event.reason)
        for step in session.steps
        for event in step.events
        if isinstance(event, e.CommandRefused) and isinstance(step.command, c.InjectBlood)
    ]
    if not refused:
        return
    command, reason = refused[-1]
    times = "once" if len(refused) == 1 else f"{len(refused)} times"
    total = marks.blood[-1].total_blood_ml if marks.blood else 0.0
    words = _say(
        Deed.REFUSED_BLOOD,
        command=command_words(command),
        times=times,
        given=f"{number(total)} mL" if total > 0 else "no blood",
        reason=reason.rstrip("."),
    )
    for about in _OF_VOLUME:
        yield about, words


def _other_level(marks: Marks) -> Iterator[tuple[Taught, str]]:
    blood = marks.summary.first_blood
    levels = [str(leak.level) for leak in marks.summary.world.phantom.leaks if leak.level is not None]
    if blood is None or not levels or blood.level in levels:
        return
    cover = percent(marks.blood[-1].covered_share)
    yield CapId.LEAK_NOT_COVERED, _say(Deed.OTHER_LEVEL, written=blood.level, true=listed(levels), cover=cover)


def _outside(marks: Marks) -> Iterator[tuple[Taught, str]]:
    """Blood most of which went neither into the space nor the sac: the needle was not deep enough, or beside it."""
    total = sum(portion.volume_ml for portion in marks.blood)
    astray = [portion for portion in marks.blood if portion.compartment is Compartment.SOFT_TISSUE]
    lost = sum(portion.volume_ml for portion in astray)
    if not astray or lost < 0.5 * total:
        return
    first = astray[0]
    words = _say(Deed.BLOOD_IN_TISSUE, lost=number(lost), total=number(total), short=f"{first.dura_mm:.0f}")
    for about in _OF_VOLUME:
        yield about, words


def _stopped_early(marks: Marks) -> Iterator[tuple[Taught, str]]:
    """Blood that went where it should, and was stopped before the volume and without a word of the patient."""
    if not marks.blood or any(portion.compartment not in _EPIDURAL for portion in marks.blood):
        return
    world, last = marks.summary.world, marks.blood[-1]
    prescribed = world.settings.prescribed_volume_ml
    if treatment(marks.summary, Rubric()).cue_ml is not None or last.total_blood_ml >= prescribed - 0.5:
        return
    given = {"given": number(last.total_blood_ml), "prescribed": number(prescribed)}
    if world.phantom.leak.hole_mm is None:
        words = _say(Deed.STOPPED_EARLY, **given)
    elif last.covered_share < WELL_COVERED:
        words = _say(Deed.COVER_STOPPED_EARLY, cover=percent(last.covered_share), **given)
        yield MetricId.LEAK_COVERAGE, words
        yield MetricId.SEAL, words
    else:
        words = _say(Deed.STOPPED_EARLY, **given)
    yield MetricId.EPIDURAL_VOLUME, words
    yield CapId.TOKEN_VOLUME, words


def _cover(session: Session, marks: Marks) -> Iterator[tuple[Taught, str]]:
    """Where the blood went instead, of a leak that it covers in part."""
    world = marks.summary.world
    if not marks.blood or world.phantom.leak.hole_mm is None:
        return
    last = marks.blood[-1]
    if last.covered_share >= WELL_COVERED:
        return
    given, cover = number(last.total_blood_ml), percent(last.covered_share)
    causes = hindrances(session, marks)
    why, fix = ", and ".join(text for _, text in causes), WORDS.remedies[causes[0][0]]
    words = _say(Deed.COVERED_LITTLE, given=given, cover=cover, why=why, fix=fix)
    yield MetricId.LEAK_COVERAGE, words
    yield MetricId.SEAL, words
    yield CapId.LEAK_NOT_COVERED, words


def _bevel(marks: Marks) -> Iterator[tuple[Taught, str]]:
    world = marks.summary.world
    off = [portion for portion in marks.blood if not in_accepted_zone(world, portion)]
    if not off:
        return
    first, accepted = off[0], world.settings.accepted
    zone = f"the {first.zone} space" if first.zone else WORDS.compartments[first.compartment]
    share = sum(p.volume_ml for p in off) / sum(p.volume_ml for p in marks.blood)
    zones, levels = listed([str(zone) for zone in accepted.zones]), listed([str(x) for x in accepted.needle_levels])
    wanted = f"the {zones} space at {levels}"
    yield (
        MetricId.BEVEL_IN_TARGET_ZONE,
        _say(Deed.BEVEL_ELSEWHERE, share=percent(share), place=f"{zone} at {first.level}", wanted=wanted),
    )


def _blind_push(marks: Marks) -> Iterator[tuple[Taught, str]]:
    """The push that came nearest to the dura, where it was far from the last look."""
    near = marks.closest_dura
    if near is None:
        return
    pushed = marks.pushed_since_look_mm(near.at_ms)
    if pushed < SINGLE_STEP_MM or near.least_dura_mm > NEAR_DURA_MM:
        return
    margin = near.least_dura_mm
    where = f"{margin:.1f} mm from the dura" if margin >= 0 else f"{-margin:.1f} mm beyond the dura's place"
    deed = Deed.PUSHED_UNSEEN if marks.last_look(near.at_ms) is None else Deed.PUSHED_BLIND
    words = _say(deed, pushed=f"{pushed:.0f}", margin=where)
    yield MetricId.DURAL_MARGIN, words
    yield MetricId.DURA_TENTING, words


def _idle_presses(marks: Marks) -> Iterator[tuple[Taught, str]]:
    """Images between which neither needle nor injection nor patient nor table had changed anything."""
    idle = len(marks.idle_presses)
    if idle:
        yield MetricId.DLP_GUIDANCE, _say(Deed.PRESSED_IDLE, idle=str(idle), images=str(len(marks.presses)))


def _left_out(marks: Marks) -> Iterator[tuple[Taught, str]]:
    """Items of the time-out and of what follows a patch that were left out, where some were not."""
    end = marks.summary.punctured_ms
    held = [x for x in marks.events if isinstance(x, e.TimeOutHeld) and (end is None or x.at_ms <= end)]
    checked = {item for event in held for item in event.checked}
    lacking = [str(item) for item in TimeOutItem if item not in checked]
    if held and lacking:
        yield MetricId.TIME_OUT_HELD, _say(Deed.TIME_OUT_LACKS, items=listed(lacking))
    if end is not None:
        skipped = [] if not lacking else ["a time-out" if not held else "the whole time-out"]
        skipped += [] if skin_prepared(marks.summary) else ["disinfecting and draping"]
        if skipped:
            yield CapId.STEPS_SKIPPED, _say(Deed.STEPS_SKIPPED, items=listed(skipped))
    if marks.blood:
        after = _aftercare_done(marks)
        if any(after) and not all(after):
            items = [item for item, done in zip(WORDS.aftercare, after, strict=True) if not done]
            yield MetricId.AFTERCARE, _say(Deed.AFTERCARE_LACKS, items=listed(items))


def _aftercare_done(marks: Marks) -> tuple[bool, bool, bool, bool]:
    last_ms = marks.blood[-1].at_ms
    asked = any(
        isinstance(event, e.PatientSpoke) and event.about is Question.LEGS_AND_BLADDER and event.at_ms >= last_ms
        for event in marks.events
    )
    ordered = [event for event in marks.events if isinstance(event, e.AftercareOrdered)]
    if not ordered:
        return asked, False, False, False
    last = ordered[-1]
    return asked, last.flat_hours >= FLAT_HOURS, last.advice, last.next_day_call
