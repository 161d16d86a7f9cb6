"""No text is cut, leaves the window or lies over other text: on every screen, at every size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pygame
import pytest

from simulator.gui.app import App
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.session_state import StartChoice
from simulator.gui.context.teaching_state import LessonPart, LessonState
from simulator.gui.drawing.language import ENGLISH_CODE, GERMAN_CODE, Language, OwnWords
from simulator.gui.input.lesson_pages import pages
from simulator.gui.screens.button_frame import GESTURE
from simulator.gui.screens.help import HelpScreen
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.patient.sensation import every_word
from simulator.vocabulary.scanners import ScannerPreset
from tests.gui import made_up
from tests.gui.text_on_screen import cut, drawn, must_fit, overlaps

SIZES = [(1280, 720), (1600, 900), pytest.param((3840, 2160), marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """A window with something to show on every screen, and nobody behind it."""
    app = App(None, size=(1280, 720), desk=made_up.MadeUpDesk())
    context = app.context
    context.session.chosen = StartChoice(card=made_up.MadeUpDesk().cards()[0], learner="r-17")
    context.perceived.history.take(None, made_up.taught())
    for command in (c.PlaceNeedle(), c.Advance(distance_mm=1.5), c.InjectBlood(volume_ml=8.0), c.Aspirate()):
        context.perceived.history.take(command, made_up.taught())
    for entry, slices in zip(made_up.view().console.acquired, (9, 3), strict=True):
        context.perceived.ask_for(entry)
        context.perceived.keep(entry.number, tuple(range(slices)), made_up.frame(slices))
    context.session.debrief = made_up.debrief()
    context.notices.question = (
        "A planning scan was taken at 14:03:20. Another one costs 20.7 mGy·cm more, booked as guidance. Take it?"
    )
    yield app
    pygame.display.quit()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", list(ScreenName))
def test_no_text_is_cut_or_lies_over_other_text(app: App, name: ScreenName, size: tuple[int, int]) -> None:
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, w=size[0], h=size[1], size=size))
    app.step()
    app._resize(size)
    app.show(name)
    app.step()
    must_fit(app, size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("code", [ENGLISH_CODE, GERMAN_CODE])
@pytest.mark.parametrize("part", list(LessonPart))
def test_every_page_of_a_lesson_fits(app: App, part: LessonPart, code: str, size: tuple[int, int]) -> None:
    app._language = app.context.display.language = code
    app.context.teaching.lesson = LessonState(part=part)
    try:
        for page in range(len(pages(app.context))):
            app.context.teaching.lesson = LessonState(part=part, page=page, typed="3.5")
            test_no_text_is_cut_or_lies_over_other_text(app, ScreenName.LESSON, size)
    finally:
        app._language = app.context.display.language = ENGLISH_CODE
        app.context.teaching.lesson = LessonState()
        app._resize(app.surface.get_size())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("code", [ENGLISH_CODE, GERMAN_CODE])
def test_every_option_of_the_beam_fits(app: App, code: str, size: tuple[int, int]) -> None:
    """A partial scan with protection of the hand and reduction of metal, in a gantry that leans."""
    view = made_up.taught()
    options = {"scan_arc_deg": 240, "hand_protection": True, "metal_artefact_reduction": True, "gantry_tilt_deg": -20.0}
    console = replace(view.console, settings=replace(view.console.settings, **options), scanner=ScannerPreset.ROWS_320)
    app.context.perceived.history.take(None, replace(view, console=console))
    app._language = app.context.display.language = code
    try:
        test_no_text_is_cut_or_lies_over_other_text(app, ScreenName.GUIDANCE, size)
        told = [line.text for line in drawn(app)]
        assert any("-20°" in text and "240°" in text for text in told)
        assert any("320" in text for text in told)
    finally:
        app._language = app.context.display.language = ENGLISH_CODE
        app.context.perceived.history.take(None, view)


def test_the_measure_finds_text_over_text(app: App) -> None:
    """The check itself can fail."""
    lines = drawn(app)
    twice = [*lines, type(lines[0])("another word", lines[0].area.move(4, 1))]
    assert overlaps(twice)


SAME = re.compile(
    r"\b(mm|mL|mA|kV|mAs|mGy|cm|mSv|µSv|HU|inv|DLP|CTDIvol|Ctrl|Shift|Esc|Enter|Tab|PgUp|PgDn|Del)\b"
    r"|\b[A-Z]?[a-z]?\d*\b|[^A-Za-zÄÖÜäöüß]"
)
"""Figures, units, keys, levels and letters on pictures, which are the same in every language."""

OF_THE_CASE = (
    "Count levels from",
    "–  Count levels from",
    "Stop at the first word",
    "–  Stop at the first word",
    "The needle's length is",
    "The legs were asked",
    "A made-up patient",
    "Case ",
    "Leak at L3/4",
    "“",
    "20G",
    "Orthostatic",
    "headache",
    "r-1",
    "count levels",
    "– count levels",
    "There is pressure in my back.",
    "Language: English",
)
"""What a case, a patient or a report says is in the language in which it was written."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", list(ScreenName))
def test_german_fits_too(app: App, name: ScreenName, size: tuple[int, int]) -> None:
    app._language = app.context.display.language = GERMAN_CODE
    try:
        test_no_text_is_cut_or_lies_over_other_text(app, name, size)
    finally:
        app._language = app.context.display.language = ENGLISH_CODE
        app._resize(app.surface.get_size())


@pytest.mark.parametrize("name", [name for name in ScreenName if name is not ScreenName.DEBRIEF])
def test_german_is_complete(app: App, name: ScreenName) -> None:
    """Every word that the window prints by itself has one; the debrief's sentences are the report's."""
    language = Language(GERMAN_CODE)
    asked = _texts_in_german(app, name)
    known = set(language._words.values())
    missing = sorted(
        text
        for text in asked
        if language.translate(text) == text
        and text not in known
        and not language.knows(text)
        and SAME.sub("", text)
        and not text.startswith(OF_THE_CASE)
    )
    assert missing == []


OWN_ENGLISH = frozenset(
    word for text in Language(GERMAN_CODE)._words for word in re.findall(r"[A-Za-z]{2,}", text)
) - frozenset(word for text in Language(GERMAN_CODE)._words.values() for word in re.findall(r"[A-Za-z]{2,}", text))
"""Words that stand in the window's English and nowhere in its German: where one is printed, something was left out."""


def left_in_english(language: Language, text: str) -> list[str]:
    """Words of a text that stay English once it is translated."""
    if isinstance(text, OwnWords) or text.startswith(OF_THE_CASE):
        return []
    return [word for word in re.findall(r"[A-Za-z]{2,}", language.translate(text)) if word in OWN_ENGLISH]


@pytest.mark.parametrize("name", [name for name in ScreenName if name is not ScreenName.DEBRIEF])
def test_no_sentence_is_half_german(app: App, name: ScreenName) -> None:
    """What is printed, and what a key's words, its hint, its reason and a gesture say in the help."""
    language = Language(GERMAN_CODE)
    asked = {text: left_in_english(language, text) for text in _texts_in_german(app, name)}
    app.show(name)
    for action in app.screen.actions:
        for text in (action.label.removeprefix("✓  "), action.hint, action.why_not() or "", action.asks() or ""):
            asked[text] = left_in_english(language, text)
    for text in (one for pair in (*app.screen.gestures, GESTURE) for one in pair):
        asked[text] = left_in_english(language, text)
    assert {text: words for text, words in asked.items() if words} == {}


@pytest.mark.parametrize("code", [ENGLISH_CODE, GERMAN_CODE])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "name", [name for name in ScreenName if name.value not in ("start", "loading", "drill", "help", "menu")]
)
def test_the_help_of_every_screen_is_whole(app: App, name: ScreenName, size: tuple[int, int], code: str) -> None:
    app._language = app.context.display.language = code
    try:
        app._resize(size)
        app.show(ScreenName.MENU)
        app.show(name)
        help_screen = app.screens[ScreenName.HELP]
        assert isinstance(help_screen, HelpScreen)
        help_screen.speak_of(app.screen)
        app.show(ScreenName.HELP)
        lines = drawn(app)
        assert cut(lines, pygame.Rect(0, 0, *size)) == []
        assert overlaps(lines) == []
        said = " ".join(line.text for line in lines)
        say = app.context.display.type.say
        missing = [words for _, words in help_screen.entries if any(w not in said for w in say(words).split())]
        assert help_screen.entries
        assert missing == []
    finally:
        app._language = app.context.display.language = ENGLISH_CODE
        app._resize((1280, 720))


def test_every_command_has_its_german() -> None:
    language = Language(GERMAN_CODE)
    for kind in get_args(Command):
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
        assert language.translate(name) != name, name


def _texts_in_german(app: App, name: ScreenName) -> set[str]:
    """What a screen prints, without the lines into which longer texts were broken."""
    asked: set[str] = set()
    pieces: set[str] = set()
    app._language = app.context.display.language = GERMAN_CODE
    try:
        app._resize(app.surface.get_size())
        write = app.context.display.type
        say, wrapped = write.say, write.wrapped

        def noting(text: str) -> str:
            if not isinstance(text, OwnWords):
                asked.add(text)
            return say(text)

        def breaking(text: str, *arguments: Any, **more: Any) -> list[str]:
            lines = wrapped(text, *arguments, **more)
            pieces.update(line for line in lines if line != text)
            return lines

        write.say, write.wrapped = noting, breaking  # type: ignore[method-assign]
        app.show(ScreenName.MENU if name is not ScreenName.MENU else ScreenName.HELP)
        app.show(name)
        app.step()
        app.draw()
    finally:
        app._language = app.context.display.language = ENGLISH_CODE
        app._resize(app.surface.get_size())
    return asked - pieces


def test_a_patient_speaks_german_too() -> None:
    language = Language(GERMAN_CODE)
    for words in every_word():
        said = language.translate(f"“{words}”")
        assert said.startswith("„"), words
        assert language.translate(words) != words, words
        assert not re.search(r"\b(my|the|shot|left|right)\b", said), said
    assert language.translate("Ow! That shot down my left shin.") == "Au! Das schoss das Schienbein hinab, links."


def test_what_an_author_wrote_is_never_translated(app: App) -> None:
    language = Language(GERMAN_CODE)
    words = "Looks are never far apart, and 3 more"
    assert language.translate(words) != words, "the check itself can fail"
    assert language.translate(OwnWords(words)) == words
    assert all(isinstance(line, OwnWords) for line in app.context.display.type.wrapped(OwnWords(words), 14, 80))


def test_german_writes_a_comma_in_decimal_numbers_only() -> None:
    german = Language(GERMAN_CODE)
    assert german.translate("1.15 mGy") == "1,15 mGy"
    assert german.translate("z 415.4 mm, -0.5") == "z 415,4 mm, -0,5"
    assert german.translate("Beam on 1.5 s") == "Strahl 1,5 s"
    for same in ("version 1.2.3", "2026.12.01", "14:04:35", OwnWords("0.5 mL of mine")):
        assert german.translate(same) == same
    assert Language(ENGLISH_CODE).translate("1.15 mGy") == "1.15 mGy"


def test_the_three_slices_have_the_letters_of_their_tiles(app: App) -> None:
    app._language = app.context.display.language = GERMAN_CODE
    try:
        app._resize((1600, 900))
        app.show(ScreenName.GUIDANCE)
        texts = [line.text for line in drawn(app)]
    finally:
        app._language = app.context.display.language = ENGLISH_CODE
        app._resize((1280, 720))
    assert {"O", "M", "U"} <= set(texts), "OBEN, MITTE, UNTEN"


def test_every_sentence_of_the_window_has_its_german_with_the_same_gaps() -> None:
    """A gap that is lost would lose a number or a place."""
    catalogue = Language(GERMAN_CODE)._words
    for english, german in catalogue.items():
        gaps = re.findall(r"\{\d*\}", german)
        assert len(gaps) == english.count("{}"), english
