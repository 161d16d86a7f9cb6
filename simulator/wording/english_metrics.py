"""English words of the metrics: name, reference and source, as the scorecard has them."""

from __future__ import annotations

from simulator.vocabulary.scoring import MetricId
from simulator.wording.entries import MetricWords

_FREEHAND = "freehand CT in a phantom, PMC4499536"
_RUBRIC = "rubric 2, ours"


def _needle_skill(name: str) -> MetricWords:
    """Perk Tutor's own name of a metric."""
    return MetricWords(name=name, reference="reported, not scored", source="Perk Tutor, PythonMetrics")


METRICS: dict[MetricId, MetricWords] = {
    MetricId.LEAK_LOCALISED: MetricWords(
        name="leak localised before the first puncture",
        reference="1: level and side; {level_alone:g}: level alone",
        source="level named in 10 of 18 myelograms, doi 10.1186/s40064-016-2060-5",
        printed_reference="100 %: level and side; {level_alone_percent:.0f} %: level alone",
    ),
    MetricId.BEVEL_IN_TARGET_ZONE: MetricWords(
        name="blood that left the bevel in an accepted target zone",
        reference="1; at any level whose blood covers the leak",
        source=_RUBRIC,
        printed_reference="100 %; at any level whose blood covers the leak",
    ),
    MetricId.LEVEL_OFFSET: MetricWords(
        name="level offset", reference="reported; a level is judged by the cover of the leak", source=_RUBRIC
    ),
    MetricId.APPROACH_SUITS_LEAK: MetricWords(
        name="planned approach suits the leak",
        reference="1: {approaches}; reported, not scored",
        source="targets by kind of leak, reference section 3",
        printed_reference="yes: {approaches}; reported, not scored",
    ),
    MetricId.TIP_TO_TARGET: MetricWords(
        name="tip to planned target",
        reference="6.3 +- 3.6 freehand, 4.0 laser; reported, not scored",
        source=_FREEHAND,
    ),
    MetricId.ANGLE_TO_PLAN: MetricWords(
        name="angle to plan",
        reference="3.4 +- 3.1 freehand, 1.3 laser; reported, not scored",
        source=_FREEHAND,
    ),
    MetricId.DURAL_MARGIN: MetricWords(
        name="least distance from tip to dura",
        reference="{half_depth_mm:.1f} (half the local epidural depth)",
        source=_RUBRIC,
        unmeasured_reference="half the local epidural depth",
    ),
    MetricId.DURA_CONTACTS: MetricWords(
        name="dura contacts",
        reference="0.37 expert, 0.58 novice",
        source="TU-Delft epidural simulator, RAPM 44:298",
    ),
    MetricId.CRITICAL_DWELL: MetricWords(
        name="dwell at critical structures, and half a second for each bone contact",
        reference="0 expert, {poor:g} poor",
        source="no-go dwell discriminates (Johnson, p = .008)",
    ),
    MetricId.BONE_CONTACTS: MetricWords(name="bone contacts", reference="part of the line above", source=_RUBRIC),
    MetricId.DURAL_PUNCTURES: MetricWords(
        name="dural punctures",
        reference="1.4 % of cervical CTF epidurals (0.9-2.4)",
        source="AJR 2017;209:656",
    ),
    MetricId.INFECTION_RISK: MetricWords(
        name="risk of infection by passes",
        reference="below 0.1 of patches (from memory); 0.02 for each skin puncture is an assumption",
        source="assumption; reported, never scored",
    ),
    MetricId.DLP_GUIDANCE: MetricWords(
        name="DLP guidance",
        reference="{expert:g} expert, {poor:g} poor (4.94 median of spot CTF, 199 of CT guidance)",
        source="Paik 2014; Shepherd 2011",
    ),
    MetricId.DLP_PLANNING: MetricWords(
        name="DLP planning",
        reference="{expert:g} expert, {poor:g} poor",
        source="Paik 2014 with a helical planning scan 31.8; Chang 2013 89.6; the paper's scan over 8 cm is 26 by our "
        "estimate, and 45 with over-ranging; 0 where nobody looked at an image to plan on",
    ),
    MetricId.CTF_IMAGES: MetricWords(
        name="CTF images after the first puncture",
        reference="3 median expert, 7.9 +- 5.1 freehand; reported, counted by their dose",
        source="Paik 2014; PMC4499536",
    ),
    MetricId.DLP_CONFIRMATION: MetricWords(
        name="DLP confirmation",
        reference="{expert:g} expert, {poor:g} poor: one control scan of the leak's zone",
        source=_RUBRIC,
    ),
    MetricId.EFFECTIVE_DOSE: MetricWords(
        name="effective dose", reference="k = {k_msv_per_mgy_cm:g} mSv per mGy cm", source="{k_source}"
    ),
    MetricId.OPERATOR_DOSE: MetricWords(
        name="operator dose",
        reference="25 per procedure (7-48) with quick-check",
        source="Paulson 2001; 0.04 uGy per mGy cm (0.006-0.083) above the apron, PRAV18; times four is ours",
    ),
    MetricId.BEAM_TIME: MetricWords(
        name="beam time", reference="2 expert, 24 poor; reported, counted by its dose", source="Wagner 2004; Kranz 2012"
    ),
    MetricId.REDIRECTIONS: MetricWords(
        name="redirections",
        reference="{expert:g} expert, {poor:g} poor; 1.6 laser, 3.3 freehand",
        source="mdpi 2075-4418/13/2/282",
    ),
    MetricId.SKIN_PUNCTURES: MetricWords(
        name="skin punctures", reference="{expert:g} expert, {poor:g} poor", source=_RUBRIC
    ),
    MetricId.PATH_RATIO: MetricWords(
        name="path in tissue over straight path",
        reference="{expert:g} expert, {poor:g} poor",
        source="path in tissue discriminates (PerkTutor LP trial, p = .01)",
    ),
    MetricId.TIME_WITH_NEEDLE: MetricWords(
        name="time from puncture to end",
        reference="{expert:g} expert, {poor:g} poor",
        source="without a patch 5.2 (Paik 2014) and < 20 (Kranz 2012); with one: assumption",
    ),
    MetricId.LEAK_COVERAGE: MetricWords(
        name="coverage of the leak zone by blood",
        reference="optimal epidurogram in 47 % of clinical cases",
        source="PMC7960453",
    ),
    MetricId.BLOOD_VOLUME: MetricWords(name="blood injected", reference="6-20, mean 15", source="AJNR 2012;33:541"),
    MetricId.BLOOD_AFTER_CUE: MetricWords(
        name="blood after the patient's cue",
        reference="0 expert, {poor:g} poor",
        source="stop at local pressure or beginning pain, AJNR 2012;33:541",
    ),
    MetricId.DEMANDED_IMAGES: MetricWords(
        name="images that practice demands, looked at",
        reference="1: to plan on, the tip before the blood, after the blood",
        source="quick-check practice, Paulson 2001; control CT, AJNR 2012;33:541",
        printed_reference="100 %: to plan on, the tip before the blood, after the blood",
    ),
    MetricId.EPIDURAL_VOLUME: MetricWords(
        name="blood that stayed in the epidural space",
        reference="{expert:g} mean of the published patches, {treating:g} the least that counts as one",
        source="first volumes 6-20, AJNR 2012;33:541",
    ),
    MetricId.SEAL: MetricWords(
        name="probability that the leak is sealed",
        reference="0.87 targeted, 0.52 blind",
        source="CHO11, fitted to",
        printed_reference="87 % targeted, 52 % blind",
    ),
    MetricId.PLAN_SOUND: MetricWords(
        name="plan drawn before the puncture leads to the space by an accepted way",
        reference="1",
        source=_RUBRIC,
        printed_reference="yes",
    ),
    MetricId.BLIND_ADVANCE: MetricWords(
        name="pushed near the dura without a look, beyond what is free",
        reference="0; {free:g} are free between two looks",
        source=_RUBRIC,
    ),
    MetricId.LONGEST_BLIND_WAY: MetricWords(
        name="longest way near the dura between two looks", reference="reported, not scored", source=_RUBRIC
    ),
    MetricId.DURA_TENTING: MetricWords(
        name="dura pressed in by the tip", reference="0 expert, {poor:g} poor", source=_RUBRIC
    ),
    MetricId.ROOM_TIME: MetricWords(
        name="time from the first command to the last", reference="{expert:g} expert, {poor:g} poor", source=_RUBRIC
    ),
    MetricId.REACTIONS_ANSWERED: MetricWords(
        name="reactions answered with what helps, in time",
        reference="1",
        source=_RUBRIC,
        printed_reference="100 %",
    ),
    MetricId.TIME_OUT_HELD: MetricWords(
        name="whole time-out before the puncture",
        reference="1",
        source="WHO surgical safety checklist (from memory)",
        printed_reference="yes",
    ),
    MetricId.PATIENT_POSITIONED: MetricWords(
        name="patient positioned before the puncture",
        reference="1",
        source=_RUBRIC,
        printed_reference="yes",
    ),
    MetricId.SKIN_PREPARED: MetricWords(
        name="skin disinfected and draped before the puncture",
        reference="1",
        source=_RUBRIC,
        printed_reference="yes",
    ),
    MetricId.ANAESTHETIC_GIVEN: MetricWords(
        name="local anaesthetic before the puncture",
        reference="1",
        source=_RUBRIC,
        printed_reference="yes",
    ),
    MetricId.ARM_LINE_FIRST: MetricWords(
        name="arm line laid before the puncture",
        reference="1",
        source=_RUBRIC,
        printed_reference="yes",
    ),
    MetricId.STYLET_IN: MetricWords(
        name="share of the way pushed with the stylet in",
        reference="1",
        source=_RUBRIC,
        printed_reference="100 %",
    ),
    MetricId.ASPIRATED: MetricWords(
        name="aspirated where the needle stood, before the blood",
        reference="1",
        source=_RUBRIC,
        printed_reference="yes",
    ),
    MetricId.BLOOD_FRESH: MetricWords(
        name="share of the blood given within four minutes of being drawn",
        reference="1",
        source=_RUBRIC,
        printed_reference="100 %",
    ),
    MetricId.AFTERCARE: MetricWords(
        name="aftercare: legs and bladder asked, hours flat, advice, a call on the next day",
        reference="1",
        source=_RUBRIC,
        printed_reference="100 %",
    ),
    MetricId.ELAPSED_TIME: _needle_skill("Elapsed Time"),
    MetricId.TIME_IN_TISSUE: _needle_skill("Time in Tissue"),
    MetricId.PATH_LENGTH: _needle_skill("Path Length"),
    MetricId.PATH_IN_TISSUE: _needle_skill("Path in Tissue"),
    MetricId.TISSUE_DAMAGE: _needle_skill("Tissue Damage"),
    MetricId.TISSUE_PUNCTURES: _needle_skill("Tissue Punctures"),
    MetricId.ROTATION_TOTAL: _needle_skill("Rotation Total"),
    MetricId.TRANSLATIONAL_ACTIONS: _needle_skill("Translational Actions"),
    MetricId.PATH_INEFFICIENCY: _needle_skill("Path Inefficiency"),
}
