"""Stages: a later session of a case's patient, as a case of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.errors import UserInputError


def in_stage(data: Mapping[str, Any], stage: int, location: str) -> dict[str, Any]:
    """A case's tables as they stand in a later session.

    What the session does not name stays; its leak and its myelogram take the place of the first ones. What is asked and
    happens by script belongs to the first session.

    Args:
        stage: session of the patient, 1 being the first

    Raises:
        UserInputError: the case has no such session.
    """
    later = data.get("stage", [])
    if not 1 <= stage <= len(later) + 1:
        what = f"this case has {len(later) + 1} session{'s' if later else ''}, and no session {stage}"
        raise UserInputError(location, what, "name one that there is, or add [[stage]]")
    if stage == 1:
        return dict(data)
    own = later[stage - 2]
    changed = {key: item for key, item in data.items() if key not in ("stage", "event", "question", "checklist")}
    changed["title"] = own["title"]
    for key in ("leak", "myelogram"):
        if key in own:
            changed[key] = own[key]
    if "blood_ml" in own:
        changed["limits"] = {**data.get("limits", {}), "blood_ml": own["blood_ml"]}
    if "request" in own:
        changed["text"] = {**data["text"], "request": own["request"]}
    return changed
