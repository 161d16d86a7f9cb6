"""Forged records: somebody who knows the format writes another rubric, case, seed, score, image or label, and seals it.

Each forgery is one kind of lie with checksums, digests and labels made to fit as far as the forger can; no two carry
the same. A judge says whether it is told: refused when it is read, refused by `--verify`, or named there as the
record's own claim, which an honest record of the same versions does not make, and which names what was forged.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.records.case_check import case_difference
from simulator.records.rebuild import rebuild_case
from simulator.records.replay import rerun, verify
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import load_scenario
from simulator.scenario.shipped import shipped_scenario_path, shipped_scenarios
from simulator.scoring.rubric import digest_numbers
from tests.hostile.record_mutants import sealed
from tests.recorded import one_press

Lines = list[dict[str, Any]]
Forge = Callable[[Lines, np.random.Generator], None]
MOST_KEPT = 6  # sessions that a judge remembers
WEIGHTS = ("help", "placement", "safety", "steps", "dose", "economy")


def forge_rubric(lines: Lines, rng: np.random.Generator) -> None:
    """All weight on one component, or another number; the scorecard follows."""
    header, card = lines[0]["body"], lines[-1]["body"]["scorecard"]
    rubric = header["rubric"]
    if rng.integers(2):
        chosen = WEIGHTS[int(rng.integers(len(WEIGHTS)))]
        for name in WEIGHTS:
            rubric[f"weight_{name}"] = float(name == chosen)
            card["weights"][name] = float(name == chosen)
    else:
        names = [name for name, value in rubric.items() if isinstance(value, float)]
        name = names[int(rng.integers(len(names)))]
        rubric[name] = rubric[name] * 0.5 + 0.1
    _sign_rubric(header, card)
    card["score"] = round(float(rng.uniform(50.0, 99.9)), 1)


def forge_rubric_of_the_case(lines: Lines, rng: np.random.Generator) -> None:
    """The same with the case's own changes of the rubric made to fit."""
    forge_rubric(lines, rng)
    header = lines[0]["body"]
    known = header["resolved"]["rubric"]
    for name, value in header["rubric"].items():
        if name in known and isinstance(value, float):
            known[name] = value


def forge_rubric_version(lines: Lines, rng: np.random.Generator) -> None:
    """Another version of the rubric, of which nobody knows the rules."""
    header, card = lines[0]["body"], lines[-1]["body"]["scorecard"]
    version = 1 if rng.integers(4) == 0 else int(rng.integers(3, 10**6))
    if rng.integers(2):
        header["rubric"]["version"] = version
        _sign_rubric(header, card)
    card["rubric"] = version
    card["score"] = _high(rng)


def forge_case_name(lines: Lines, rng: np.random.Generator) -> None:
    """A run of one case called another that ships, or one of the forger's own."""
    names = [name for name in shipped_scenarios() if name != lines[0]["body"]["scenario"]]
    name = names[int(rng.integers(len(names)))] if rng.integers(2) else f"own-case-{rng.integers(10**6)}"
    lines[0]["body"]["scenario"] = lines[-1]["body"]["scorecard"]["scenario"] = name


def forge_case(lines: Lines, rng: np.random.Generator) -> None:
    """Another number, word or help in the case that was resolved."""
    resolved = lines[0]["body"]["resolved"]
    changes: tuple[Callable[[], object], ...] = (
        lambda: resolved["limits"].update(minutes=float(rng.integers(61, 240))),
        lambda: resolved["limits"].update(blood_ml=float(rng.integers(17, 40))),
        lambda: resolved["help"].update(digital_angles=not resolved["help"]["digital_angles"]),
        lambda: resolved["scanner"].update(planning_scan_prescribed=False),
        lambda: resolved["leak"].update(needle_levels=["L2/3", "L3/4", "L4/5"]),
        lambda: resolved["leak"].update(may_abandon=True),
        lambda: resolved.update(title=f"Final exam {rng.integers(10**6)}"),
        lambda: resolved["text"].update(request=f"Nothing is asked of {rng.integers(10**6)}."),
        lambda: resolved["hands"].update(kind=("exact", "laser")[int(rng.integers(2))]),
        lambda: resolved["patient"].update(bmi_kg_per_m2=float(rng.integers(16, 49))),
        lambda: resolved.update(region="cervical"),
    )
    changes[int(rng.integers(len(changes)))]()


def forge_seed(lines: Lines, rng: np.random.Generator) -> None:
    """Another seed, in header and scorecard."""
    lines[0]["body"]["seed"] = lines[-1]["body"]["scorecard"]["seed"] = int(rng.integers(1000, 2**40))


def forge_card(lines: Lines, rng: np.random.Generator) -> None:
    """Another score, part, cap, place, harm or dose."""
    card = lines[-1]["body"]["scorecard"]
    changes: tuple[Callable[[], object], ...] = (
        lambda: card.update(score=round(float(rng.uniform(1.0, 100.0)), 1)),
        lambda: card.update(cap_reason=None, score=_high(rng)),
        lambda: card["components"].update(help=round(float(rng.uniform(0.0, 1.0)), 3)),
        lambda: card["placement"].update(compartment="epidural", level="L3/4", dural_margin_mm=_high(rng)),
        lambda: card.update(complications=[]),
        lambda: card["dose"]["total"].update(effective_dose_msv=_high(rng) / 1000),
        lambda: card["metrics"].pop(),
        lambda: card["outcome"].update(relief=True, seal_probability=1.0),
        lambda: card.update(stopped_for="a fact of the chart"),
        lambda: card.update(aids=["another"]),
        lambda: lines[-1]["body"].update(digest=None),
        lambda: lines[-1]["body"].update(digest=hashlib.sha256(rng.bytes(8)).hexdigest()),
    )
    changes[int(rng.integers(len(changes)))]()


def forge_image(lines: Lines, rng: np.random.Generator) -> None:
    """Another digest or other samples of an image."""
    images = [line["body"] for line in lines if line["kind"] == "image"]
    image = images[int(rng.integers(len(images)))]
    if rng.integers(2):
        image["digest"] = hashlib.sha256(rng.bytes(8)).hexdigest()
    else:
        row = image["probe"][int(rng.integers(len(image["probe"])))]
        row[int(rng.integers(len(row)))] += float(rng.uniform(1.0, 500.0))


def forge_label(lines: Lines, rng: np.random.Generator) -> None:
    """Another operator, hands, learner or date: the scorecard follows where it holds the same."""
    header, card = lines[0]["body"], lines[-1]["body"]["scorecard"]
    kind = int(rng.integers(4))
    if kind == 0:
        header["operator"] = card["operator"] = f"consultant-{rng.integers(1000)}"
    elif kind == 1:
        header["hands"] = card["hands"] = ("exact", "laser")[int(rng.integers(2))]
    elif kind == 2:
        header["learner"] = f"learner-{rng.integers(1000)}"
    else:
        header["started"] = f"2026-01-{rng.integers(10, 32)}T{rng.integers(10, 24)}:00:00+00:00"


def forge_event(lines: Lines, rng: np.random.Generator) -> None:
    """Another time or length in an event, or one event fewer."""
    at = [index for index, line in enumerate(lines) if line["kind"] == "event"]
    index = at[int(rng.integers(len(at)))]
    numbers = [key for key, value in lines[index]["body"].items() if type(value) in (int, float)]
    if numbers and rng.integers(2):
        lines[index]["body"][numbers[int(rng.integers(len(numbers)))]] += int(rng.integers(1, 1000))
    else:
        del lines[index]


def forge_format(lines: Lines, rng: np.random.Generator) -> None:
    """An older format, whose score nobody can give again, with a score of the forger's."""
    header, card = lines[0]["body"], lines[-1]["body"]["scorecard"]
    header["format"] = int(rng.integers(2, 4))
    header["rubric"]["version"] = card["rubric"] = card["schema"] = 1
    card["score"] = _high(rng)
    if header["format"] == 2:
        header["phantom_digest"] = header.pop("patient_digest")
    _sign_rubric(header, card)


def _high(rng: np.random.Generator) -> float:
    """A score that somebody would like to have."""
    return round(float(rng.uniform(70.0, 99.99)), 2)


FORGERIES: Mapping[str, Forge] = {
    "rubric": forge_rubric,
    "rubric, and the case's changes of it": forge_rubric_of_the_case,
    "version of the rubric": forge_rubric_version,
    "name of the case": forge_case_name,
    "case": forge_case,
    "seed": forge_seed,
    "closing card": forge_card,
    "image": forge_image,
    "label": forge_label,
    "event": forge_event,
    "older format": forge_format,
}


NAMED: Mapping[str, str] = {
    "rubric": r"scored with other numbers|score \d",
    "rubric, and the case's changes of it": r"scored with other numbers|score \d",
    "version of the rubric": r"score \d+\.\d, by rubric",
    "name of the case": r"case is called 'own-case-",
    "case": r"the words of its case",
    "closing card": r"on its scorecard: |score \d|digest of its closing line",
    "image": r"the bits of \d+ images",
    "label": r"operator 'consultant-|learner 'learner-|begun 2026-01-",
    "older format": r"score \d+\.\d, by rubric 1",
}
"""What a claim must say that tells a forgery of each kind; kinds that are not here must be refused."""


def forged(
    content: bytes, kind: str, rng: np.random.Generator, *, other_versions: bool, seen: set[str] | None = None
) -> bytes:
    """A record with one lie, sealed anew; with `other_versions` it says that another version made it.

    Args:
        seen: lies that were told before, none of which is told again; this one is added
    """
    honest = [json.loads(line) for line in content.splitlines()]
    seen = set() if seen is None else seen
    while True:
        lines = [json.loads(line) for line in content.splitlines()]
        FORGERIES[kind](lines, rng)
        lie = json.dumps([[one["kind"], one["body"]] for one in lines if one not in honest])
        if len(lines) < len(honest):
            lie += json.dumps([index for index, one in enumerate(honest) if one not in lines])
        if lines != honest and lie not in seen:
            break
    seen.add(lie)
    if other_versions:
        lines[0]["body"]["versions"]["source"] = "0" * 16
    return sealed([(line["kind"], json.dumps(line["body"])) for line in lines], keep_closing=False)


def _sign_rubric(header: dict[str, Any], card: dict[str, Any]) -> None:
    header["rubric_digest"] = card["rubric_digest"] = digest_numbers(header["rubric"])


class ForgeryJudge:
    """Says how a forgery is told.

    Args:
        path: of the honest record, where forgeries are put, too
        case: on which it was made
    """

    def __init__(self, path: Path, case: Case) -> None:
        self.path = path
        honest = read_session(path)
        session = rerun(honest, case)
        self._known = {_made_from(honest): (case, session)}
        found = verify(honest, case, session)
        assert found.grade == "exact", found
        other = replace(honest, header=replace(honest.header, versions={**honest.header.versions, "source": "0" * 16}))
        self._usual = {*found.claims, *verify(other, case, session).claims}  # what honest records claim

    def of(self, forgery: bytes, kind: str) -> str:
        """ "unreadable", "refused", "claimed"; "believed" where nothing tells it, which must not be."""
        self.path.write_bytes(forgery)
        try:
            record = read_session(self.path)
            if case_difference(record) is not None:
                return "refused"  # as `verify` would, and no patient is built for it
            case, session = self._made(record)
            found = verify(record, case, session)
        except UserInputError:
            return "unreadable"
        if found.grade == "refused":
            return "refused"
        new = set(found.claims) - self._usual
        return "claimed" if kind in NAMED and any(re.search(NAMED[kind], claim) for claim in new) else "believed"

    def _made(self, record: SessionRecord) -> tuple[Case, Session]:
        """Case and session of a record; made once for all that are made from the same."""
        key = _made_from(record)
        if key not in self._known:
            case = rebuild_case(record)
            self._known[key] = case, rerun(record, case)
            if len(self._known) > MOST_KEPT:
                self._known.pop(list(self._known)[1])
        return self._known[key]


def _made_from(record: SessionRecord) -> str:
    header = record.header
    return json.dumps([header.resolved, header.seed, header.hands, *(repr(command) for command in record.commands)])


def tally(judge: ForgeryJudge, content: bytes, count: int, seed: int) -> dict[str, Counter[str]]:
    """What becomes of forgeries, no two alike, by kind; the kinds come in turn, half of them of another version."""
    seen: set[str] = set()
    found: dict[str, Counter[str]] = {kind: Counter() for kind in FORGERIES}
    rng = np.random.default_rng(seed)
    for number in range(count):
        kind = list(FORGERIES)[number % len(FORGERIES)]
        forgery = forged(content, kind, rng, other_versions=bool(number // len(FORGERIES) % 2), seen=seen)
        found[kind][judge.of(forgery, kind)] += 1
    assert len(seen) == count
    return found


def main(arguments: list[str]) -> int:
    """Forge records and say how each kind is told: `python -m tests.hostile.forged_records [COUNT]`."""
    count = int(arguments[0]) if arguments else 500
    path = shipped_scenario_path("patient-2")
    file = load_scenario(path)
    case = build_case(file.scenario_for(3), name="patient-2", seed=3, location=str(path), folder=path.parent)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "session.jsonl"
        content = one_press(case, place)
        found = tally(ForgeryJudge(place, case), content, count, seed=1)
    print("| forged | records | unreadable | refused by `--verify` | told as a claim | believed |")
    print("|---|---|---|---|---|---|")
    for kind, counts in found.items():
        told = (counts[verdict] for verdict in ("unreadable", "refused", "claimed", "believed"))
        print(f"| {kind} | {counts.total()} | {' | '.join(map(str, told))} |")
    return int(any(counts["believed"] for counts in found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
