"""The command that asks for a myelogram, and the position of the patient that it leaves open."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.interface.command_fields import ADDED_LATER
from simulator.vocabulary.procedure import MyelogramPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquireMyelogram:
    """Look at the CT myelogram, which was taken prone, or have one taken in another position.

    None is prone. Contrast lies on the side that is down; the pictures show the patient's back up all the same.
    """

    position: MyelogramPosition | None = field(default=None, metadata=ADDED_LATER)
