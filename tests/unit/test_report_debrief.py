"""The debrief: one file, every section, whatever the procedure was like."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.report.debrief import write_debrief
from simulator.scoring.rubric import Rubric, with_numbers
from simulator.scoring.score_procedure import score_procedure
from tests.unit.report_patient import session_of, tube_phantom, tube_world

SECTIONS = ("verdict", "images", "path", "dose", "metrics", "skill", "misses", "timeline", "made")
SHAPES = {"svg", "rect", "path", "line", "circle", "polygon", "text"}
VOID = {"meta", "img", "link", "br", "input", "hr"}
PLACE = c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4")
PATCH = (c.RemoveStylet(), c.DrawBlood(), c.MixContrast(), c.InjectBlood(volume_ml=3.0))


class Page(HTMLParser):
    """A strict reading of the page: what opens closes, and in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def phantom():
    return tube_phantom()


@pytest.fixture(scope="module")
def world(phantom):
    return tube_world(phantom)


def _write(session, folder, **changes):
    card = score_procedure(session.world, session.events, Rubric(), scenario="tubes", operator="tester")
    card = replace(card, **changes.pop("card", {}))
    out = folder / "report.html"
    named = {name: changes[name] for name in ("learner", "versions", "rubric") if name in changes}
    title, operator = changes.get("title", "Tubes"), changes.get("operator", "tester")
    write_debrief(session, card, out, title=title, operator=operator, **named)
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def full_commands(world):
    z = world.level_z_mm("L3/4") + world.table_zero_mm
    return (
        c.AcquirePlanningScan(levels=("L3/4", "L3/4"), slice_thickness_mm=4.0),
        c.PlanPath(approach="midline interlaminar", side="right", entry_mm=(-1.0, 45.0, z), target_mm=(0.0, 9.0, z)),
        PLACE,
        c.Advance(distance_mm=25.0),
        c.PressPedal(),
        c.Advance(distance_mm=11.0),
        c.Withdraw(distance_mm=0.5),
        c.PressPedal(),
        *PATCH,
        c.PressPedal(),
        c.StopInjection(),
        c.AcquireControlScan(length_mm=24.0),
        c.Finish(),
    )


@pytest.fixture(scope="module")
def full(world, full_commands, tmp_path_factory):
    session = session_of(world, full_commands)
    return session, _write(session, tmp_path_factory.mktemp("full"))


def test_a_full_procedure_has_every_section_in_order(full):
    page = Page(full[1])
    named = [attrs["id"] for attrs in page.named("section")]
    assert named == list(SECTIONS)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ((), "Nothing was done."),
        ((c.Finish(),), "The pedal was never pressed"),
        ((PLACE, c.Advance(distance_mm=20.0), c.PressPedal()), "the procedure was not finished"),
        ((PLACE, c.Advance(distance_mm=44.0), *PATCH, c.Finish()), "Intrathecal"),
    ],
    ids=["empty", "no press", "aborted", "intrathecal"],
)
def test_every_kind_of_procedure_has_every_section(world, tmp_path, commands, words):
    session = session_of(world, commands)
    page = Page(_write(session, tmp_path))
    expected = [name for name in SECTIONS if name != "skill" or session.events]  # of nothing no skill is measured
    assert [attrs["id"] for attrs in page.named("section")] == expected
    assert words in page.text


def test_every_press_is_shown_with_its_slices(full):
    session, text = full
    presses = [event for event in session.events if isinstance(event, e.AcquisitionMade)]
    presses = [event for event in presses if event.purpose == "fluoroscopy"]
    page = Page(text)
    alts = [attrs["alt"] or "" for attrs in page.named("img")]
    for ordinal in range(1, len(presses) + 1):
        for name in ("superior", "middle", "inferior"):
            assert any(alt.startswith(f"Image {ordinal} of CT fluoroscopy, {name} ") for alt in alts)
    assert "last image before the blood" in page.text
    assert "first image after the blood" in page.text
    assert "Control scan" in page.text
    assert "Planning scan with the planned path" in page.text


def test_print_hides_nothing_of_a_figure(full):
    text = full[1]
    printed = text[text.index("@media print") : text.index("</style>")]
    hidden = {
        name
        for rule in re.findall(r"([^{}]*)\{[^{}]*display: none", printed)
        for name in re.findall(r"\.([\w-]+)", rule)
    }
    assert hidden >= {"bar", "skip"}
    page = Page(text)
    drawn = {name for tag, attrs in page.tags if tag in SHAPES for name in (attrs.get("class") or "").split()}
    assert {"bar-own", "bar-total", "trace"} <= drawn
    assert not hidden & drawn


def test_nothing_is_loaded_from_outside(full):
    text = full[1]
    assert re.search(r"https?:", text) is None
    assert re.search(r"@import|url\(", text) is None
    for tag, attrs in Page(text).tags:
        assert tag not in ("link", "iframe", "object", "embed", "base")
        for name in ("src", "srcset", "data", "action", "xlink:href", "background", "poster"):
            assert (attrs.get(name) or "data:").startswith("data:")
        assert (attrs.get("href") or "#").startswith("#")


def test_what_users_type_is_text(world, tmp_path):
    nasty = "<script>alert(1)</script>\"'&"
    spoiled = replace(world, settings=replace(world.settings, request=nasty, derived=(nasty,)))
    session = session_of(spoiled, (c.MarkLeak(level=nasty, side="both"), PLACE, c.ChooseNeedle(needle=nasty)))
    text = _write(
        session,
        tmp_path,
        title=nasty,
        operator=nasty,
        learner=nasty,
        card={"scenario": nasty},
        versions={nasty: nasty},
    )
    page = Page(text)
    data, own = page.named("script")
    assert data == {"type": "application/json", "id": "turn-data"}
    assert own == {}
    assert "alert(1)</script>" not in text
    assert page.text.count("<script>alert(1)</script>") >= 7


def test_pictures_and_tables_can_be_read_aloud(full):
    page = Page(full[1])
    assert page.named("html")[0]["lang"] == "en"
    assert all((attrs.get("alt") or "").strip() for attrs in page.named("img"))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.named("th"))
    for attrs in page.named("svg"):
        assert attrs.get("aria-hidden") == "true" or attrs.get("aria-labelledby")
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))


def test_the_score_never_stands_without_its_vector_and_its_limits(full):
    text = Page(full[1]).text
    for name in ("Help", "Placement", "Safety", "Steps", "Dose", "Economy"):
        assert name in text
    assert "not been validated" in text
    assert "no proof of clinical competence" in text
    assert "Exact hands" in text
    assert "Derived structures" not in text


def test_a_rubric_of_its_own_is_told(world, tmp_path):
    session = session_of(world, (PLACE, c.Finish()))
    assert "a rubric of its own" not in Page(_write(session, tmp_path)).text
    own = with_numbers(Rubric(), {"needs_images": False, "cap_vein": 50.0})
    told = Page(_write(session, tmp_path, rubric=own)).text
    assert "This case has a rubric of its own. No image guidance is asked for" in told
    assert "cap_vein: 50 in place of 60." in told


def test_derived_structures_are_told(phantom, tmp_path):
    world = tube_world(phantom, derived=("thecal sac", "ligamentum flavum"))
    text = Page(_write(session_of(world, (c.Finish(),)), tmp_path)).text
    assert "Derived structures" in text
    assert "thecal sac and ligamentum flavum were computed" in text


def test_the_same_procedure_gives_the_same_file(world, tmp_path):
    commands = (PLACE, c.Advance(distance_mm=36.0), *PATCH, c.Finish())
    first = _write(session_of(world, commands), tmp_path)
    assert _write(session_of(world, commands), tmp_path) == first
    assert "f-blood" in first


class Still(Session):
    """A session whose every image is its first."""

    def frame(self, number: int) -> Frame:
        return super().frame(0)


def test_many_presses_are_thinned_and_the_file_stays_small(world, tmp_path):
    session = Still(world)
    for command in (PLACE, c.Advance(distance_mm=36.0), *[c.PressPedal()] * 30, c.Finish()):
        session.do(command)
    text = _write(session, tmp_path)
    assert "10 of 30 images are left out" in Page(text).text
    assert len(text) < 6_000_000
