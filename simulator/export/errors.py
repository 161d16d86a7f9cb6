"""What an export tells a user whose input does not allow it."""

from __future__ import annotations

from simulator.errors import UserInputError


def no_dose() -> UserInputError:
    """A dose report of a session in which the beam was never on."""
    return UserInputError("--dose-report", "the beam was never on, so there is no dose to report", "leave it out")


def missing_package(option: str, package: str) -> UserInputError:
    """A format whose library is not installed."""
    return UserInputError(
        option, f"this needs {package}, which is not installed", "pip install 'ct-fluoro-sim[export]'"
    )
