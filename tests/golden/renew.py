"""Golden sessions carried out anew: `python -m tests.golden.renew [NAME...]`.

The commands stay; what came of them, the images that were looked at and the score are written as this version gives
them. For changes that are explained where they were made; what differs is counted.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from typing import Any

from simulator.engine.advance import plain
from simulator.engine.session import Session
from simulator.records.framing import framed, unframed
from simulator.records.rebuild import rebuild_case
from simulator.records.runs import describe_image, describe_scout, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from tests.golden.sessions import golden_names, golden_path, read_golden


def renew(name: str) -> str:
    """Write a session anew; in words how many events and images differ from those that it held."""
    record = read_golden(name)
    case = rebuild_case(record)
    session = Session(case.world)
    commands = iter(record.commands)
    lines: list[bytes] = []
    counted = {"events": 0, "images": 0}

    def write(kind: str, body: Any) -> None:
        lines.append(framed(len(lines), kind, body))

    old = gzip.decompress(golden_path(name).read_bytes()).splitlines()
    held = [body for number, line in enumerate(old) for kind, body in [unframed(line, number, name)] if kind == "event"]
    written: list[dict[str, Any]] = []
    for number, line in enumerate(old):
        kind, body = unframed(line, number, name)
        if kind == "command":
            events = [plain(event) for event in session.do(next(commands))]
            write(kind, body)
            for event in events:
                write("event", event)
            written += events
        elif kind in ("image", "scout"):
            slices = None if body["slices"] is None else tuple(body["slices"])
            fresh = (
                describe_image(body["number"], slices, session.image(body["number"], slices))
                if kind == "image"
                else describe_scout(body["number"], session.scout(body["number"]))
            )
            counted["images"] += fresh["digest"] != body["digest"]
            write(kind, fresh)
        elif kind == "close":
            card = scorecard_to_json(score_session(case, session, record.header.operator))
            sealed = {"lines": len(lines), "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
            write(kind, {**sealed, "digest": session.state.digest, "scorecard": card})
        elif kind != "event":
            write(kind, body)
    counted["events"] = abs(len(held) - len(written)) + sum(a != b for a, b in zip(held, written, strict=False))
    golden_path(name).write_bytes(gzip.compress(b"".join(lines), compresslevel=9, mtime=0))
    return ", ".join(f"{count} {what} differ" for what, count in counted.items())


def main(asked: list[str]) -> int:
    """Renew the named sessions; all if none is named."""
    for name in asked or golden_names():
        print(f"{name}: {renew(name)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
