"""What answers something that happens in a procedure."""

from __future__ import annotations

from enum import StrEnum


class EventAnswer(StrEnum):
    """What somebody does about it: a measure of first aid, or a step of the procedure."""

    RAISE_THE_LEGS = "raise the legs"
    ANTIHISTAMINE = "antihistamine"
    ADRENALINE = "adrenaline"
    FLUSH_THE_ARM_LINE = "flush the arm line"
    NEW_ARM_LINE = "new arm line"
    LOOK_AGAIN = "look again"
    ASK_THE_PATIENT = "ask the patient"
    DRAW_BACK = "draw back"
    STOP_INJECTING = "stop injecting"
    END_THE_PROCEDURE = "end the procedure"
