"""Arguments: types that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # argparse has no public name for it
else:
    Commands = argparse._SubParsersAction


def seed(text: str) -> int:
    """A root seed; argparse says what is wrong with another text."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: give a whole number from 0 to 2^63 - 1")
    return value


def named_path(text: str) -> Path:
    """A file or folder; argparse says what is wrong with a text that names none."""
    if not text:
        raise argparse.ArgumentTypeError("this names nothing: give a file or folder")
    return Path(text)
