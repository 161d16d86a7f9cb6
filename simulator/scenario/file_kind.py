"""File kind: what a file that somebody names is meant as, told by its keys before anything of its kind is loaded."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from simulator.errors import UserInputError
from simulator.scenario.shipped import course_folder, find_course, find_study, study_folder
from simulator.scenario.toml_source import is_file, read_source
from simulator.scenario.translation import must_be_offered, translated_case


class FileKind(StrEnum):
    """What an author writes."""

    CASE = "case"
    COURSE = "course"
    STUDY = "study"
    TRANSLATION = "translation"


_OF_CASES = {"extends", "patient", "leak", "text"}
"""Keys of which a case has one at least."""


def kind_of_file(path: Path) -> FileKind:
    """The kind of a path, or of a name that ships; a file that cannot be read is meant as a case, and told of there.

    Raises:
        UserInputError: the file is named as a translation to a language that is not offered.
    """
    for kind, found, folder in (
        (FileKind.COURSE, find_course(path), course_folder()),
        (FileKind.STUDY, find_study(path), study_folder()),
    ):
        if found.parent == folder and is_file(found):
            return kind
    if translated_case(path) is not None:
        return FileKind.TRANSLATION
    must_be_offered(path)
    try:
        keys = read_source(path).data.keys() if is_file(path) else set()
    except UserInputError:
        return FileKind.CASE
    if "case" in keys or ({"cases", "courses", "rule", "opens", "closes"} & keys and not _OF_CASES & keys):
        return FileKind.COURSE
    return FileKind.STUDY if {"operators", "scenarios"} & keys else FileKind.CASE


def is_course(path: Path) -> bool:
    """Whether a path, or a name that ships, is a course; a file that cannot be read is none."""
    return kind_of_file(path) is FileKind.COURSE
