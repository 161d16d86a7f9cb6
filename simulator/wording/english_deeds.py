"""English words of advice that follows from what was done; braces hold what the procedure fills in."""

from __future__ import annotations

from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.deeds import Deed, Hindrance

DEEDS: dict[Deed, str] = {
    Deed.WROTE_LEVEL: "You wrote {written}; it was {true}.",
    Deed.WROTE_NOT_ALL: "You wrote {written}; there is a leak at {true}, too.",
    Deed.WROTE_SIDE: "You wrote {level} on {written}; it was on {true}.",
    Deed.WROTE_LATE: "You wrote {level} down only after the skin was gone through.",
    Deed.REFUSED_BLOOD: "“{command}” was refused {times}, and {given} went in: {reason}.",
    Deed.BLOOD_IN_TISSUE: "{lost} of {total} mL went into soft tissue, with the tip {short} mm from the dura: the "
    "bevel had not reached the space. Give blood only where the plunger gives way and contrast lies along the sac.",
    Deed.COVERED_LITTLE: "{given} mL of blood covered {cover} of the leak zone: {why}. {fix}",
    Deed.COVER_STOPPED_EARLY: "You stopped at {given} mL without a word of pressure, with {cover} of the leak zone "
    "covered; {prescribed} mL were prescribed.",
    Deed.STOPPED_EARLY: "You stopped at {given} mL without a word of pressure; {prescribed} mL were prescribed.",
    Deed.OTHER_LEVEL: "You gave the blood at {written}; the leak is at {true}, and {cover} of it is covered. Count the "
    "levels on the planning scan, and mark the skin at the leak's.",
    Deed.PUSHED_BLIND: "You pushed {pushed} mm after the last look, and came to {margin}. Take the last millimetres in "
    "single steps with an image between them.",
    Deed.PUSHED_UNSEEN: "You pushed {pushed} mm before any image of the needle, and came to {margin}. Take the last "
    "millimetres in single steps with an image between them.",
    Deed.STEPS_SKIPPED: "You went through the skin without {items}.",
    Deed.PRESSED_IDLE: "{idle} of your {images} images showed a needle that had not moved, with nothing injected since "
    "the one before. Press after something has changed.",
    Deed.TIME_OUT_LACKS: "Your time-out left out {items}.",
    Deed.AFTERCARE_LACKS: "After the blood you left out {items}.",
    Deed.BEVEL_ELSEWHERE: "{share} of the blood left the bevel in {place}; asked for was {wanted}. See the tip there, "
    "in its own slice, before the blood is given.",
}

HINDRANCES: dict[Hindrance, str] = {
    Hindrance.COMPARTMENT: "{volume} mL went into {place}",
    Hindrance.ALONG_ROOTS: "{volume} mL left the canal along the roots",
    Hindrance.LEVEL: "its middle lies at {level}, {distance} mm towards the {end} from the hole",
    Hindrance.SIDE: "{share} of it lies on the {side}, the hole on the {other}",
    Hindrance.FRONT: "{share} of it lies behind the sac's middle, the hole in front of it",
    Hindrance.BACK: "{share} of it lies in front of the sac's middle, the hole behind it",
    Hindrance.VOLUME: "it was too little to reach farther",
    Hindrance.CUE: "the patient felt pressure before it reached farther",
}

REMEDIES: dict[Hindrance, str] = {
    Hindrance.COMPARTMENT: "See test contrast spread in the epidural space before the blood is given.",
    Hindrance.ALONG_ROOTS: "Look after the first millilitres, and where they run out along a root move the bevel.",
    Hindrance.LEVEL: "Bring the bevel to the level of the hole itself.",
    Hindrance.SIDE: "Place the bevel on the hole's own side.",
    Hindrance.FRONT: "A bevel in the lateral space or the foramen is nearer to a hole in front.",
    Hindrance.BACK: "A bevel in the dorsal space is nearer to a hole at the back.",
    Hindrance.VOLUME: "Go on until the patient feels pressure, or to the prescribed volume.",
    Hindrance.CUE: "To stop there was right; from a place nearer to the hole the same blood covers more.",
}

SIDES: dict[Laterality, str] = {
    Laterality.LEFT: "the left",
    Laterality.RIGHT: "the right",
    Laterality.BOTH: "both sides",
}
AFTERCARE = ("asking for legs and bladder", "hours flat", "advice", "a call on the next day")
"""What a patient leaves with, in the order in which it is checked."""
