"""Order questions: what is asked before a step that comes out of its usual order; on a yes it is done all the same."""

from __future__ import annotations

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.interface.view import View
from simulator.vocabulary.procedure import AcquisitionPurpose, Phase

BEFORE_THE_NEEDLE = (
    ("time-out", "no complete time-out was held"),
    ("skin prepared", "the skin is not disinfected"),
    ("local anaesthetic", "no local anaesthetic was given"),
)
BONE_HU = 600  # on a way, and more: the rind of bone; leaked contrast may reach some hundred (assumption)
LIST = "; "  # between what is missing, so that each is translated by itself


def before_placing(view: View) -> str | None:
    """What is missing before a needle stands on the skin."""
    missing = [words for step, words in BEFORE_THE_NEEDLE if step not in view.prepared]
    return f"Before the needle: {LIST.join(missing)}. Place it all the same?" if missing else None


def before_confirming(highest_hu: int | None) -> str | None:
    """A way that meets bone, by the highest HU on it."""
    if highest_hu is None or highest_hu < BONE_HU:
        return None
    return f"Bone lies on this way (up to {highest_hu} HU). Confirm it all the same?"


def before_anaesthetic(view: View) -> str | None:
    """The skin is disinfected first."""
    return None if "skin prepared" in view.prepared else "The skin is not disinfected yet. Inject through it?"


def before_grid(view: View) -> str | None:
    """The grid is not sterile."""
    if "skin prepared" in view.prepared and "skin grid" not in view.prepared:
        return "The skin is disinfected already, and the grid is not sterile. Stick it on?"
    return None


def before_scan(perceived: Perceived, purpose: AcquisitionPurpose, dlp_mgy_cm: float) -> str | None:
    """A scan of the same kind was taken, or the wires that it should show are not on the skin."""
    view = perceived.view
    taken = [entry for entry in view.console.acquired if entry.purpose == purpose]
    if taken:
        return (
            f"A {purpose} scan was taken at {perceived.clock(taken[-1].at_ms)}. Another one costs "
            f"{dlp_mgy_cm:.1f} mGy·cm more, booked as guidance. Take it?"
        )
    if purpose is AcquisitionPurpose.PLANNING and "skin grid" not in view.prepared:
        return "No skin grid is on the back: its wires will not show in the scan. Take it without?"
    return None


def before_drawing(view: View) -> str | None:
    """Blood clots from when it is drawn."""
    if view.injection.syringe_ml > 0.05:
        return f"There are {view.injection.syringe_ml:.1f} mL in the syringe. Draw more?"
    if view.needle is None or not view.needle.in_skin:
        return "No needle is in the patient yet, and blood clots from when it is drawn. Draw it now?"
    return None


def before_finishing(view: View, *, legs_asked: bool) -> str | None:
    """What a patient leaves with."""
    missing = []
    if view.needle is not None and view.needle.in_skin:
        missing.append("the needle is in the patient")
    if not legs_asked:
        missing.append("nobody asked for legs and bladder")
    if view.phase != "aftercare":
        missing.append("no aftercare was ordered")
    return f"Before the end: {LIST.join(missing)}. Finish all the same?" if missing else None


def leaves_open(context: AppContext) -> str | None:
    """A procedure that is left before its end."""
    if context.perceived.view.phase == Phase.CLOSED:
        return None
    return "This procedure is not finished. Its record is kept and can be resumed. Leave this patient?"
