"""Real CTs that do not ship: a folder beside the project or above it, or the one that CTFSIM_REAL_CT names.

Tests skip where there is none, and the last lines of a run say how many did.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import PROJECT


def real_data(*parts: str) -> Path:
    """A file or folder of the data sets; skips the test where it is absent."""
    given = os.environ.get("CTFSIM_REAL_CT")
    places = [above / "shared" / "data" / "real" for above in PROJECT.parents]
    root = Path(given) if given else next((place for place in places if place.is_dir()), places[0])
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no {'/'.join(parts)}: name the folder of real CTs in CTFSIM_REAL_CT")
    return path
