"""Case sheet: a case as one page to hand out. Without the preview it is the learner's and holds no truth."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.report.markdown import render_markdown
from simulator.report.page import environment, write_page
from simulator.scenario.answers import grade_answers
from simulator.scenario.case import Case
from simulator.scenario.case_words import event_in_words
from simulator.scenario.difficulty import difficulty_of_case


def write_case_sheet(case: Case, folder: Path, out: Path, *, picture: Path | None) -> Path:
    """Write `out/NAME-learner.html`, or, where a preview is given, `out/NAME-instructor.html`, and return its path.

    Args:
        folder: where relative paths of the case start
        picture: the preview, which shows the truth; None for the learner's sheet

    Raises:
        UserInputError: the file cannot be written, or another one is there.
    """
    audience = "learner" if picture is None else "instructor"
    path = out / f"{case.name}-{audience}.html"
    truth = None if picture is None else _truth(case, picture)
    page = environment().get_template("sheet.html").render(**_for_all(case, folder), truth=truth)
    try:
        write_page(page, path)
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be written ({error.strerror})", "name another folder") from error
    return path


def _for_all(case: Case, folder: Path) -> dict[str, Any]:
    """What learner and instructor read."""
    settings, teaching = case.world.settings, case.world.settings.teaching
    pictures = [] if case.scenario.briefing is None else case.scenario.briefing.picture
    return {
        "title": settings.title,
        "request": " ".join(settings.request.split()),
        "teaching": teaching,
        "chart": [one.fact for one in settings.facts if one.in_chart],
        "needles": ", ".join(settings.needle.tray),
        "minutes": settings.max_duration_ms / 60_000,
        "blood_ml": settings.prescribed_volume_ml,
        "aids": list(settings.aids),
        "briefing": render_markdown(teaching.briefing) if teaching.briefing else "",
        "prebrief": render_markdown(teaching.prebrief) if teaching.prebrief else "",
        "pictures": [(_data_uri(folder / one.file), one.caption) for one in pictures],
    }


def _truth(case: Case, picture: Path) -> dict[str, Any]:
    """What the instructor alone reads."""
    scenario, settings = case.scenario, case.world.settings
    difficulty = difficulty_of_case(case)
    lesson, debrief = scenario.lesson, scenario.debrief
    phases = () if debrief is None else (
        ("Reactions", debrief.reactions), ("Analysis", debrief.analysis), ("Summary", debrief.summary)
    )  # fmt: skip
    return {
        "picture": _data_uri(picture),
        "leak": f"{scenario.leak.pattern} leak at {scenario.leak.level}, {scenario.leak.side}",
        "right": ", ".join(settings.accepted.needle_levels) or "no level: the procedure must be abandoned",
        "approaches": ", ".join(settings.accepted.approaches),
        "may_abandon": settings.accepted.may_abandon,
        "facts": settings.facts,
        "events": [event_in_words(event) for event in scenario.event],
        "difficulty": "" if difficulty is None else difficulty.in_words(),
        "points": [] if lesson is None else [(one.words, one.source) for one in lesson.point],
        "answers": grade_answers(scenario, ()),
        "phases": phases,
        "seed": case.world.root_seed,
    }


def _data_uri(path: Path) -> str:
    """A PNG as an address that the page holds in itself."""
    try:
        return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
    except OSError as error:
        raise UserInputError(str(path), f"the picture cannot be read ({error.strerror})", "check it") from error
