"""Steps in words: what may come next in a procedure, and one line why for each."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.gui.context.app_doors import ScreenName
from simulator.gui.input.user_action import StepMark


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One step.

    Attributes:
        screen: where its button is
        words: what to do
        why: one sentence
    """

    mark: StepMark
    screen: ScreenName
    words: str
    why: str


def _new(mark: StepMark, screen: ScreenName, words: str, why: str) -> NextStep:
    return NextStep(mark=mark, screen=screen, words=words, why=why)


POSITION = _new(
    StepMark.POSITION,
    ScreenName.BRIEFING,
    "Lay the patient prone over a pillow",
    "The pillow opens the spaces between the laminae.",
)
TIME_OUT = _new(
    StepMark.TIME_OUT,
    ScreenName.BRIEFING,
    "Hold the time-out",
    "It may bring to light what speaks against the needle today.",
)
MYELOGRAM = _new(StepMark.MYELOGRAM, ScreenName.BRIEFING, "Open the myelogram", "It shows where fluid leaves the sac.")
LEAK = _new(
    StepMark.LEAK, ScreenName.READING, "Count the level, and write the leak down", "All that follows aims at it."
)
GRID = _new(
    StepMark.GRID, ScreenName.READING, "Stick the skin grid on", "Its wires show in the scan and on the skin alike."
)
PLANNING = _new(
    StepMark.PLANNING_SCAN, ScreenName.READING, "Take the planning scan", "A path is drawn on it; keep its range short."
)
PATH = _new(
    StepMark.PATH, ScreenName.READING, "Draw the path with P and confirm it", "Skin to target, between the laminae."
)
ARM_LINE = _new(
    StepMark.ARM_LINE, ScreenName.READING, "Lay the arm line", "The blood comes from it, and clots within minutes."
)
SKIN = _new(StepMark.SKIN, ScreenName.READING, "Disinfect and drape", "Blood is a good broth for germs.")
ANAESTHETIC = _new(
    StepMark.ANAESTHETIC,
    ScreenName.READING,
    "Give local anaesthetic",
    "A patient in pain moves, and the plan with them.",
)
PLACE = _new(
    StepMark.PLACE, ScreenName.READING, "Place the needle on the skin", "The laser stands on the slice of the path."
)
ADVANCE = _new(StepMark.ADVANCE_FAR, ScreenName.GUIDANCE, "Advance by 5 mm", "There is room until the canal is near.")
ADVANCE_LITTLE = _new(
    StepMark.ADVANCE,
    ScreenName.GUIDANCE,
    "Advance by 1 mm",
    "The last millimetres are taken singly, every second one looked at.",
)
LOOK = _new(StepMark.PRESS, ScreenName.GUIDANCE, "Tap the pedal", "What has moved since the last picture is not in it.")
LOOK_NEAR = _new(
    StepMark.PRESS,
    ScreenName.GUIDANCE,
    "Tap, and find the blunt end",
    "Where it has left the middle tile, the table goes after it; a turn of the hub leads it back.",
)
BEVEL = _new(
    StepMark.BEVEL,
    ScreenName.GUIDANCE,
    "Turn the bevel half round",
    "A needle bends away from its opening; turned between pushes it goes straight.",
)
COMPARE = _new(
    StepMark.WITHDRAW,
    ScreenName.GUIDANCE,
    "No further: draw back by 10 mm, and lean to where the space is deeper",
    "Beyond the plan's end, and still no space: this way does not lead there.",
)
STYLET = _new(StepMark.STYLET, ScreenName.GUIDANCE, "Take the stylet out", "The hub tells of fluid and of blood.")
STYLET_IN = _new(
    StepMark.STYLET,
    ScreenName.GUIDANCE,
    "Put the stylet in",
    "A needle that is pushed with an open bore fills with tissue, and then nothing passes.",
)
RESISTANCE = _new(
    StepMark.RESISTANCE,
    ScreenName.GUIDANCE,
    "Test the resistance",
    "In ligament the plunger is firm, in a space it gives.",
)
FIRM = _new(
    StepMark.STYLET,
    ScreenName.GUIDANCE,
    "Stylet in, then on by 1 mm",
    "The plunger is firm, nothing gave, and the plan's end is ahead: ligament still.",
)
ASPIRATE = _new(
    StepMark.ASPIRATE,
    ScreenName.GUIDANCE,
    "Aspirate",
    "Blood is a vein; clear fluid is the sac, or a collection.",
)
ASPIRATE_FIRM = _new(
    StepMark.ASPIRATE,
    ScreenName.GUIDANCE,
    "No further: aspirate, and let contrast decide",
    "Beside a collection the plunger may stay firm though the bevel is in the space.",
)
OUT_OF_VEIN = _new(
    StepMark.WITHDRAW, ScreenName.GUIDANCE, "Draw back by 1 mm", "Blood came: the bevel stands in a vein."
)
TEST = _new(
    StepMark.TEST,
    ScreenName.INJECTION,
    "Give test contrast",
    "Where it goes shows where the bevel lies; force does not.",
)
TEST_CLEAR = _new(
    StepMark.TEST,
    ScreenName.INJECTION,
    "Give test contrast",
    "Clear fluid came: contrast tells whether it is of a collection or of the sac.",
)
HURTS = _new(
    StepMark.STYLET,
    ScreenName.GUIDANCE,
    "No blood here: stylet in, then on by 1 mm",
    "So little hurts nobody in the epidural space: it was forced into tissue.",
)
LOOK_AT_IT = _new(StepMark.PRESS, ScreenName.INJECTION, "Tap the pedal", "See where it went before more goes in.")
DRAW = _new(
    StepMark.DRAW,
    ScreenName.INJECTION,
    "Draw the blood, if the contrast lies along the sac",
    "In the sac or a vein: draw back. Behind the space: stylet in, on by 1 mm. Then test again.",
)
MIX = _new(StepMark.MIX, ScreenName.INJECTION, "Mix contrast into it", "Blood alone is not seen to spread.")
INJECT = _new(
    StepMark.INJECT, ScreenName.INJECTION, "Hold to inject, slowly", "Let go at the first word of pressure or pain."
)
LOOK_FIRST = _new(
    StepMark.PRESS,
    ScreenName.INJECTION,
    "Let go, and look",
    "The plunger is hard with so little in: the blood may run into tissue.",
)
ASK_EARLY = _new(
    StepMark.ASK,
    ScreenName.INJECTION,
    "Let go, wait a minute, and ask",
    "A word before 3 mL: pressure passes; pain that stays ends the blood.",
)
NEEDLE_OUT = _new(
    StepMark.NEEDLE_OUT, ScreenName.READING, "Take the needle out", "Enough is in when the patient feels pressure."
)
CONTROL = _new(StepMark.CONTROL_SCAN, ScreenName.READING, "Take the control scan", "It shows what the blood covers.")
LEGS = _new(StepMark.LEGS, ScreenName.READING, "Ask for legs and bladder", "Blood can press on nerves.")
AFTERCARE = _new(
    StepMark.AFTERCARE, ScreenName.READING, "Order the aftercare", "Lying flat, what to avoid, when to come back."
)
FINISH = _new(StepMark.FINISH, ScreenName.READING, "Finish", "The debrief shows what was hidden until now.")
