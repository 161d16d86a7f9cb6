"""Questions: three on the session, whose right answers stand in a file as digests alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.export.finished_session import FinishedSession
from simulator.export.ground_truth.leak_answer import NO_LEAK, leak_answers
from simulator.report.procedure_marks import Marks, read_marks
from simulator.vocabulary.anatomy import Compartment

_EPIDURAL = (Compartment.EPIDURAL, Compartment.FORAMEN)
_OFFSET, _PRIME = 0x811C9DC5, 0x01000193  # of FNV-1a with 32 bits, which a page can work out without any library


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        name: its identifier on the platform
        text: what is asked
        choices: what is offered; of the leak's place the page makes them itself
        right: digests of every answer that is right
    """

    name: str
    text: str
    choices: tuple[str, ...]
    right: tuple[str, ...]


def session_questions(finished: FinishedSession) -> tuple[Question, ...]:
    """Where the leak is, whether the tip was epidural, which press was worth least; those that can be asked."""
    marks = read_marks(finished.session.world, finished.session.events)
    salt = finished.identity.uuid("questions").hex
    found = [
        Question(
            name="leak",
            text="At which level and on which side does the myelogram show the leak?",
            choices=(NO_LEAK,),
            right=_digests(salt, "leak", leak_answers(finished.session)),
        )
    ]
    if marks.summary.first_blood is not None:
        text = "Was the needle's opening in the epidural space when the first blood was given?"
        found.append(_epidural(salt, text, finished.card.placement.compartment in _EPIDURAL))
    elif marks.moves:
        text = "Did the needle's opening ever come to lie in the epidural space?"
        found.append(_epidural(salt, text, any(move.compartment in _EPIDURAL for move in marks.moves)))
    presses, least = least_worth(marks)
    if len(presses) > 1:
        found.append(
            Question(
                name="press",
                text="Which image of the needle was worth least: before which one had the needle moved least?",
                choices=tuple(map(str, presses)),
                right=_digests(salt, "press", map(str, least)),
            )
        )
    return tuple(found)


def _epidural(salt: str, text: str, is_so: bool) -> Question:
    right = _digests(salt, "epidural", ["yes" if is_so else "no"])
    return Question(name="epidural", text=text, choices=("yes", "no"), right=right)


def least_worth(marks: Marks) -> tuple[list[int], list[int]]:
    """Images of the needle but the first, and those among them that showed least: the tip had moved least before.

    An image after something was injected shows that, and is not held against anybody.
    """
    shown: dict[int, float] = {}
    before: e.AcquisitionMade | None = None
    for ordinal, press in enumerate(marks.presses, start=1):
        if press.scene.needle is None:
            continue
        if before is not None and before.scene.patch_revision == press.scene.patch_revision:
            moves = [move for move in marks.moves if before.at_ms < move.at_ms <= press.at_ms]
            shown[ordinal] = sum(abs(move.moved_mm) for move in moves)
        before = press
    least = min(shown.values(), default=0.0)
    return list(shown), [ordinal for ordinal, way_mm in shown.items() if way_mm <= least + 1e-6]


def answer_digest(salt: str, name: str, answer: str) -> str:
    """FNV-1a over salt, question and answer; the page does the same."""
    value = _OFFSET
    for byte in f"{salt}/{name}/{answer}".encode():
        value = ((value ^ byte) * _PRIME) & 0xFFFFFFFF
    return f"{value:08x}"


def _digests(salt: str, name: str, answers: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(answer_digest(salt, name, answer) for answer in answers))
