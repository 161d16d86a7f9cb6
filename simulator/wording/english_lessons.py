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
    MetricId.LEVEL_OFFSET: LessonWords(
        fix="Centre the slice on the middle of the interspace before the skin point is marked.",
        keep="The needle went to the middle of the asked interspace.",
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
    MetricId.CTF_IMAGES: LessonWords(
        fix="Ask each image one question: direction under the skin, depth before the flavum, place before blood.",
        keep="Few images were enough.",
    ),
    MetricId.BEAM_TIME: LessonWords(
        fix="Tap the pedal for one rotation instead of holding it.",
        keep="The beam was on for seconds only.",
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
        fix="Have blood drawn and contrast mixed before the needle is in its place.",
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
    MetricId.CONFIRMATION_IMAGE: LessonWords(
        fix="Look where the blood went: an image after the last of it.",
        keep="The patch was looked at after the blood.",
    ),
}
