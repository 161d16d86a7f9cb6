"""Blood in the sac, under the dura, in a vein, in muscle, in a foramen: each is reached by a script, and is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.engine import events as e
from simulator.engine.advance import plain
from simulator.engine.session import Session, drive
from simulator.interface import commands as c
from simulator.operators import operator_named
from simulator.records.runs import score_session
from simulator.report.procedure_marks import read_marks
from simulator.report.verdict import Verdict, verdict
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import load_scenario
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.scoring import CapId
from simulator.wording.english import ENGLISH
from tests.conftest import PATIENT_2, PROJECT
from tests.needle_in import needle_in
from tests.procedures import run

BLOOD: tuple[c.Command, ...] = (
    c.DrawBlood(volume_ml=10.0),
    c.MixContrast(volume_ml=0.5),
    c.InjectBlood(volume_ml=4.0),
    c.StopInjection(),
    c.Withdraw(distance_mm=120.0),
    c.OrderAftercare(flat_hours=6.0),
    c.Finish(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A procedure, its scorecard and its verdict."""

    session: Session
    card: Scorecard
    said: Verdict

    @property
    def text(self) -> str:
        """All that the verdict says."""
        return " ".join([self.said.headline, *self.said.sentences, self.said.cap or ""])


def told(case: Case, session: Session) -> Told:
    card = score_session(case, session, "script")
    return Told(session=session, card=card, said=verdict(case.world, card, read_marks(case.world, session.events)))


@pytest.fixture(scope="module")
def treated(patient_2: Case) -> Callable[[str], Told]:
    made: dict[str, Told] = {}

    def treat(compartment: str) -> Told:
        if compartment not in made:
            session = needle_in(patient_2.world, compartment)
            run(session, BLOOD)
            made[compartment] = told(patient_2, session)
        return made[compartment]

    return treat


@pytest.mark.parametrize(
    ("compartment", "harm", "headline", "leads_to", "cap"),
    [
        ("intrathecal", "intrathecal_injection", "Intrathecal: ", "can inflame them", CapId.INTRATHECAL_BLOOD),
        ("subdural", "subdural_injection", "Subdural: ", "lies under the dura", CapId.SUBDURAL_BLOOD),
        (
            "vessel",
            "intravascular_injection",
            "Outside the epidural space: ",
            "carries it away",
            CapId.BLOOD_IN_VEIN,
        ),
        ("soft tissue", None, "Outside the epidural space: ", "aches for days", CapId.TOKEN_VOLUME),
    ],
)
def test_blood_elsewhere_seals_nothing_and_the_report_says_where_it_went(
    treated: Callable[[str], Told], compartment: str, harm: str | None, headline: str, leads_to: str, cap: CapId
) -> None:
    one = treated(compartment)
    portions = [x for x in one.session.events if isinstance(x, e.MaterialInjected)]
    assert {x.compartment for x in portions} == {compartment}
    assert one.card.placement.compartment == compartment
    assert one.card.outcome.seal_probability == 0.0
    assert not one.card.outcome.relief
    kinds = {x.kind for x in one.card.complications}
    assert harm is None or harm in kinds
    assert one.said.headline.startswith(headline)
    assert "4 mL went into " in one.text
    assert leads_to in one.text
    assert {cap, CapId.TOKEN_VOLUME} <= set(one.card.caps), "what went elsewhere has treated nothing"
    assert ENGLISH.caps[cap].meaning in (one.said.cap or "")


def test_muscle_hurts_where_it_is_tight_and_is_no_nerve(treated: Callable[[str], Told]) -> None:
    words = [x.feeling for x in treated("soft tissue").session.events if isinstance(x, e.PatientSpoke)]
    assert "pain" in words
    assert "severe pain" not in words, "what shoots into both legs comes of pressed roots"
    vein = [x.feeling for x in treated("vessel").session.events if isinstance(x, e.PatientSpoke)]
    assert set(vein) <= {"skin prick"}, "blood in a vein is not felt"


@pytest.mark.slow  # another patient is built and planned
def test_blood_in_a_foramen_covers_the_sleeve_and_is_said_to_lie_there() -> None:
    path = PROJECT / "scenarios" / "patient-3.toml"
    file = load_scenario(path)
    case = build_case(file.scenario_for(1), name=file.name, seed=1, location=str(path), folder=path.parent)
    session = Session(case.world)
    drive(session, operator_named("quick-check"))
    one = told(case, session)
    portions = [x for x in session.events if isinstance(x, e.MaterialInjected) and x.material == "blood"]
    assert {x.compartment for x in portions} == {"foramen"}
    assert portions[-1].covered_share > 0.5
    assert one.said.headline.startswith("In the foramen")
    assert one.card.outcome.seal_probability > 0.5
    assert ("along the roots" in one.text) == (portions[-1].escaped_ml >= 0.5)


# the same by a file of commands


def by_script(tmp_path: Path, commands: list[c.Command]) -> tuple[int, Path]:
    """Exit code and folder of `run --commands`, exact hands."""
    scenario, script, out = tmp_path / "patient-2.toml", tmp_path / "script.jsonl", tmp_path / "out"
    scenario.write_text(PATIENT_2.read_text() + '\n[hands]\nkind = "exact"\n')
    script.write_text("".join(json.dumps(plain(command)) + "\n" for command in commands))
    return main(["run", str(scenario), "--commands", str(script), "--seed", "1", "--out", str(out)]), out


def refusals(out: Path) -> list[str]:
    lines = [json.loads(line) for line in (out / "session.jsonl").read_text().splitlines()]
    bodies = [line.get("body", line) for line in lines]
    return [body["reason"] for body in bodies if isinstance(body, dict) and body.get("event") == "CommandRefused"]


def test_bad_input_of_an_injection_has_a_defined_answer_by_script(tmp_path: Path) -> None:
    code, out = by_script(
        tmp_path,
        [
            c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L3/4", angle_deg=22.0),
            c.Advance(distance_mm=30.0),
            c.DrawBlood(volume_ml=4.0),
            c.InjectBlood(volume_ml=2.0),  # the stylet is in
            c.RemoveStylet(),
            c.InjectBlood(volume_ml=5.0),  # more than the syringe holds
            c.Wait(duration_s=320.0),
            c.InjectBlood(volume_ml=2.0, rate_ml_per_s=1.0),  # no hand
            c.Wait(duration_s=320.0),
            c.InjectBlood(volume_ml=2.0, rate_ml_per_s=0.1),  # clotted
            c.Withdraw(distance_mm=120.0),
            c.PlaceNeedle(entry_from_midline_mm=12.0, side="right", level="L3"),
            c.Advance(distance_mm=70.0),  # until the lamina stops it
            c.RemoveStylet(),
            c.DrawBlood(volume_ml=4.0),
            c.InjectBlood(volume_ml=1.0),  # against bone
            c.Withdraw(distance_mm=120.0),
            c.Finish(),
        ],
    )
    assert code == 0
    reasons = refusals(out)
    assert len(reasons) == 5, reasons
    for words, reason in zip(
        ("stylet is in", "holds 4.0 mL, not 5 mL", "no hand presses", "clotted", "against bone"), reasons, strict=True
    ):
        assert words in reason
    card = json.loads((out / "scorecard.json").read_text())
    assert card["cap_reason"].split("; ") == [
        "not treated: no blood was injected",
        "skin punctured without a time-out or without disinfection",
        "pushed towards the dura without looking",
    ]
    assert (out / "report.html").stat().st_size > 10_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("compartment", "words"),
    [("intrathecal", "the blood went inside the dura"), ("soft tissue", "the blood went into soft tissue")],
)
def test_the_same_by_a_file_of_commands(tmp_path: Path, patient_2: Case, compartment: str, words: str) -> None:
    session = needle_in(patient_2.world, compartment)
    run(session, BLOOD)
    code, out = by_script(tmp_path, [step.command for step in session.steps])
    assert code == 0
    card = json.loads((out / "scorecard.json").read_text())
    assert card["placement"]["compartment"] == compartment
    assert words in (out / "report.html").read_text()
