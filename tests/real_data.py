"""Real CTs that do not ship: a folder beside the project or above it, or the one that CTFSIM_REAL_CT names.

Tests skip where there is none, and the last lines of a run say how many did.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import PROJECT


def real_root(environment: Mapping[str, str]) -> Path:
    """Folder of the data sets, there or not."""
    given = environment.get("CTFSIM_REAL_CT")
    places = [above / "shared" / "data" / "real" for above in PROJECT.parents]
    return Path(given) if given else next((place for place in places if place.is_dir()), places[0])


def real_data(*parts: str) -> Path:
    """A file or folder of the data sets; skips the test where it is absent."""
    path = real_root(os.environ).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no {'/'.join(parts)}: name the folder of real CTs in CTFSIM_REAL_CT")
    return path
