"""Aid: what the button beside the patient offers when they react or the arm gives no blood."""

from __future__ import annotations

from simulator.procedure import commands as c
from simulator.procedure.commands import Command
from simulator.procedure.view import View

_BY_WORDS: dict[str, tuple[str, Command]] = {
    "faint": ("Raise the legs", c.GiveAid(measure="raise the legs")),
    "itches": ("Antihistamine", c.GiveAid(measure="antihistamine")),
    "breathe well": ("Adrenaline", c.GiveAid(measure="adrenaline")),
}
_NEW_LINE: tuple[str, Command] = ("New arm line", c.GiveAid(measure="new arm line"))


def needed(view: View) -> tuple[str, Command] | None:
    """Words and command of what helps by what is seen and said; None where nobody needs it."""
    if view.arm_line:
        return _NEW_LINE
    return next((aid for said, aid in _BY_WORDS.items() if said in view.words), None)
