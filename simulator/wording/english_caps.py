"""English words of the caps: why the score is limited, what that means, what to do otherwise."""

from __future__ import annotations

from simulator.vocabulary.scoring import CapId
from simulator.wording.entries import CapWords

CAPS: dict[CapId, CapWords] = {
    CapId.NOT_TREATED: CapWords(
        reason="not treated: no blood was injected",
        meaning="Where no blood was injected nothing was treated, and the score is 0.",
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
    CapId.DURAL_PUNCTURE: CapWords(
        reason="dural puncture",
        meaning="A dural puncture makes a second leak and limits the score to 40.",
        fix="Stop as the flavum gives, and look before every further millimetre.",
    ),
    CapId.SUBDURAL_BLOOD: CapWords(
        reason="blood injected under the dura",
        meaning="Blood under the dura does not reach the leak and limits the score to 40.",
        fix="Where test contrast lies in a thin line under the dura, withdraw before the blood is given.",
    ),
    CapId.WRONG_LEVEL: CapWords(
        reason="needle at another level, and the leak not covered",
        meaning="Blood at another level that does not reach the leak limits the score to 40.",
        fix="Count the levels on the planning scan, and mark the skin at the asked interspace.",
    ),
    CapId.BLOOD_IN_VEIN: CapWords(
        reason="blood injected into a vein",
        meaning="Blood that goes into a vein is not at the leak and limits the score to 60.",
        fix="Aspirate and give test contrast first; what the stream carries off is in a vein: move the bevel.",
    ),
    CapId.NERVE_COMPRESSION: CapWords(
        reason="injected on until the roots were compressed",
        meaning="Pressure that stops the roots' blood flow can leave the legs weak; pain came before it. It limits "
        "the score to 60.",
        fix="Stop where the patient feels pain: it comes before weakness.",
    ),
    CapId.UNCONFIRMED_POSITION: CapWords(
        reason="blood injected with neither a confirming image nor test contrast",
        meaning="Blood given without having seen where the needle stands limits the score to 60.",
        fix="Where the bevel stands, take an image or give test contrast before the first blood.",
    ),
}
