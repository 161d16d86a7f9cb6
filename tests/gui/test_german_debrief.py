"""The debrief speaks German too: every sentence of the report, every figure of a command, every refusal."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from simulator.gui.app import App
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.debrief_facts import CommandText, DebriefFacts, OtherEnd
from simulator.gui.drawing.language import ENGLISH_CODE, GERMAN_CODE, Language, OwnWords, own, with_decimals
from simulator.gui.ground_truth import gather_debrief_facts as gathering
from simulator.gui.ground_truth.command_text import command_text
from simulator.gui.panels import (
    component_scores,
    critical_moments,
    debrief_advice,
    debrief_verdict,
    dose_ledger,
    other_end,
    published_comparison,
)
from simulator.records.rebuild import rebuild_case
from simulator.records.replay import rerun
from simulator.report.lesson import review_lesson
from simulator.vocabulary.procedure import Phase
from simulator.wording.english import ENGLISH
from simulator.wording.german import GERMAN
from simulator.wording.paired import paired
from tests.golden.sessions import read_golden
from tests.gui import made_up
from tests.gui.test_german_of_the_sources import FILLED, NOT_PRINTED, sentences
from tests.gui.text_on_screen import cut, drawn, noted, overlaps

SOURCES = Path(__file__).resolve().parents[2] / "simulator"
GERMAN_WORDS = Language(GERMAN_CODE)
WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{2,}")
OWN_ENGLISH = frozenset(word for text in GERMAN_WORDS._words for word in WORD.findall(text)) - frozenset(
    word for text in GERMAN_WORDS._words.values() for word in WORD.findall(text)
)
"""Words that stand in the English alone."""

SAMPLES = {
    "patient-2-never-press-5", "patient-2-loss-of-resistance-4", "patient-4-loss-of-resistance-31",
    "blind-patch-blind-lumbar-1", "patient-1-continuous-8", "patient-6-autopilot-9", "script-refused",
    "script-thin-needle", "false-leak-autopilot-1", "neck-without-target-autopilot-1", "patient-7-autopilot-1",
}  # fmt: skip


def left_in_english(text: str) -> list[str]:
    """Words of what a window prints that are English."""
    said = text if isinstance(text, OwnWords) else GERMAN_WORDS.translate(text)
    return [word for word in WORD.findall(said) if word in OWN_ENGLISH]


def test_every_entry_of_the_catalogue_is_printed_as_its_german() -> None:
    """No other sentence with gaps catches it first, and no gap is lost."""
    wrong = {}
    for english, german in paired(ENGLISH, GERMAN).items():
        gaps = english.count("{}")
        assert len(re.findall(r"\{\d*\}", german)) == gaps, english
        printed = GERMAN_WORDS.translate(english.replace("{}", FILLED))
        if printed != with_decimals(german.format(*[FILLED] * gaps), ","):
            wrong[english] = printed
    assert wrong == {}


def refusals() -> Iterator[tuple[str, str]]:
    """File and words of everything that the engine refuses."""
    for path in sorted((SOURCES / "engine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RefusalError" and node.args:
                for _, words in sentences(ast.Module(body=[ast.Return(node.args[0])], type_ignores=[])):
                    if re.search(r"[a-z]{2,} [a-z]", words):
                        yield f"{path.name}:{node.lineno}", words.replace(f"blood{FILLED} ", "blood ")


def test_every_refusal_has_its_german() -> None:
    found = dict(refusals())
    assert len(found) > 50
    assert {at: words for at, words in found.items() if GERMAN_WORDS.translate(words) == words} == {}


@pytest.mark.parametrize("name", ["verdict.py", "verdict_sentences.py", "near_misses.py", "deeds.py", "what_if.py"])
def test_every_sentence_of_the_report_that_the_window_prints_has_its_german(name: str) -> None:
    tree = ast.parse((SOURCES / "report" / name).read_text(encoding="utf-8"))
    parts = {
        "nerve root or cord", "spinal cord", "pressed in", f"more than {FILLED} mm", f"{FILLED} mm to its middle",
        f"the {FILLED}",  # of the report's tables alone
        "closest approach", "near miss",  # classes of the report
        # parts of sentences that are tried whole below
        "treated in part", "not treated", "rightly not treated", "The dura was touched, not punctured.",
        "The dura was not touched.", f"{FILLED} mm {FILLED} of the midline", "The dura was punctured",
        "The spinal cord was touched", "A nerve root was touched", "A vessel was punctured",
        f"Bone was met {FILLED}.", f"The tip met and tented the dura {FILLED}.",
        f"Epidural{FILLED}, {FILLED}, at {FILLED}. {FILLED}", f"In the foramen, {FILLED}, at {FILLED}. {FILLED}",
        f"{FILLED} of the midline", f"{FILLED}, with the tip {FILLED} mm outside the dura.",
        f"{FILLED}, with the tip pressed {FILLED} mm into the dura, which tents.",
        f"{FILLED}, with the tip {FILLED} mm inside the dura.", f"{FILLED} {FILLED} times.",
        f"At the first millilitre of blood the bevel opened in an accepted target zone ({FILLED})",
        f"At the first millilitre of blood the bevel did not open in an accepted target zone ({FILLED})",
        f" (published median with spot CT fluoroscopy: {FILLED} mGy·cm, {FILLED} images; {FILLED})",
        f"Guidance cost {FILLED} mGy·cm in {FILLED}", f" and {FILLED}", "planning scan", "mSv per mGy·cm.",
        f"Planning cost {FILLED} mGy·cm{FILLED}.", f"Confirmation cost {FILLED} mGy·cm{FILLED}.",
        f"{FILLED} mL went into {FILLED}, {FILLED}.",
        "where it sinks among the roots, seals nothing and can inflame them",
        "where it lies under the dura and seals nothing", "whose stream carries it away from the leak",
        "where it aches for days and seals nothing", f"Bone stopped the needle{FILLED}",
        f" {FILLED} times, the last at {FILLED}", "Deepest inside the dura", "Pressed into the dura, which tents",
        f"the {FILLED} space", f"the {FILLED} space at {FILLED}",
    }  # fmt: skip
    missing = {
        words
        for _, words in sentences(tree)
        if re.search(r"[A-Za-z]{2,} [A-Za-z]", words)
        and words not in NOT_PRINTED | parts
        and GERMAN_WORDS.translate(words) == words
    }
    assert missing == set()


@pytest.mark.parametrize("name", ["records/record_file.py", "report/recording.py", "report/lesson.py"])
def test_what_is_told_of_record_and_script_has_its_german(name: str) -> None:
    tree = ast.parse((SOURCES / name).read_text(encoding="utf-8"))
    told = {
        words
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_say")
        or (isinstance(node, ast.Return) and name == "report/lesson.py")
        for value in (node.args if isinstance(node, ast.Call) else [node.value] if node.value else [])
        for _, words in sentences(ast.Module(body=[ast.Return(value)], type_ignores=[]))
        if re.search(r"[a-z]{2,} [a-z]", words)
    }
    assert told
    open_ends = {f"{FILLED}: answered ({FILLED}) after {FILLED} s, ", "in time", "too late"}
    open_ends.add(f"{FILLED}: not answered; right was to {FILLED}")
    assert {words for words in told - open_ends if GERMAN_WORDS.translate(words) == words} == set()
    missed = GERMAN_WORDS.translate("vasovagal at 3.0 min: not answered; right was to raise the legs")
    assert missed == "vasovagale Reaktion nach 3,0 min: nicht beantwortet; richtig war: Beine hoch"
    for end in ("in time", "too late"):
        assert "beantwortet" in GERMAN_WORDS.translate(f"vasovagal at 3.0 min: answered (look again) after 9 s, {end}")


def test_somebodys_own_words_stay_in_a_sentence_that_is_translated() -> None:
    """Also such as the window has a word for, and numbers as they were written."""
    for words in ("not recognised", "hand and side, 1.5 mL", "The dura was punctured.", "/data/v1.5/report.html"):
        assert GERMAN_WORDS.translate(f"✓  Your answer: {own(words)}") == f"✓  Ihre Antwort: {words}"
        assert Language(ENGLISH_CODE).translate(f"Right: {own(words)}") == f"Right: {words}"


@pytest.mark.parametrize(
    "same",
    [
        "/data/v1.5/report.html", "r-1.5", "10.3174/ajnr.A2851", "AJNR 2012;33.541", "`run_sim.py report a1.5`",
        "'needle 12.5 2.5 x'", "1.2.3", "2026.12.01", "C:\\data\\1.5",
    ],
)  # fmt: skip
def test_what_is_no_number_keeps_its_points(same: str) -> None:
    assert with_decimals(f"so {same} ist", ",") == f"so {same} ist"
    assert with_decimals("−0.5 mm, (1.5), 2.5°, -3.5 und 0.4 mL/s.", ",") == "−0,5 mm, (1,5), 2,5°, -3,5 und 0,4 mL/s."


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    app = App(None, size=(1280, 720), desk=made_up.MadeUpDesk())
    app.context.perceived.history.take(None, replace(made_up.view(), phase=Phase.CLOSED))
    app._language = app.context.display.language = GERMAN_CODE
    app._resize((1280, 720))
    yield app
    app._language = app.context.display.language = ENGLISH_CODE
    pygame.display.quit()


def facts_of(name: str) -> tuple[DebriefFacts, OtherEnd]:
    """Facts of a golden session, and an other end with every command that was given."""
    record = read_golden(name)
    case = rebuild_case(record)
    session = rerun(record, case)
    card = record.scorecard
    assert card is not None
    facts = gathering.gather_debrief_facts(session, card, review_lesson(case, card, session.events), {})
    steps: dict[CommandText, int] = {command_text(session, n + 1): n for n in range(len(session.steps))}
    end = OtherEnd(
        number=1, at_ms=0, instead_of=command_text(session, 1), recorded=facts.verdict.headline,
        other=facts.verdict.headline, rows=(("score", "1.0 of 100", "2.0 of 100"),),
        steps=tuple((1000 * n, text) for text, n in steps.items()),
    )  # fmt: skip
    return facts, end


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_no_word_of_a_debrief_is_left_in_english(app: App, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_overlay", lambda *arguments: None)
    facts, end = facts_of(name)
    context, area = app.context, pygame.Rect(0, 0, 900, 6000)
    display = context.display
    target = pygame.Surface(area.size)
    context.session.other_end = end
    with noted() as lines:
        debrief_verdict.draw(display, target, area, facts, text_right=880)
        component_scores.draw(display, target, area, facts)
        critical_moments.draw(context, target, area, facts)
        debrief_advice.draw(context, target, area, facts)
        other_end.draw(context, target, area)
        dose_ledger.draw(context, target, area, facts)
        published_comparison.draw(display, target, area, facts)
    assert len(lines) > 30
    assert {line.text: words for line in lines if (words := left_in_english(line.text))} == {}


def test_the_check_finds_english() -> None:
    assert left_in_english("Nobody was treated by the needle") != []
    assert left_in_english(OwnWords("pushed towards the dura")) != []
    assert left_in_english("The dura was punctured.") == []


@pytest.mark.parametrize("size", [(1280, 720), (1600, 900)])
def test_a_german_debrief_is_whole(app: App, size: tuple[int, int]) -> None:
    app.context.session.debrief = made_up.debrief()
    app._resize(size)
    app.show(ScreenName.DEBRIEF)
    lines = drawn(app)
    assert cut(lines, pygame.Rect(0, 0, *size)) == []
    assert overlaps(lines) == []
