"""SCORM 1.2 package: a page with the score, what it rests on and three questions, which tells the platform the grade.

Without the truth the page shows what was measured; with it the whole debrief lies beside.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from simulator.export.acquired_series import acquired_series
from simulator.export.finished_session import FinishedSession
from simulator.export.learning.judgement import HIGHEST, LOWEST, clamped_score, passes
from simulator.export.learning.questions import session_questions
from simulator.export.pages import environment
from simulator.report.components import component_rows
from simulator.report.metric_rows import metric_rows
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, SIX_LUMBAR_COLUMN

PAGE, MANIFEST, RUNTIME, DEBRIEF = "index.html", "imsmanifest.xml", "scorm.js", "debrief.html"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""Date of every file in the package: the first that a zip can name."""


def write_scorm(finished: FinishedSession, path: Path, *, debrief: str | None) -> None:
    """Write the package of a session.

    Args:
        debrief: the page of the whole debrief, where the truth may be told; None leaves it out
    """
    templates = environment()
    files = [PAGE, RUNTIME] + ([DEBRIEF] if debrief is not None else [])
    identity = finished.identity
    manifest = templates.get_template("imsmanifest.xml").render(
        manifest=f"M-{identity.uuid('manifest')}",
        organization=f"O-{identity.uuid('organization')}",
        item=f"I-{identity.uuid('item')}",
        resource=f"R-{identity.uuid('resource')}",
        title=f"Simulated epidural blood patch: {finished.scenario}",
        page=PAGE,
        files=files,
    )
    contents = {MANIFEST: manifest, PAGE: _page(finished, debrief is not None), RUNTIME: _runtime()}
    if debrief is not None:
        contents[DEBRIEF] = debrief
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name in (MANIFEST, *files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            package.writestr(entry, contents[name])


def _page(finished: FinishedSession, has_debrief: bool) -> str:
    card = finished.card
    column = SIX_LUMBAR_COLUMN if _has_sixth_lumbar(finished) else FIVE_LUMBAR_COLUMN
    asked = {
        "salt": finished.identity.uuid("questions").hex,
        "vertebrae": [str(vertebra) for vertebra in column],
        "score": {"raw": clamped_score(card), "min": LOWEST, "max": HIGHEST},
        "passed": passes(card),
        "questions": [
            {"name": one.name, "choices": list(one.choices), "right": list(one.right)}
            for one in session_questions(finished)
        ],
    }
    return environment().get_template("scorm_page.html").render(
        scenario=finished.scenario,
        score=f"{clamped_score(card):.1f}",
        passed=passes(card),
        components=component_rows(card),
        metrics=metric_rows(card.metrics),
        questions=session_questions(finished),
        presses=sum(series.is_press for series in acquired_series(finished.session)),
        debrief=DEBRIEF if has_debrief else None,
        runtime=RUNTIME,
        asked=json.dumps(asked, sort_keys=True).replace("<", "\\u003c"),
    )  # fmt: skip


def _has_sixth_lumbar(finished: FinishedSession) -> bool:
    return any(str(level).startswith("L6") for level in finished.session.world.phantom.landmarks.vertebral_bodies)


def _runtime() -> str:
    return (Path(__file__).parents[1] / "templates" / RUNTIME).read_text(encoding="utf-8")
