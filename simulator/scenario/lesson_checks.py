"""Lesson checks: faults of a lesson that its form cannot say: pictures that are none, right answers out of range."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from simulator.scenario.field_error import FieldError
from simulator.scenario.schema import Scenario
from simulator.scenario.toml_source import is_file

LARGEST_PICTURE_BYTES = 5_000_000
LARGEST_PICTURE_PIXELS = 4000  # of a side


def find_lesson_errors(scenario: Scenario, folder: Path) -> Iterator[FieldError]:
    """Faults of briefing, questions and examination.

    Args:
        folder: where relative paths of the scenario start
    """
    if scenario.briefing is not None:
        for ordinal, picture in enumerate(scenario.briefing.picture):
            what, fix = _picture_fault(folder / picture.file)
            if what:
                yield FieldError(("briefing", "picture", ordinal, "file"), what, fix)
    for ordinal, question in enumerate(scenario.question):
        if question.options is not None and question.right is not None and question.right > len(question.options):
            what = f"there is no option {question.right}: the question has {len(question.options)}"
            yield FieldError(("question", ordinal, "right"), what, f"choose 1 to {len(question.options)}")
        for place, option in enumerate(question.options or ()):
            if option in (question.options or ())[:place]:
                yield FieldError(("question", ordinal, "options", place), "this option stands twice", "leave one out")
    lines = [line.words for line in scenario.checklist]
    for ordinal, words in enumerate(lines):
        if words in lines[:ordinal]:
            yield FieldError(("checklist", ordinal, "words"), "this line stands twice", "leave one out")
    if scenario.exam is not None:
        for key in ("digital_angles", "ideal_images"):
            if getattr(scenario.help, key):
                yield FieldError(("help", key), "an examination has no help", "leave this or [exam] out")
        twice = sorted({seed for seed in scenario.exam.seeds if scenario.exam.seeds.count(seed) > 1})
        if twice:
            yield FieldError(("exam", "seeds"), f"seed {twice[0]} stands twice", "leave one out")


def _picture_fault(path: Path) -> tuple[str, str]:
    """What is wrong with a picture, and the mend; empty where it can be shown."""
    if not is_file(path):
        return f"there is no file {path.name!r} there", "put it beside the case, or leave the picture out"
    try:
        if path.stat().st_size > LARGEST_PICTURE_BYTES:
            return "the picture is larger than 5 MB", "make it smaller"
        with Image.open(path) as picture:
            if picture.format != "PNG":
                return f"this is a {picture.format} and no PNG", "save it as PNG"
            if max(picture.size) > LARGEST_PICTURE_PIXELS:
                return f"the picture has a side of more than {LARGEST_PICTURE_PIXELS} pixels", "make it smaller"
            picture.load()  # verify() alone reads no pixel
    except Exception:  # Pillow's readers raise what they meet: a viewer could not show it either
        return "this is no PNG that can be read", "save the picture again as PNG"
    return "", ""
