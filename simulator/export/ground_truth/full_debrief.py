"""Full debrief: the page of the whole debrief, with neither learner nor operator nor machine on it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from simulator.export.finished_session import FinishedSession
from simulator.report.debrief import write_debrief
from simulator.vocabulary.progress import Progress


def debrief_page(finished: FinishedSession, progress: Progress | None = None) -> str:
    """The debrief as one page; it tells the truth over every image."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "debrief.html"
        write_debrief(
            finished.session, finished.card, path, title=finished.scenario, operator="the operator", progress=progress
        )
        return path.read_text(encoding="utf-8")
