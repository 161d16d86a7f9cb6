"""Learning platforms and tables: statements, package, gradebook, long table, replay."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
import uuid
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from pyarrow import parquet

from simulator.engine.events import AcquisitionMade, SkinPunctured
from simulator.export.finished_session import FinishedSession
from simulator.export.ground_truth.leak_answer import leak_answers
from simulator.export.learning.judgement import clamped_score, passes
from simulator.export.learning.questions import answer_digest, least_worth, session_questions
from simulator.export.press_replay import replayed_presses
from simulator.export.tables.long_table import MEANINGS, session_rows
from simulator.report.procedure_marks import read_marks
from tests.browser.chromium import browser
from tests.export.npm_schemas import manifest_faults, needs_schemas, statement_warnings
from tests.export.replay_page import shown_figures
from tests.export.scorm_runtime import played

IMSCP = "{http://www.imsproject.org/xsd/imscp_rootv1p1p2}"
ADLCP = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}"


def test_statements_tell_the_session_in_its_order(finished: FinishedSession, exported: Path) -> None:
    statements = json.loads((exported / "xapi.json").read_text())
    verbs = [one["verb"]["id"].rpartition("/")[2] for one in statements]
    presses = [e for e in finished.session.events if isinstance(e, AcquisitionMade) and e.purpose == "fluoroscopy"]
    punctures = [e for e in finished.session.events if isinstance(e, SkinPunctured)]
    assert verbs[0] == "initialized"
    assert verbs[-2:] == ["completed", "passed" if passes(finished.card) else "failed"]
    assert verbs.count("irradiated") == len(presses)
    assert verbs.count("punctured") == len(punctures) == 1
    times = [datetime.fromisoformat(one["timestamp"]) for one in statements]
    assert times == sorted(times)
    assert times[0].isoformat() == "2000-01-01T08:00:00+00:00"


def test_statements_have_the_form_of_the_standard(finished: FinishedSession, exported: Path) -> None:
    """xAPI 1.0.3, part two: required parts, identifiers that are such, a score within its range."""
    statements = json.loads((exported / "xapi.json").read_text())
    assert len({one["id"] for one in statements}) == len(statements)
    for one in statements:
        assert set(one) <= {"id", "version", "actor", "verb", "object", "context", "timestamp", "result"}
        uuid.UUID(one["id"])
        uuid.UUID(one["context"]["registration"])
        assert one["version"] == "1.0.3"
        assert set(one["actor"]) == {"objectType", "account"}
        uuid.UUID(one["actor"]["account"]["name"])
        assert re.fullmatch(r"https?://\S+", one["verb"]["id"])
        assert one["object"]["objectType"] == "Activity"
        for address in one.get("result", {}).get("extensions", {}):
            assert address.startswith("https://")
    score = statements[-1]["result"]["score"]
    assert score["min"] <= score["raw"] <= score["max"]
    assert score["scaled"] == pytest.approx(score["raw"] / 100.0)
    assert score["raw"] == clamped_score(finished.card)


def test_a_package_is_what_its_manifest_says(exported: Path) -> None:
    with zipfile.ZipFile(exported / "scorm.zip") as package:
        manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
        names = set(package.namelist())
        assert package.namelist()[0] == "imsmanifest.xml"
    assert manifest.findtext(f"{IMSCP}metadata/{IMSCP}schemaversion") == "1.2"
    (resource,) = manifest.iter(f"{IMSCP}resource")
    assert resource.get(f"{ADLCP}scormtype") == "sco"
    assert {file.get("href") for file in resource} == names - {"imsmanifest.xml"}
    assert resource.get("href") in names
    (organizations,) = manifest.iter(f"{IMSCP}organizations")
    (organization,) = manifest.iter(f"{IMSCP}organization")
    (item,) = manifest.iter(f"{IMSCP}item")
    assert organizations.get("default") == organization.get("identifier")
    assert item.get("identifierref") == resource.get("identifier")
    identifiers = [node.get("identifier") for node in manifest.iter() if node.get("identifier")]
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", one) for one in identifiers)


@needs_schemas
def test_the_schemas_of_scorm_take_the_manifest(exported: Path) -> None:
    with zipfile.ZipFile(exported / "scorm.zip") as package:
        manifest = package.read("imsmanifest.xml")
    assert manifest_faults(manifest) == []
    assert manifest_faults(manifest.replace(b"<resources>", b"<things>").replace(b"</resources>", b"</things>")) != []


@needs_schemas
def test_the_validation_of_a_record_store_takes_every_statement(exported: Path, tmp_path: Path) -> None:
    statements = json.loads((exported / "xapi.json").read_text())
    assert statement_warnings(exported / "xapi.json") == [[]] * len(statements)
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps([{**statements[0], "actor": {"account": {"name": "x"}}}]))
    assert statement_warnings(broken) != [[]]


def test_answers_are_known_by_digests_that_tell_nothing(finished: FinishedSession) -> None:
    questions = {question.name: question for question in session_questions(finished)}
    salt = finished.identity.uuid("questions").hex
    right = leak_answers(finished.session)
    assert questions["leak"].right == tuple(sorted(answer_digest(salt, "leak", answer) for answer in right))
    assert answer_digest("", "", "") == f"{_fnv1a(b'//'):08x}"
    assert "press" in questions


def test_the_press_worth_least_is_one_before_which_nothing_moved(finished: FinishedSession) -> None:
    presses, least = least_worth(read_marks(finished.session.world, finished.session.events))
    assert set(least) <= set(presses)
    assert 3 in least  # the repeat
    assert 2 not in least  # the press after 20 mm of push


@pytest.mark.slow
@pytest.mark.skipif(browser() is None, reason="no Chromium on this machine")
def test_a_platform_is_told_status_score_time_and_end(
    finished: FinishedSession, exported: Path, tmp_path: Path
) -> None:
    right = played(exported / "scorm.zip", tmp_path / "right", leak_answers(finished.session)[0])
    assert right["calls"][0] == ["LMSInitialize", ""]
    assert right["calls"][-1] == ["LMSFinish", ""]
    told = {name: value for call, name, value in (one for one in right["calls"] if one[0] == "LMSSetValue")}
    assert told["cmi.core.lesson_status"] == ("passed" if passes(finished.card) else "failed")
    assert float(told["cmi.core.score.raw"]) == clamped_score(finished.card)
    assert (told["cmi.core.score.min"], told["cmi.core.score.max"]) == ("0", "100")
    assert re.fullmatch(r"\d{4}:\d{2}:\d{2}\.\d{2}", told["cmi.core.session_time"])
    assert told["cmi.interactions.0.result"] == "correct"
    assert right["errors"] == []
    wrong = played(exported / "scorm.zip", tmp_path / "wrong", "L1/2 right")
    told = {name: value for call, name, value in (one for one in wrong["calls"] if one[0] == "LMSSetValue")}
    assert told["cmi.interactions.0.result"] == "wrong"
    asked = {value for name, value in told.items() if name.startswith("cmi.interactions.") and name.endswith(".id")}
    assert asked == {"leak", "epidural", "press"}
    left = played(exported / "scorm.zip", tmp_path / "left", None)
    told = {name: value for call, name, value in (one for one in left["calls"] if one[0] == "LMSSetValue")}
    assert set(told) == {"cmi.core.lesson_status", "cmi.core.session_time"}
    assert told["cmi.core.lesson_status"] == "incomplete"
    assert left["calls"][-1] == ["LMSFinish", ""]
    assert [*wrong["errors"], *left["errors"]] == []


def test_tables_hold_every_value_once_and_the_dictionary_every_column(
    finished: FinishedSession, exported: Path
) -> None:
    with (exported / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    read = parquet.read_table(exported / "table.parquet").to_pylist()
    assert len(rows) == len(read) == len(session_rows(finished))
    for text, typed in zip(rows, read, strict=True):
        assert {key: text[key] for key in text if key != "value"} == {
            key: typed[key] for key in typed if key != "value"
        }
        assert (text["value"] == "") == (typed["value"] is None)
        assert text["value"] == "" or float(text["value"]) == typed["value"]
    keys = [(row["phase"], row["metric"], row["role"]) for row in rows]
    assert len(set(keys)) == len(keys)
    (score,) = [row for row in rows if row["role"] == "score"]
    assert float(score["value"]) == finished.card.score
    assert sum(row["role"] == "metric" for row in rows) == len(finished.card.metrics)
    with (exported / "table-dictionary.csv").open(newline="") as file:
        told = {row["column"]: row for row in csv.DictReader(file)}
    assert set(told) == set(rows[0]) == set(MEANINGS)
    assert {row["role"] for row in rows} <= set(told["role"]["values"].split("; "))
    assert {row["unit"] for row in rows} <= {unit.strip() for unit in told["unit"]["values"].split("; ")} | {
        *("mAs", "mGy", "mGy cm", "mSv", "s", "")
    }


def test_the_replay_shows_every_image_and_asks_for_nothing(finished: FinishedSession, exported: Path) -> None:
    page = (exported / "replay.html").read_text()
    presses = [e for e in finished.session.events if isinstance(e, AcquisitionMade) and e.purpose == "fluoroscopy"]
    assert page.count("<figure") == len(presses)
    assert page.count("<polyline") == sum(press.scene.needle is not None for press in presses)
    assert not re.search(r"(src|href)=\"(?!data:)", html.unescape(page))


@pytest.mark.slow
@pytest.mark.skipif(browser() is None, reason="no Chromium on this machine")
def test_the_replay_draws_the_course_where_the_picture_has_the_needle(exported: Path, tmp_path: Path) -> None:
    """Every picture keeps its shape, and a point of the drawing is the same pixel of the picture."""
    found = shown_figures((exported / "replay.html").read_text(), tmp_path)
    assert len(found) == len(re.findall("<figure", (exported / "replay.html").read_text())) > 5
    for one in found:
        (width, height), (left, top, right, bottom) = one["natural"], one["picture"]
        assert (right - left) / (bottom - top) == pytest.approx(width / height, rel=0.01)
        assert one["drawing"] == pytest.approx(one["picture"], abs=1.0)
        assert one["view"] == [0, 0, width, height]


def test_the_ring_is_at_the_needle(finished: FinishedSession) -> None:
    """Metal is the brightest of a picture; a press of a needle that is deep has it within a few pixels of the ring."""
    deep = [press for press in replayed_presses(finished) if press.tip and press.course.count(",") > 3]
    assert deep
    for press in deep:
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(press.uri.partition(",")[2]))).convert("L"))
        assert press.tip is not None
        column, row = (int(value) for value in press.tip)
        assert pixels[row - 4 : row + 5, column - 4 : column + 5].max() == 255, press.name


def _fnv1a(data: bytes) -> int:
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 % 2**32
    return value
