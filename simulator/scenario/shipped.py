"""Shipped: where the cases and studies of this version are, in a checkout as in an installed wheel."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

DEFAULT_SCENARIO = "patient-2"


def scenario_folder() -> Path:
    """Folder of the cases that ship; a package is installed as plain files, never as an archive."""
    return Path(str(resources.files("scenarios")))


def study_folder() -> Path:
    """Folder of the studies that ship."""
    return scenario_folder() / "studies"


def course_folder() -> Path:
    """Folder of the courses that ship."""
    return scenario_folder() / "courses"


def shipped_courses() -> list[str]:
    """Names of the courses that ship."""
    return _names(course_folder())


def shipped_scenarios() -> list[str]:
    """Names of the cases that ship."""
    return _names(scenario_folder())


def shipped_studies() -> list[str]:
    """Names of the studies that ship."""
    return _names(study_folder())


def shipped_scenario_path(name: str) -> Path:
    """File of a case that ships; there need not be one of this name."""
    return scenario_folder() / f"{name}.toml"


def default_scenario_path() -> Path:
    """File of the case that is taken where the user names none."""
    return shipped_scenario_path(DEFAULT_SCENARIO)


def find_scenario(path: Path) -> Path:
    """The case that a user means: a path, or the name of one that ships where there is no such path."""
    return _found(path, scenario_folder())


def find_course(path: Path) -> Path:
    """The course that a user means: a path, or the name of one that ships where there is no such path."""
    return _found(path, course_folder())


def find_study(path: Path) -> Path:
    """The study that a user means: a path, or the name of one that ships where there is no such path."""
    return _found(path, study_folder())


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.toml") if "." not in path.stem)  # slim.de.toml is no case


def _found(path: Path, folder: Path) -> Path:
    return folder / f"{path}.toml" if str(path) in _names(folder) and not path.exists() else path
