"""English questions of an instructor: what to ask a learner about a decision, by the metric that it cost."""

from __future__ import annotations

from simulator.vocabulary.scoring import MetricId

_TIP = "Where did you think the tip was just then, and what told you so?"
_BLOOD = "Where would this blood go from where the bevel stood, and how would you have known before giving it?"
_BEFORE = "What has to be done before the skin is gone through, and what was missing here?"
_DOSE = "What did you want to learn from this image, and would less have told you the same?"
_COURSE = "What made you leave the first course, and when could you have seen it?"

QUESTIONS: dict[MetricId, str] = {
    MetricId.LEAK_LOCALISED: "On which level and side is the leak, and by which landmark did you count?",
    MetricId.BEVEL_IN_TARGET_ZONE: _BLOOD,
    MetricId.LEAK_COVERAGE: _BLOOD,
    MetricId.SEAL: _BLOOD,
    MetricId.EPIDURAL_VOLUME: "What made you stop at this volume, and what would have been enough?",
    MetricId.BLOOD_VOLUME: "What kept the blood from being given, and what could you have changed?",
    MetricId.BLOOD_AFTER_CUE: "What did the patient say, and what did you do with it?",
    MetricId.DURAL_MARGIN: _TIP,
    MetricId.DURA_TENTING: _TIP,
    MetricId.DURA_CONTACTS: _TIP,
    MetricId.DURAL_PUNCTURES: _TIP,
    MetricId.BLIND_ADVANCE: _TIP,
    MetricId.CRITICAL_DWELL: "What was the needle in contact with, and what should follow at once?",
    MetricId.DEMANDED_IMAGES: "Which image would you want to have seen before this, and why?",
    MetricId.REACTIONS_ANSWERED: "What was the patient telling you, and what helps?",
    MetricId.DLP_GUIDANCE: _DOSE,
    MetricId.DLP_PLANNING: _DOSE,
    MetricId.DLP_CONFIRMATION: _DOSE,
    MetricId.REDIRECTIONS: _COURSE,
    MetricId.SKIN_PUNCTURES: _COURSE,
    MetricId.PATH_RATIO: _COURSE,
    MetricId.TIME_OUT_HELD: _BEFORE,
    MetricId.PATIENT_POSITIONED: _BEFORE,
    MetricId.SKIN_PREPARED: _BEFORE,
    MetricId.ANAESTHETIC_GIVEN: _BEFORE,
    MetricId.ARM_LINE_FIRST: _BEFORE,
    MetricId.PLAN_SOUND: "Show on the image where you meant to go in and where the tip was to end.",
    MetricId.STYLET_IN: "Why is the stylet in while the needle is pushed?",
    MetricId.ASPIRATED: "What does aspirating tell you here, and what does it not?",
    MetricId.BLOOD_FRESH: "When did you draw the blood, and what does it do while it waits?",
}
OTHERWISE = "What would you do otherwise, and what would it have cost?"
