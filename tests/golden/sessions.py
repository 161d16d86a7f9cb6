"""Golden sessions: records of an earlier version, each replayed by its commands and compared with what it holds."""

from __future__ import annotations

import gzip
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from simulator.records.rebuild import rebuild_case
from simulator.records.replay import Verification, rerun, verify
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.records.versions import versions

FOLDER = Path(__file__).parent / "sessions"
_ENDING = ".jsonl.gz"
_OWN = ("ct-fluoro-sim", "source")  # versions of this project, which golden data are there to compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of one golden session.

    Attributes:
        difference: the first thing that differs in words; None where all that must agree does
        to_the_bit: whether images had to agree to the bit, since processor and libraries are those of the record
        found: what the replay found
        elapsed_s: that it took
    """

    name: str
    difference: str | None
    to_the_bit: bool
    found: Verification
    elapsed_s: float


def golden_names() -> list[str]:
    """All golden sessions in the order of the alphabet."""
    return sorted(path.name.removesuffix(_ENDING) for path in FOLDER.glob(f"*{_ENDING}"))


def golden_path(name: str) -> Path:
    """The file of a golden session."""
    return FOLDER / f"{name}{_ENDING}"


def read_golden(name: str) -> SessionRecord:
    """A golden session as the present format has it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.jsonl"
        path.write_bytes(gzip.decompress(golden_path(name).read_bytes()))
        return read_session(path)


def compare(name: str) -> Comparison:
    """Carry a golden session out again and compare events, score and every recorded image.

    Raises:
        UserInputError: the record cannot be read any more, or no case is built from it.
    """
    start = time.perf_counter()
    record = read_golden(name)
    theirs, ours = record.header.versions, versions()
    to_the_bit = all(theirs.get(part) == ours[part] for part in ours if part not in _OWN)
    case = rebuild_case(record)
    found = verify(record, case, rerun(record, case))
    whole = found.images_exact if to_the_bit else found.images_equivalent
    agrees = found.events and found.score is True and found.digest is not False and whole == found.images
    difference = None if agrees else found.difference or "the record holds no score"
    return Comparison(
        name=name,
        difference=difference,
        to_the_bit=to_the_bit,
        found=found,
        elapsed_s=time.perf_counter() - start,
    )
