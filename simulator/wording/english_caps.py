"""English words of the caps: why the score is limited, what that means, what to do otherwise."""

from __future__ import annotations

from simulator.vocabulary.scoring import CapId
from simulator.wording.entries import CapWords

CAPS: dict[CapId, CapWords] = {
    CapId.NOT_TREATED: CapWords(
        reason="not treated: no blood was injected",
        meaning="Where no blood was injected, without a reason that forbade it, the score is 0.",
        fix="Bring it to its end: see where the bevel stands, draw the blood, and give it.",
    ),
    CapId.INTRATHECAL_BLOOD: CapWords(
        reason="blood injected intrathecally",
        meaning="Blood in the thecal sac treats nothing and can cause arachnoiditis: the score is 0 whatever else "
        "went well.",
        fix="Give nothing while clear fluid comes from the hub; withdraw until test contrast stays outside the dura.",
    ),
    CapId.CORD_CONTACT: CapWords(
        reason="cord contact",
        meaning="Contact with the spinal cord sets the score to 0 whatever else went well.",
        fix="Where the cord lies before the needle, push single millimetres with an image after each.",
    ),
    CapId.TOKEN_VOLUME: CapWords(
        reason="not treated: a token volume",
        meaning="Less blood stayed in the epidural space than any published patch gave: nothing was treated, and "
        "placement, dose and economy do not count.",
        fix="Give blood until the patient feels pressure, or the prescribed volume: published patches gave 6 to 20 mL.",
    ),
    CapId.UNSEEN_NEEDLE: CapWords(
        reason="blood through a needle that nobody looked at",
        meaning="Nobody looked at the tip where it stood when the blood was given; what went well went well by chance.",
        fix="Press once more where the bevel stands, and look at the tip in its own slice before the first blood.",
    ),
    CapId.DURAL_PUNCTURE: CapWords(
        reason="dural puncture",
        meaning="A dural puncture makes a second leak. The limit rises with each of four things that should follow: it "
        "is seen, the needle is drawn back, the patient is told, and blood covers the hole. It does not for blood that "
        "is given through the sac, nor for going home without a patch.",
        fix="Stop as the flavum gives, and look before every further millimetre; where fluid or the image shows a "
        "puncture, draw back, tell the patient, and cover that hole too.",
    ),
    CapId.SUBDURAL_BLOOD: CapWords(
        reason="blood injected under the dura",
        meaning="Blood under the dura does not reach the leak.",
        fix="Where test contrast lies in a thin line under the dura, withdraw before the blood is given.",
    ),
    CapId.LEAK_NOT_COVERED: CapWords(
        reason="needle at another level, and the leak not covered",
        meaning="A level is judged by what the blood did, and it did not cover the leak.",
        fix="Count the levels on the planning scan, mark the skin at the asked interspace, and follow the blood.",
    ),
    CapId.FACT_IGNORED: CapWords(
        reason="begun although a fact of the chart forbade it",
        meaning="What forbids a puncture was in the chart, and the skin was gone through.",
        fix="Hold the whole time-out, listen to what it brings, and stop where it forbids the procedure.",
    ),
    CapId.STEPS_SKIPPED: CapWords(
        reason="skin punctured without a time-out or without disinfection",
        meaning="A supervisor would have stopped it at the door.",
        fix="Before the skin is gone through: the whole time-out, then disinfect and drape.",
    ),
    CapId.SEVERE_REACTION_IGNORED: CapWords(
        reason="gone on after a severe reaction",
        meaning="A severe reaction ends the procedure: the needle comes out and the patient is treated.",
        fix="Stop, take the needle out, give adrenaline, and finish with the reason told.",
    ),
    CapId.BLOOD_AT_TENTED_DURA: CapWords(
        reason="blood injected while the tip pressed the dura",
        meaning="The dura was pressed in and about to give way when the blood was given.",
        fix="Draw back until the tip is free of the dura, look, and give the blood then.",
    ),
    CapId.BLIND_ADVANCE: CapWords(
        reason="pushed towards the dura without looking",
        meaning="Near the dura the needle was pushed farther than may be pushed between two looks at its tip.",
        fix="From 4 mm before the flavum (3 mm in the neck and at a foramen) look at the tip after every 3 mm (2 mm).",
    ),
    CapId.BLOOD_IN_VEIN: CapWords(
        reason="blood injected into a vein",
        meaning="Blood that goes into a vein is not at the leak.",
        fix="Aspirate and give test contrast first; what the stream carries off is in a vein: move the bevel.",
    ),
    CapId.NERVE_COMPRESSION: CapWords(
        reason="injected on until the roots were compressed",
        meaning="Pressure that stops the roots' blood flow can leave the legs weak; pain came before it.",
        fix="Stop where the patient feels pain: it comes before weakness.",
    ),
    CapId.PLUNGER_ALONE: CapWords(
        reason="the plunger as the only cue beside a collection",
        meaning="Where fluid fills the space a loss of resistance says little; nobody looked before the blood.",
        fix="Beside a collection believe the image: look at the tip after the loss of resistance and before the blood.",
    ),
    CapId.TENTED_DURA: CapWords(
        reason="the dura was pressed in by a millimetre or more",
        meaning="A dura that is pressed in as far is about to give way.",
        fix="Stop as the flavum gives; single millimetres from there on, with a look after each.",
    ),
    CapId.REACTION_IGNORED: CapWords(
        reason="a reaction of the patient that nobody answered in time",
        meaning="The patient said what they felt, and nobody did what helps.",
        fix="A faint: raise the legs. Itching after contrast: an antihistamine. Do it before anything else.",
    ),
}
