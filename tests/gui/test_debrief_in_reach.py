"""The debrief at the least size: the whole verdict, every near miss and exposure in reach, sums that agree, ways on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pygame
import pytest

from simulator.gui.app import App
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.session_state import StartChoice
from simulator.gui.debrief_facts import CriticalMoment, DoseRow
from simulator.gui.panels import dose_ledger
from simulator.interface import commands as c
from simulator.vocabulary.procedure import DosePhase, Phase
from tests.gui import made_up
from tests.gui.scripted import Hand, Scripted, after, first_view
from tests.gui.text_on_screen import drawn

LONG = (
    "Blood left the bevel in the epidural space at the level of the leak.",
    "You pushed 12 mm after the last look and came to 0.4 mm of the dura; take the last millimetres in single steps.",
    "The patient said at 8.2 mL that there was pressure, and 3.1 mL more went in after that.",
    "Of 14 presses five showed a needle that had not moved since the press before.",
    "The time-out left out allergy, and nobody asked for legs and bladder before the patient went.",
    "Legs and bladder were as before on the next day, and the headache was better.",
)


def _row(at_ms: int, phase: DosePhase, dlp: float, *, counts: bool = True) -> DoseRow:
    return DoseRow(
        at_ms=at_ms, phase=phase, words=f"Press {at_ms}", mas=15.0, ctdi_vol_mgy=1.0, dlp_mgy_cm=dlp,
        effective_dose_msv=0.02, counts_toward_dose=counts,
    )  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    app = App(None, size=(1280, 720), desk=made_up.MadeUpDesk())
    context = app.context
    context.session.chosen = StartChoice(card=made_up.MadeUpDesk().cards()[0], learner="r-17")
    context.perceived.history.take(None, replace(made_up.view(), phase=Phase.CLOSED))
    facts = made_up.debrief()
    moments = tuple(
        CriticalMoment(at_ms=1000 * k, warns=True, words=f"Near miss number {k}", reasons=("it was so " * 12,), image=1)
        for k in range(12)
    )
    rows = (
        _row(1, DosePhase.MYELOGRAPHY, 100.0, counts=False), _row(2, DosePhase.PLANNING, 20.0),
        *(_row(k, DosePhase.GUIDANCE, 1.2) for k in range(3, 23)),
        *(_row(k, DosePhase.CONFIRMATION, 1.2) for k in range(23, 28)),
    )  # fmt: skip
    context.session.debrief = replace(
        facts,
        verdict=replace(
            facts.verdict, headline="Epidural, but late: " + LONG[0], sentences=LONG, cap=("Limited to 70.",)
        ),
        moments=moments,
        dose_rows=rows,
        dlp_by_phase={DosePhase.PLANNING: 20.0, DosePhase.GUIDANCE: 24.0, DosePhase.CONFIRMATION: 6.0},
    )
    app.show(ScreenName.DEBRIEF)
    app.step()
    yield app
    pygame.display.quit()


def _wheel(app: App, at: tuple[int, int], by: int) -> None:
    pygame.mouse.set_pos(at)
    app.step()
    pygame.event.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=by, flipped=False))
    app.step()


def test_every_word_of_the_verdict_is_there(app: App) -> None:
    said = " ".join(line.text for line in drawn(app))
    for sentence in LONG:
        assert sentence in said.replace("  ", " ")
    assert "Limited to 70." in said


def test_the_last_near_miss_and_the_last_exposure_are_in_reach(app: App) -> None:
    assert not any("Near miss number 11" in line.text for line in drawn(app))
    for _ in range(11):
        _wheel(app, app.screen._moments.center, -1)
    assert any("Near miss number 11" in line.text for line in drawn(app))
    for _ in range(40):
        _wheel(app, app.screen._ledger.center, -1)
    lines = drawn(app)
    assert any("Press 27" in line.text for line in lines)
    inside = app.screen._ledger
    assert all(inside.contains(line.ink) for line in lines if line.text.startswith("Press "))


def test_rows_bars_and_sum_of_the_ledger_agree(app: App) -> None:
    facts = app.context.session.debrief
    by_phase: dict[DosePhase, float] = {}
    for row in facts.dose_rows:
        if row.counts_toward_dose:
            by_phase[row.phase] = by_phase.get(row.phase, 0.0) + row.dlp_mgy_cm
    shown = dose_ledger.bar_phases(facts)
    assert set(by_phase) <= set(shown), "no phase with a dose is without a bar"
    texts = [line.text for line in drawn(app)]
    for phase, dlp in by_phase.items():
        assert f"{dlp:.1f}" in texts, f"{phase}: the bar says what its rows add up to"
    assert f"{sum(by_phase.values()):.1f}" in texts


def test_presses_of_confirmation_are_marked_as_such(app: App) -> None:
    for _ in range(40):
        _wheel(app, app.screen._ledger.center, -1)
    texts = [line.text for line in drawn(app)]
    assert "Press 27, confirmation" in texts
    for _ in range(40):
        _wheel(app, app.screen._ledger.center, 1)
    texts = [line.text for line in drawn(app)]
    assert "Press 1, given" in texts
    assert "Press 3, guidance" in texts


def test_the_menu_and_the_debrief_lead_on(app: App) -> None:
    labels = [placed.label for placed in app.screen._placed]
    assert {"Again", "Next case", "Report", "Menu"} <= set(labels)
    app.show(ScreenName.MENU)
    app.step()
    open_now = [placed.label for placed in app.screen._placed if placed.reason is None]
    assert {"This case again", "The next case", "All cases, and the learner's sessions", "Leave"} <= set(open_now)
    app.show(ScreenName.DEBRIEF)
    app.step()


def test_finish_with_the_needle_in_is_asked_about() -> None:
    view = first_view()
    for command in (c.PlaceNeedle(), c.Advance(distance_mm=20.0)):
        view = after(view, command, 9)
    hand = Hand(Scripted(view))
    hand.go("guidance")
    hand.key(pygame.K_ESCAPE)
    hand.key(pygame.K_F10)
    assert hand.app.name == "question"
    assert "needle is in the patient" in hand.context.notices.question
    hand.key(pygame.K_n)
    assert hand.app.name == "guidance"
    assert hand.procedure.names == []
    hand.key(pygame.K_ESCAPE)
    hand.key(pygame.K_F10)
    hand.key(pygame.K_RETURN)
    assert hand.procedure.names == ["Finish"]
    hand.until(lambda: hand.app.name == "debrief")
    hand.leave()


def test_the_phase_bar_ticks_what_happened_and_nothing_else() -> None:
    view = first_view()
    hand = Hand(Scripted(view))
    for command in (c.PlaceNeedle(), c.PressPedal(), c.DrawBlood(), c.InjectBlood(volume_ml=3.0)):
        hand.context.send(command)
        hand.settle()
    happened = hand.context.perceived.history.happened
    assert happened == {Phase.GUIDANCE, Phase.INJECTION}
    assert Phase.MYELOGRAPHY not in happened
    assert Phase.PLANNING not in happened
    hand.leave()


def test_stopping_with_a_reason_and_telling_go_into_the_record() -> None:
    view = first_view()
    for command in (c.PlaceNeedle(), c.Advance(distance_mm=20.0)):
        view = after(view, command, 9)
    hand = Hand(Scripted(view))
    hand.go("tell")
    hand.key(pygame.K_a)
    assert hand.procedure.names == ["TellPatient"]
    assert hand.app.name != "tell"
    hand.go("stop")
    hand.key(pygame.K_c)
    out, end = hand.procedure.done[-2:]
    assert isinstance(out, c.Withdraw), "the needle comes out first"
    assert end == c.Finish(stopped_for="dural puncture")
    hand.leave()


def test_facts_of_the_chart_and_of_the_time_out_are_shown() -> None:
    from simulator.vocabulary.patient_facts import FactKind, PatientFact

    told = PatientFact(kind=FactKind.HISTORY, words="six weeks of headache")
    found = PatientFact(kind=FactKind.DRUG, words="apixaban, last dose this morning")
    view = first_view()
    view = replace(view, case=replace(view.case, facts=(told,)))
    hand = Hand(Scripted(view))
    texts = " ".join(line.text for line in drawn(hand.app))
    assert "six weeks of headache" in texts
    assert "apixaban" not in texts
    hand.key(pygame.K_7)  # coagulation is left out
    hand.procedure.now = replace(hand.procedure.now, facts_read=(found,))
    hand.key(pygame.K_2)
    time_out = hand.procedure.done[-1]
    assert isinstance(time_out, c.TimeOut)
    assert not time_out.coagulation
    assert time_out.allergy
    texts = " ".join(line.text for line in drawn(hand.app))
    assert "apixaban, last dose this morning" in texts
    assert "1 from the time-out" in texts
    hand.leave()
