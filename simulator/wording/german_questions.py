"""German questions of an instructor: what to ask a learner about a decision, by the metric that it cost."""

from __future__ import annotations

from simulator.vocabulary.scoring import MetricId

_TIP = "Wo, dachten Sie, war die Spitze eben dann, und woran sahen Sie es?"
_BLOOD = "Wohin ginge dieses Blut von dort, wo der Schliff stand, und wie hätten Sie es vorher gewusst?"
_BEFORE = "Was muss getan sein, ehe die Haut durchstochen wird, und was fehlte hier?"
_DOSE = "Was wollten Sie aus diesem Bild lernen, und hätte weniger dasselbe gesagt?"
_COURSE = "Warum verließen Sie den ersten Kurs, und wann hätten Sie es sehen können?"

QUESTIONS: dict[MetricId, str] = {
    MetricId.LEAK_LOCALISED: "In welcher Höhe und auf welcher Seite ist das Leck, und woran zählten Sie?",
    MetricId.BEVEL_IN_TARGET_ZONE: _BLOOD,
    MetricId.LEAK_COVERAGE: _BLOOD,
    MetricId.SEAL: _BLOOD,
    MetricId.EPIDURAL_VOLUME: "Warum hörten Sie bei diesem Volumen auf, und was wäre genug gewesen?",
    MetricId.BLOOD_VOLUME: "Was hielt das Blut zurück, und was hätten Sie ändern können?",
    MetricId.BLOOD_AFTER_CUE: "Was sagte der Patient, und was machten Sie daraus?",
    MetricId.DURAL_MARGIN: _TIP,
    MetricId.DURA_TENTING: _TIP,
    MetricId.DURA_CONTACTS: _TIP,
    MetricId.DURAL_PUNCTURES: _TIP,
    MetricId.BLIND_ADVANCE: _TIP,
    MetricId.CRITICAL_DWELL: "Woran lag die Nadel an, und was muss sofort folgen?",
    MetricId.DEMANDED_IMAGES: "Welches Bild hätten Sie vorher sehen wollen, und warum?",
    MetricId.REACTIONS_ANSWERED: "Was sagte Ihnen der Patient, und was hilft?",
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
    MetricId.PLAN_SOUND: "Zeigen Sie am Bild, wo Sie hineingehen wollten und wo die Spitze enden sollte.",
    MetricId.STYLET_IN: "Warum ist das Stilett darin, während die Nadel vorgeschoben wird?",
    MetricId.ASPIRATED: "Was sagt Ihnen das Aspirieren hier, und was nicht?",
    MetricId.BLOOD_FRESH: "Wann nahmen Sie das Blut ab, und was tut es, während es wartet?",
}
OTHERWISE = "Was würden Sie anders machen, und was hätte es gekostet?"
