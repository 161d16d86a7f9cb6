"""SessionIdentity: every identifier of an export, derived from the record, so that a second export names the same."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

_NAMESPACE = uuid.UUID("6a0e1a39-6b0f-5a58-9b8f-7d3c3b0f6a11")
"""Of this project's exports; any number that stays the same."""


@dataclass(frozen=True, slots=True)
class SessionIdentity:
    """Identifiers of one session.

    Attributes:
        sha256: of the record's lines, from which nobody finds back to the learner
    """

    sha256: str

    def uuid(self, *parts: object) -> uuid.UUID:
        """A UUID of a thing in this session, by its name."""
        return uuid.uuid5(_NAMESPACE, "/".join([self.sha256, *map(str, parts)]))

    def uid(self, *parts: object) -> str:
        """A DICOM UID of a thing in this session: 2.25 and the number of its UUID, at most 44 characters.

        Source: DICOM PS3.5, B.2.
        """
        return f"2.25.{self.uuid(*parts).int}"

    @property
    def patient_id(self) -> str:
        """Of the simulated patient of this session; 16 hexadecimal digits after SIM."""
        return f"SIM{self.uuid('patient').hex[:16].upper()}"


def device_uid() -> str:
    """The simulated scanner's own UID: one device, whichever session."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, 'scanner').int}"


def account_of(who: str) -> str:
    """Account of a learner's pseudonym or of a program: a UUID, from which nobody finds back to either."""
    return str(uuid.uuid5(_NAMESPACE, f"account/{who}"))
