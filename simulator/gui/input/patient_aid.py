"""Patient aid: what the button beside the patient offers when they react or the arm gives no blood."""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.vocabulary.procedure import Aid

_BY_WORDS: dict[str, tuple[str, Command]] = {
    "faint": ("Raise the legs", c.GiveAid(measure=Aid.RAISE_THE_LEGS)),
    "itches": ("Antihistamine", c.GiveAid(measure=Aid.ANTIHISTAMINE)),
    "breathe well": ("Adrenaline", c.GiveAid(measure=Aid.ADRENALINE)),
}
_NEW_LINE: tuple[str, Command] = ("New arm line", c.GiveAid(measure=Aid.NEW_ARM_LINE))


def find_aid(view: View) -> tuple[str, Command] | None:
    """Words and command of what helps by what is seen and said; None where nobody needs it."""
    if view.patient.arm_line:
        return _NEW_LINE
    return next((aid for said, aid in _BY_WORDS.items() if said in view.patient.words), None)
