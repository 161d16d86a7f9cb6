"""Older commands: what records hold that were made before a command could do what it does now.

They carry the names of their time, since a record's digest is taken over them. Nobody sends them; the reader of records
makes them, so that an old session replays as it went.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquireScout:
    """An overview radiograph, as it was asked of a scanner that took none."""
