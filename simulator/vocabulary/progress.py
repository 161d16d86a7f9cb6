"""What long work is told with."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is being done and the part of it that is done, 0 to 1."""
