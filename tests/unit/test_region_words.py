"""Every text that a case can show: words know the region, no field is left open, no unit stands without its number."""

from __future__ import annotations

import re

import pytest

from phantoms.phantom import Label
from simulator.engine.events import NeedleMoved, PatientSpoke
from simulator.gui.panels.needle_pictures import _centimetres
from simulator.patient.sensation import every_word, words_in
from simulator.report.event_words import event_words
from simulator.report.metric_rows import NO_VALUE, metric_row
from simulator.report.tissue_words import DEEP_FAT_MM, FLAVUM_MM, tissue_words
from simulator.scenario.load import load_scenario
from simulator.scenario.shipped import shipped_scenario_path, shipped_scenarios
from simulator.scenario.text_words import fill_in
from simulator.vocabulary.levels import Region
from simulator.vocabulary.patient import Sensation
from simulator.wording.english import ENGLISH
from tests.golden.sessions import golden_names, read_golden

UNIT = r"(?:mm|cm|mL|mSv|µSv|mGy·cm|mGy|kV|mAs|kPa|min|s|°|%)"
LONE_UNIT = re.compile(rf"(?:^|[:,(–] ?){UNIT}(?:$|[ ,.;)])")
OPEN_FIELD = re.compile(r"\{[a-z_]+\}")
WRONG_IN_A_NECK = ("in my back", "both legs", "my leg", "from my back")


def faults(text: str) -> list[str]:
    """What is wrong with one text, whatever the case."""
    found = [f"open field {field}" for field in OPEN_FIELD.findall(text)]
    found += ["0½"] if "0½" in text.replace("10½", "").replace("20½", "") else []
    found += ["unit without a number"] if LONE_UNIT.search(text) else []
    return found


@pytest.mark.parametrize("text", ["a leak at {level}", "0½ cm", "reached: mm", "mm"])
def test_a_fault_is_found(text):
    assert faults(text)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_texts_of_a_case_are_filled_in(name):
    scenario = load_scenario(shipped_scenario_path(name)).scenario_for(1)
    texts = [scenario.title, scenario.text.request, *(fact.words for fact in scenario.fact)]
    for text in texts:
        assert faults(fill_in(text, scenario.leak.level, scenario.leak.side)) == []
    for feeling in Sensation:
        if scenario.region == Region.CERVICAL:
            assert not any(wrong in words_in(scenario.region, feeling) for wrong in WRONG_IN_A_NECK)


def test_every_word_of_a_patient_is_known_beforehand():
    said = {words_in(region, feeling) for region in Region for feeling in Sensation}
    assert said <= set(every_word())


@pytest.mark.parametrize("name", golden_names())
def test_a_golden_session_is_told_in_words_of_its_region(name):
    record = read_golden(name)
    neck = record.header.resolved["region"] == "cervical"
    for event in record.events:
        text = event_words(event)
        assert faults(text) == []
        if neck and isinstance(event, PatientSpoke):
            assert not any(wrong in text for wrong in WRONG_IN_A_NECK)
        if isinstance(event, NeedleMoved):
            tissue = tissue_words(event)
            assert tissue in text
            assert not (tissue == "subcutaneous fat" and event.dura_mm < DEEP_FAT_MM)
            assert not (tissue == "muscle" and 0.0 <= event.dura_mm < FLAVUM_MM)
    if record.scorecard is not None:
        for metric in record.scorecard.metrics:
            row = metric_row(metric)
            assert (row.value != NO_VALUE) or row.unit == ""
            assert OPEN_FIELD.findall(row.reference + row.source + row.name) == []


def test_tissues_have_their_names():
    known = {label.name.replace("_", " ").lower() for label in Label}
    assert {"subcutaneous fat", "muscle"} <= known


def test_catalogue_texts_leave_no_field_open_that_nothing_fills():
    plain = [
        *(text for words in ENGLISH.lessons.values() for text in (words.fix, words.keep)),
        *(text for words in ENGLISH.caps.values() for text in (words.reason, words.meaning, words.fix)),
        *ENGLISH.remedies.values(),
    ]
    assert [text for text in plain if faults(text)] == []


@pytest.mark.parametrize(("mark_mm", "words"), [(0, "0"), (5, "½"), (10, "1"), (45, "4½"), (105, "10½")])
def test_marks_of_a_needle_are_read_in_half_centimetres(mark_mm, words):
    assert _centimetres(mark_mm) == words
