"""Keep sessions as golden data: `python -m tests.golden.pack FOLDER...`, each the folder of a finished session."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from simulator.records.session_reader import read_session, session_path
from tests.golden.sessions import FOLDER, golden_path


def pack(folder: Path) -> Path:
    """Compress a session's record under the name of its folder; the same record gives the same bytes."""
    if read_session(folder).closing is None:
        raise SystemExit(f"{folder} holds a session that was not finished")
    FOLDER.mkdir(exist_ok=True)
    path = golden_path(folder.name)
    path.write_bytes(gzip.compress(session_path(folder).read_bytes(), compresslevel=9, mtime=0))
    return path


if __name__ == "__main__":
    for named in sys.argv[1:]:
        print(pack(Path(named)))
