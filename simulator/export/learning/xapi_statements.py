"""xAPI statements: what was done in a session as Experience API 1.0.3, for a learning record store to import.

Verbs of our own stand in the profile that `docs/exports.md` lists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.engine import events as e
from simulator.export.finished_session import FinishedSession
from simulator.export.learning.judgement import HIGHEST, LOWEST, clamped_score, passes
from simulator.vocabulary.procedure import AcquisitionPurpose

ADL = "http://adlnet.gov/expapi/verbs/"
PROFILE = "https://ct-fluoro-sim.invalid/xapi"
VERSION = "1.0.3"
_OWN_VERBS = ("irradiated", "punctured", "injected")


def write_xapi(finished: FinishedSession, path: Path) -> None:
    """Write the statements of a session as a JSON array, oldest first."""
    body = json.dumps(statements(finished), indent=1, ensure_ascii=False)
    path.write_text(body + "\n", encoding="utf-8", newline="\n")


def statements(finished: FinishedSession) -> list[dict[str, Any]]:
    """Initialized, every press, puncture and injection, completed, passed or failed."""
    start, end = 0, max((event.at_ms for event in finished.session.events), default=0)
    made = [_statement(finished, "initialized", start, _activity(finished))]
    presses = punctures = portions = 0
    for event in finished.session.events:
        if isinstance(event, e.AcquisitionMade) and event.purpose is AcquisitionPurpose.FLUOROSCOPY:
            presses += 1
            made.append(
                _statement(finished, "irradiated", event.at_ms, _part(finished, "image", presses), _dose(event))
            )
        elif isinstance(event, e.SkinPunctured):
            punctures += 1
            made.append(_statement(finished, "punctured", event.at_ms, _part(finished, "puncture", punctures)))
        elif isinstance(event, e.MaterialInjected):
            portions += 1
            volume = {"extensions": {f"{PROFILE}/extensions/volume_ml": event.volume_ml}}
            made.append(
                _statement(finished, "injected", event.at_ms, _part(finished, str(event.material), portions), volume)
            )
    score = clamped_score(finished.card)
    duration = f"PT{(end - start) / 1000:.2f}S"
    result: dict[str, Any] = {
        "score": {"raw": score, "min": LOWEST, "max": HIGHEST, "scaled": round(score / HIGHEST, 4)},
        "duration": duration,
    }
    made.append(_statement(finished, "completed", end, _activity(finished), {"completion": True, "duration": duration}))
    passed = passes(finished.card)
    verb = "passed" if passed else "failed"
    made.append(_statement(finished, verb, end, _activity(finished), {**result, "success": passed}))
    return made


def _statement(
    finished: FinishedSession, verb: str, at_ms: int, target: Mapping[str, Any], result: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    own = verb in _OWN_VERBS
    base = f"{PROFILE}/verbs/" if own else ADL
    made: dict[str, Any] = {
        "id": str(finished.identity.uuid("statement", verb, at_ms, target["id"])),
        "version": VERSION,
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": PROFILE, "name": finished.account},
        },
        "verb": {"id": base + verb, "display": {"en": verb}},
        "object": dict(target),
        "context": {
            "registration": str(finished.identity.uuid("registration")),
            "platform": "CT-fluoroscopy simulator",
            "contextActivities": {"category": [{"id": PROFILE, "objectType": "Activity"}]},
        },
        "timestamp": _timestamp(finished.clock.at(at_ms)),
    }
    if result is not None:
        made["result"] = dict(result)
    return made


def _activity(finished: FinishedSession) -> dict[str, Any]:
    """The case as an activity."""
    return {
        "objectType": "Activity",
        "id": f"{PROFILE}/cases/{finished.identity.uuid('case', finished.scenario)}",
        "definition": {
            "name": {"en": f"Simulated epidural blood patch: {finished.scenario}"},
            "type": "http://adlnet.gov/expapi/activities/simulation",
        },
    }


def _part(finished: FinishedSession, kind: str, ordinal: int) -> dict[str, Any]:
    """An image, a puncture or a portion as an activity within the case."""
    case = _activity(finished)["id"]
    return {
        "objectType": "Activity",
        "id": f"{case}/{kind}/{ordinal}",
        "definition": {"name": {"en": f"{kind} {ordinal}"}, "type": f"{PROFILE}/activities/{kind}"},
    }


def _dose(event: e.AcquisitionMade) -> dict[str, Any]:
    return {"extensions": {f"{PROFILE}/extensions/dlp_mgy_cm": round(event.dose.dlp_mgy_cm, 5)}}


def _timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond, as stores compare it."""
    utc = moment.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"
