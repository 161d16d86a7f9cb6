"""Gaze: which slices stand before the trainee's eyes, and since when. What stood there for a second was looked at."""

from __future__ import annotations

from simulator.interface.commands import LookAt

LOOK_S = 1.0
"""For how long a slice must be drawn without a break before it counts as looked at; assumption."""

Slice = tuple[int, int]
"""Number of an acquisition, and index of one of its slices from the head down."""


class Gaze:
    """Told of every slice that is drawn; tells which looks have come of it, each slice once."""

    def __init__(self) -> None:
        self._drawn: set[Slice] = set()
        self._since_s: dict[Slice, float] = {}
        self._looked: set[Slice] = set()

    def see(self, number: int, index: int) -> None:
        """A slice is being drawn."""
        self._drawn.add((number, index))

    def note_earlier(self, look: LookAt) -> None:
        """Slices that were looked at before the session was left; nobody looks at them for the first time again."""
        self._looked.update((look.number, index) for index in look.slices or ())

    def settle(self, now_s: float) -> list[LookAt]:
        """The screen has been drawn: looks of slices that have now stood there for long enough, by acquisition.

        Args:
            now_s: any clock that runs on, s
        """
        self._since_s = {one: self._since_s.get(one, now_s) for one in self._drawn}
        self._drawn = set()
        due = [one for one, since in self._since_s.items() if now_s - since >= LOOK_S and one not in self._looked]
        self._looked.update(due)
        found: dict[int, list[int]] = {}
        for number, index in sorted(due):
            found.setdefault(number, []).append(index)
        return [LookAt(number=number, slices=tuple(indices)) for number, indices in found.items()]
