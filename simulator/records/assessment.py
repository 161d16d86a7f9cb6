"""Assessment: what a person who watched has filled in, a checklist and a global rating."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.files.small_file import read_small_text
from simulator.records.strict_json import parse_json

FORMAT = 1
LARGEST_BYTES = 200_000
MOST_ITEMS = 100
CHECKLIST_WORDS = ("not done", "done poorly", "done well")
"""Three points an item, as the epidural checklist of RAPM 31:304."""
RATING_RANGE = (1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A form as it was filled in.

    Attributes:
        assessor: a pseudonym
        checklist: item and points, 0..2; None where it was not seen
        ratings: item and rating, 1..5; None where it was not rated
        remarks: free text
    """

    assessor: str
    checklist: tuple[tuple[str, int | None], ...]
    ratings: tuple[tuple[str, int | None], ...]
    remarks: str

    @property
    def checklist_share(self) -> float | None:
        """Points over those that could be had; None where nothing was filled in."""
        seen = [points for _, points in self.checklist if points is not None]
        return sum(seen) / (2.0 * len(seen)) if seen else None

    @property
    def mean_rating(self) -> float | None:
        """Mean of the global ratings; None where there is none."""
        given = [rating for _, rating in self.ratings if rating is not None]
        return sum(given) / len(given) if given else None


def read_assessment(path: Path) -> Assessment:
    """Read and check an assessor's form.

    Raises:
        UserInputError: no such file, too large, not JSON, or a field that the form does not have.
    """
    try:
        text = read_small_text(path, largest_bytes=LARGEST_BYTES)
    except UserInputError as fault:
        what = f"the form cannot be read: {fault.what}"
        raise UserInputError(str(path), what, "name a filled-in form") from fault
    form = parse_json(text, str(path))
    known = {"format", "assessor", "checklist", "global_rating", "remarks"}
    if not isinstance(form, dict) or not {"format", "checklist", "global_rating"} <= set(form) <= known:
        raise UserInputError(str(path), "this is no assessment", f"its fields are {', '.join(sorted(known))}")
    if form["format"] != FORMAT or isinstance(form["format"], bool):
        raise UserInputError(
            str(path), f"its format is {form['format']!r}, this version reads {FORMAT}", "take the form of this version"
        )
    return Assessment(
        assessor=_text(form.get("assessor", ""), f"{path}: assessor"),
        checklist=_items(form["checklist"], 0, 2, f"{path}: checklist"),
        ratings=_items(form["global_rating"], *RATING_RANGE, f"{path}: global_rating"),
        remarks=_text(form.get("remarks", ""), f"{path}: remarks"),
    )


def _text(value: Any, location: str) -> str:
    if not isinstance(value, str) or len(value) > 10_000:
        raise UserInputError(location, "this is no text of at most 10,000 letters", "write a short text")
    return value


def _items(value: Any, low: int, high: int, location: str) -> tuple[tuple[str, int | None], ...]:
    if not isinstance(value, dict) or len(value) > MOST_ITEMS:
        raise UserInputError(location, "this is no list of items", f"an object of at most {MOST_ITEMS} items")
    for name, given in value.items():
        whole = isinstance(given, int) and not isinstance(given, bool)
        if given is not None and not (whole and low <= given <= high):
            raise UserInputError(
                f"{location}, {name[:60]!r}", f"{given!r} is no rating", f"a whole number from {low} to {high}, or null"
            )
    return tuple(value.items())
