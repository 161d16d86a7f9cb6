"""Mutant kind: one kind of file that the program reads, how it is changed, and who judges what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of file.

    Attributes:
        content: that is sound
        mutate: makes another one of it
        judge: puts a mutant in place, has it read, and says what it was read as
    """

    name: str
    content: bytes
    mutate: Callable[[np.random.Generator], bytes]
    judge: Callable[[bytes], str]
