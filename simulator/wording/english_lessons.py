"""English words of the lessons: what to do where a scored metric was poor, and what was done well where it was not."""

from __future__ import annotations

from simulator.vocabulary.scoring import MetricId
from simulator.wording.entries import LessonWords

LESSONS: dict[MetricId, LessonWords] = {
    MetricId.LEAK_LOCALISED: LessonWords(
        fix="Write down level and side of the leak on the myelogram before the skin is gone through.",
        keep="The leak was found before the needle went in.",
    ),
    MetricId.BEVEL_IN_TARGET_ZONE: LessonWords(
        fix="See the tip in the dorsal fat or the collection, in its own slice, before the blood is given.",
        keep="The blood was given where it was asked for.",
    ),
    MetricId.DURAL_MARGIN: LessonWords(
        fix="Take the last millimetres in single steps with an image between them, and stop as the flavum gives.",
        keep="The tip kept its distance from the dura.",
    ),
    MetricId.DURA_CONTACTS: LessonWords(
        fix="Stop at the first loss of resistance and look; do not push to feel for the dura.",
        keep="The dura was never touched.",
    ),
    MetricId.CRITICAL_DWELL: LessonWords(
        fix="Plan a path that passes bone and roots by, and withdraw at once where one is met.",
        keep="No time was spent at nerve, vessel or bone.",
    ),
    MetricId.DLP_GUIDANCE: LessonWords(
        fix="Lower the tube current while the needle is in muscle, and press only after the needle was moved.",
        keep="Guidance cost no more than an expert's.",
    ),
    MetricId.DLP_PLANNING: LessonWords(
        fix="Plan on a scan of the asked level alone, with the tube load that the path needs and no more.",
        keep="The planning scan was as short and weak as it may be.",
    ),
    MetricId.REDIRECTIONS: LessonWords(
        fix="Correct the angle under the skin, after the first image, where a turn still reaches the tip.",
        keep="The first direction was nearly right.",
    ),
    MetricId.SKIN_PUNCTURES: LessonWords(
        fix="Check angle and skin point against the plan before the skin is gone through.",
        keep="One puncture was enough.",
    ),
    MetricId.PATH_RATIO: LessonWords(
        fix="Withdraw far enough before a new course, so that one turn does where several did.",
        keep="The needle took the straight way.",
    ),
    MetricId.TIME_WITH_NEEDLE: LessonWords(
        fix="Have the arm line laid and everything ready before the needle is in its place.",
        keep="The needle was not in the patient for longer than it must.",
    ),
    MetricId.LEAK_COVERAGE: LessonWords(
        fix="Place the bevel beside the leak, and go on slowly until the patient feels pressure.",
        keep="The blood reached the leak.",
    ),
    MetricId.BLOOD_AFTER_CUE: LessonWords(
        fix="Give a millilitre at a time, ask, and stop at the first word of pressure.",
        keep="The injection stopped when the patient spoke.",
    ),
    MetricId.DLP_CONFIRMATION: LessonWords(
        fix="Scan the zone of the leak alone after the blood, with a low tube load.",
        keep="The look at the blood cost little.",
    ),
    MetricId.DEMANDED_IMAGES: LessonWords(
        fix="Look at an image to plan on, at the tip before the blood, and at the blood afterwards.",
        keep="Every image that practice demands was looked at.",
    ),
    MetricId.EPIDURAL_VOLUME: LessonWords(
        fix="Give blood until the patient feels pressure, or the prescribed volume; see that it stays in the canal.",
        keep="Enough blood stayed in the epidural space.",
    ),
    MetricId.SEAL: LessonWords(
        fix="Cover the hole and a level to either side of it, and have the patient lie flat.",
        keep="The patch has a good chance to hold.",
    ),
    MetricId.PLAN_SOUND: LessonWords(
        fix="Draw the path before the puncture: from the skin by an accepted way to the space, not into the dura.",
        keep="The plan led to the space.",
    ),
    MetricId.BLIND_ADVANCE: LessonWords(
        fix="Near the dura look at the tip after every 3 mm, in the neck and at a foramen after every 2 mm.",
        keep="Near the dura every push was followed by a look.",
    ),
    MetricId.DURA_TENTING: LessonWords(
        fix="Stop as the flavum gives; where the dura is pressed in, draw back before anything else.",
        keep="The dura was not pressed in.",
    ),
    MetricId.REACTIONS_ANSWERED: LessonWords(
        fix="Answer what the patient says at once: legs up for a faint, an antihistamine for itching.",
        keep="The patient's reaction was answered in time.",
    ),
    MetricId.TIME_OUT_HELD: LessonWords(
        fix="Hold the whole time-out before the skin is gone through.", keep="The time-out was held."
    ),
    MetricId.PATIENT_POSITIONED: LessonWords(
        fix="Position the patient before anything else.", keep="The patient was positioned."
    ),
    MetricId.SKIN_PREPARED: LessonWords(
        fix="Disinfect and drape before the skin is gone through.", keep="The skin was prepared."
    ),
    MetricId.ANAESTHETIC_GIVEN: LessonWords(
        fix="Numb the skin and the way in, and wait until it acts.", keep="The way in was numbed."
    ),
    MetricId.ARM_LINE_FIRST: LessonWords(
        fix="Have the arm line laid before the needle goes in.", keep="The arm line lay ready."
    ),
    MetricId.STYLET_IN: LessonWords(
        fix="Push with the stylet in: without it the bore cores tissue and is blocked.", keep="The stylet stayed in."
    ),
    MetricId.ASPIRATED: LessonWords(
        fix="Aspirate where the needle stands before the blood is given.", keep="Somebody aspirated before the blood."
    ),
    MetricId.BLOOD_FRESH: LessonWords(
        fix="Draw the blood once the needle's place is confirmed, and give it within four minutes.",
        keep="The blood was fresh.",
    ),
    MetricId.AFTERCARE: LessonWords(
        fix="Ask for legs and bladder, order some hours flat, advice, and a call on the next day.",
        keep="The patient left with all that follows a patch.",
    ),
    MetricId.ROOM_TIME: LessonWords(
        fix="Do not let the patient wait: prepare what comes next while something else goes on.",
        keep="The patient was not on the table for longer than needed.",
    ),
}
