"""Start library: the cases that ship, the learners and their sessions, as the first screen chooses from them.

What the first screen needs at once is read without the engine; the rest of the program and the records come behind it.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
import tomllib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import UserInputError
from simulator.gui.engine_worker.procedure import Opening
from simulator.gui.engine_worker.start_desk import AttemptLine, CardWords, CaseCard
from simulator.gui.engine_worker.tip_drill import DrillRound, DrillSource, OpenDrill

if TYPE_CHECKING:
    from simulator.gui.engine_worker.procedure import Procedure
    from simulator.vocabulary.progress import Progress
    from simulator.warm_up import WarmUp

OpenCase = Callable[[Path, str | None, Path], Opening]
"""Opens a scenario file for a learner; the folder is where its session goes."""

INTERSPACE = re.compile(r"\b[CTL]\d{1,2}/[TLS]?\d{1,2}\b")
LONGEST_WAIT_S = 120.0  # for the rest of the program to be brought in
DRILL_CASE = "patient-2"  # whose presses are read in the drill
PARENTS_MOST = 8  # files that extend one another
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


class StartLibrary:
    """Cases, learners and sessions behind the first screen.

    Args:
        folder: of the scenario files
        sessions: folder under which sessions are kept, each learner in one of their own
        seed: root of all chance of what is opened
        open_case, resume: what opens a case, and what goes on with a record
        learner: who is known from the command line
    """

    def __init__(
        self,
        folder: Path,
        sessions: Path,
        *,
        seed: int,
        open_case: OpenCase,
        resume: Callable[[Path], Opening],
        learner: str | None = None,
    ) -> None:
        self._folder, self._sessions, self._seed = folder, sessions, seed
        self._open_case, self._resume, self._learner = open_case, resume, learner
        self._attempts: list[AttemptLine] | None = None
        self._warm_up: WarmUp | None = None
        self._closing = False
        self._ready = threading.Event()
        self._newcomer = "".join(secrets.choice(_LETTERS) for _ in range(8))
        self._thread = threading.Thread(target=self._read_behind, name="start library", daemon=True)
        self._begun = False

    def shown(self) -> None:
        """Begin with what is read behind the first screen: before that it would only keep the picture waiting."""
        if not self._begun:
            self._begun = True
            self._thread.start()

    def cards(self) -> list[CaseCard]:
        """The cases by region and title; one whose file cannot be read is left out, and said when it is opened."""
        found, tables = [], _CaseTables()
        for path in sorted(path for path in self._folder.glob("*.toml") if "." not in path.stem):  # no translation
            with contextlib.suppress(OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
                found.append(_with_translations(_card(path, tables), path, tables))
        return sorted(found, key=lambda card: (not card.title.startswith("Patient"), card.title))

    @property
    def learner(self) -> str | None:
        """Who was named on the command line."""
        return self._learner

    def learners(self) -> list[str]:
        """Pseudonyms with a name behind them, or with a folder of sessions; a new one last."""
        from simulator.records.learners import is_pseudonym, names_file, read_names

        known: list[str] = [] if self._learner is None else [self._learner]
        with contextlib.suppress(UserInputError):
            known += list(read_names(names_file()))
        with contextlib.suppress(OSError):
            known += [one.name for one in sorted(self._sessions.iterdir()) if _holds_sessions(one)]
        return [*(name for name in dict.fromkeys(known) if is_pseudonym(name)), self._newcomer]

    def attempts(self) -> list[AttemptLine] | None:
        """What the records under the folder say; None while they are being read."""
        return self._attempts

    def look_again(self) -> None:
        """Read the records anew: a session has just been left."""
        if self._begun and not self._thread.is_alive():
            self._attempts = None
            self._thread = threading.Thread(target=self._read_again, name="start library", daemon=True)
            self._thread.start()

    def opening(self, case: str, learner: str | None) -> Opening:
        """What opens a case, once the kernels are compiled."""
        out = (self._sessions if learner is None else self._sessions / learner) / f"{case}-{self._seed}"
        opening = self._open_case(self._folder / f"{case}.toml", learner, out)

        def once_compiled(progress: Progress) -> tuple[Procedure, int]:
            self._wait_for_kernels(progress)
            return opening(progress)

        return once_compiled

    def resuming(self, record: str) -> Opening:
        """What goes on with a record."""
        return self._resume(self._sessions / record)

    def drill(self, learner: str | None, seed: int) -> OpenDrill:
        """What makes the presses of a round, once the kernels are compiled; a learner's seeds are their own."""

        def opening(progress: Progress) -> DrillSource:
            self._wait_for_kernels(progress)
            from simulator.gui.ground_truth.tip_drill import TipDrill
            from simulator.scenario.build import build_from_file
            from simulator.scenario.load import load_scenario

            case = build_from_file(load_scenario(self._folder / f"{DRILL_CASE}.toml"), seed=1, progress=progress)
            return TipDrill(case.world, zlib.crc32(f"{learner or ''}/{seed}".encode()))

        return opening

    def drill_rounds(self, learner: str | None) -> list[DrillRound]:
        """Rounds that a learner has done; a file that cannot be read holds none."""
        from simulator.records.drill_rounds import read_rounds

        if learner is None:
            return []
        with contextlib.suppress(UserInputError, OSError):
            return [
                DrillRound(
                    started=one["started"],
                    seed=one["seed"],
                    errors_mm=tuple(float(error) for error in one["errors_mm"]),
                    answers=one["answers"],
                    wrong=one["wrong"],
                )
                for one in read_rounds(self._sessions / learner)
            ]
        return []

    def keep_drill_round(self, learner: str | None, done: DrillRound) -> str:
        """Keep a round in the learner's folder."""
        from simulator.records.drill_rounds import keep_round

        if learner is None:
            return ""
        try:
            keep_round(
                self._sessions / learner,
                started=done.started,
                seed=done.seed,
                errors_mm=done.errors_mm,
                answers=done.answers,
                wrong=done.wrong,
            )
        except (UserInputError, OSError) as fault:
            return f"The round is not kept: {fault}"
        return ""

    def close(self) -> None:
        """End what still runs."""
        self._closing = True
        if self._warm_up is not None:
            self._warm_up.stop()

    def _wait_for_kernels(self, progress: Progress) -> None:
        """What compiles behind the first screen is waited for, and not begun a second time."""
        progress("bringing the program in", 0.0)
        self.shown()
        self._ready.wait(LONGEST_WAIT_S)
        if self._warm_up is not None:
            self._warm_up.wait(progress)

    def _read_behind(self) -> None:
        """Bring the rest of the program in, compile what is not compiled, read the records."""
        import simulator.gui.ground_truth.recorded_procedure
        import simulator.scenario.build  # noqa: F401
        from simulator.warm_up import WarmUp

        if not self._closing:
            self._warm_up = WarmUp()
        self._ready.set()
        self._attempts = self._read_attempts()

    def _read_again(self) -> None:
        self._attempts = self._read_attempts()

    def _read_attempts(self) -> list[AttemptLine]:
        from simulator.records.attempts import attempts

        try:
            found = attempts(self._sessions)
        except (OSError, UserInputError):  # no folder yet, or none that can be read: then there are no attempts
            return []
        lines = [
            AttemptLine(case=one.scenario, learner=one.learner, started=one.started, score=one.score, record=one.record)
            for one in found
            if one.state != "unreadable" and (one.score is not None or one.state == "open")
        ]
        return sorted(lines, key=lambda line: line.started)


class _CaseTables:
    """Tables of scenario files, each file parsed once: many extend one."""

    def __init__(self) -> None:
        self._read: dict[Path, dict[str, Any]] = {}

    def own(self, path: Path) -> dict[str, Any]:
        """What stands in a file itself."""
        if path not in self._read:
            self._read[path] = tomllib.loads(path.read_text(encoding="utf-8"))
        return self._read[path]

    def merged(self, path: Path, depth: int = 0) -> dict[str, Any]:
        """Tables of a file over those of the one that it extends, a level deep."""
        data = self.own(path)
        parent = data.get("extends")
        if not isinstance(parent, str) or depth >= PARENTS_MOST:
            return dict(data)
        base = path.with_name(f"{Path(parent).stem}.toml")
        merged = self.merged(base, depth + 1) if base.exists() else {}
        for key, value in data.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = {**merged[key], **value} if both else value
        return merged


def _holds_sessions(folder: Path) -> bool:
    """Whether a folder is one of a learner: it holds sessions, and is none itself."""
    return folder.is_dir() and not (folder / "session.jsonl").exists() and any(folder.glob("*/session.jsonl"))


def _card(path: Path, tables: _CaseTables) -> CaseCard:
    """What a scenario file tells a trainee of its case; where the leak really is stays in the file."""
    data, own = tables.merged(path), tables.own(path)
    lesson = _table(own.get("lesson"))  # of this file alone: the goals of a case that it extends are not its own
    leak, text = _table(data.get("leak")), _table(data.get("text"))
    told = _told_level(leak.get("level", ""))  # scenario files have it written into title and request
    request = " ".join(str(text.get("request", "")).split()).replace("{level}", told)
    title = str(data.get("title", path.stem)).replace("{level}", told)
    asked = INTERSPACE.search(request) or INTERSPACE.search(title)
    return CaseCard(
        name=path.stem,
        title=title,
        region=str(data.get("region", "")),
        level="" if asked is None else asked.group(),
        request=request,
        difficulty=str(lesson.get("difficulty", "usual" if lesson else "")),
        goals=tuple(str(goal) for goal in lesson.get("goals", ())),
        minutes=_minutes(lesson),
        exam="exam" in own,
    )


def _with_translations(card: CaseCard, path: Path, tables: _CaseTables) -> CaseCard:
    """The same with the words of the files beside it; one that cannot be read is told when the case is opened."""
    found = {}
    for beside in path.parent.glob(f"{path.stem}.??.toml"):
        with contextlib.suppress(OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            words, level = tables.own(beside), _told_level(_table(tables.merged(path).get("leak")).get("level", ""))
            goals = _table(words.get("lesson")).get("goals")
            found[beside.stem.rpartition(".")[2]] = CardWords(
                title=str(words.get("title", "")).replace("{level}", level),
                request=" ".join(str(_table(words.get("text")).get("request", "")).split()).replace("{level}", level),
                goals=tuple(str(goal) for goal in goals) if isinstance(goals, list) else (),
            )
    return replace(card, translations=found)


def _table(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, Mapping) else {}


def _told_level(level: Any) -> str:
    """A level in words; of one that is drawn, those that it is drawn from."""
    if isinstance(level, Mapping):
        return " or ".join(str(one) for one in level.get("choice", ()))
    return str(level)


def _minutes(lesson: Mapping[str, Any]) -> float | None:
    given = lesson.get("minutes")
    return float(given) if isinstance(given, int | float) else None
