"""What the scanner cannot do, asked of it in every way: scanner, command, command line. And what interrupts it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.cli import main
from simulator.ct import (
    needle_shadow_kernels,
    projector_kernels,
    quantum_noise_kernels,
    rebinning_kernels,
    reconstruction_kernels,
    transmission_kernels,
)
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.codec import command_from
from simulator.scenario import build, patient_build
from simulator.scenario.build import Case
from tests.physics.water_phantoms import water_cylinder
from tests.procedures import placed, run
from tests.settings import changed_settings

PRESS = Technique(tube_voltage_kv=120, tube_current_ma=40, rotation_s=0.5, slice_thickness_mm=2.0)


def refusal(session: Session, command: c.Command) -> str:
    (event,) = session.do(command)
    assert isinstance(event, e.CommandRefused)
    return event.reason


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tube_voltage_kv": 110}, "the console offers [80, 100, 120, 140] kV"),
        ({"tube_voltage_kv": 160}, "must lie between 80 and 140 kV"),
        ({"tube_current_ma": 150.0}, "must lie between 5 and 100 mA"),
        ({"tube_current_ma": 7.0}, "the console offers 10 to 100 mA"),
        ({"rotation_s": 0.2}, "must lie between 0.4 and 1.5 s"),
        ({"scan_arc_deg": 180}, "must lie between 240 and 360 deg"),
        ({"scan_arc_deg": 300}, "the console offers a scan over 360 or 240 degrees"),
    ],
)
def test_a_technique_out_of_range_is_refused_with_the_limits(
    patient_2: Case, settings: dict[str, Any], words: str
) -> None:
    session = Session(patient_2.world)
    before = session.state.imaging.settings
    good = {"tube_voltage_kv": 120, "tube_current_ma": 30.0, "rotation_s": 0.5}
    assert words in refusal(session, c.ChooseTechnique(**{**good, **settings}))
    assert session.state.imaging.settings == before


def test_what_the_console_does_not_offer_is_refused(patient_2: Case) -> None:
    settings = changed_settings(patient_2.world.settings, scan_arcs_deg=(360,), offers_hand_protection=False)
    session = Session(replace(patient_2.world, settings=settings))
    good = {"tube_voltage_kv": 120, "tube_current_ma": 30.0}
    assert "a scan over 360 degrees" in refusal(session, c.ChooseTechnique(**good, scan_arc_deg=240))
    assert "no hand protection" in refusal(session, c.ChooseTechnique(**good, hand_protection=True))


def test_a_table_outside_the_patient_is_refused_with_its_range(patient_2: Case) -> None:
    session = Session(patient_2.world)
    low, high = session.view().console.table_range_mm
    for to_mm in (low - 1.0, high + 1.0):
        assert f"the table reaches {low:.0f} to {high:.0f} mm" in refusal(session, c.MoveTable(to_mm=to_mm))
    assert "must lie between -3000 and 3000 mm" in refusal(session, c.MoveTable(to_mm=1e9))
    for to_mm in (low, high):
        session.do(c.MoveTable(to_mm=to_mm))
        run(session, [c.PressPedal()])
        assert session.image(session.presses()[-1]).hu.shape[0] == 3


def test_a_phantom_wider_than_the_field_is_refused_with_both_widths(
    patient_2: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = water_cylinder(520.0, planes=1, canal_half_mm=20)
    with pytest.raises(ValueError, match=r"reaches 26\d mm from the isocentre; the scanner's field ends at 24\d mm"):
        Scanner(wide)
    monkeypatch.setattr(patient_build, "_phantom", lambda *_: wide)
    with pytest.raises(UserInputError, match=r"patient: the body reaches 26\d mm"):
        build.build_case(patient_2.scenario, name="wide", seed=1, location="wide.toml", folder=tmp_path)
    script = tmp_path / "script.jsonl"
    script.write_text('{"command": "PressPedal"}\n')
    assert main(["run", "patient-2", "--commands", str(script), "--out", str(tmp_path / "out")]) == 2
    assert "the scanner's field ends at" in capsys.readouterr().err


def test_a_script_with_an_arc_that_is_no_number_is_refused_by_its_line() -> None:
    with pytest.raises(UserInputError, match="scan_arc_deg"):
        command_from(
            {"command": "ChooseTechnique", "tube_voltage_kv": 120, "tube_current_ma": 30.0, "scan_arc_deg": "half"},
            "script.jsonl:1",
        )


REST = [(1, 240), (2, 360), (4, 240)]
PLACES = [
    (projector_kernels, "central_slices"),
    (projector_kernels, "parallel_to_fan"),
    (transmission_kernels, "transmission"),
    (transmission_kernels, "add_weighted"),
    (quantum_noise_kernels, "measure"),
    (needle_shadow_kernels, "project_needle"),
    (rebinning_kernels, "rebin_full_turn"),
    (rebinning_kernels, "rebin_weighted"),
    (reconstruction_kernels, "fold"),
]


@pytest.mark.parametrize(
    ("when", "arc_deg"), [(1, 360), (2, 240), (4, 360), *(pytest.param(*one, marks=pytest.mark.slow) for one in REST)]
)
def test_an_image_that_is_interrupted_leaves_the_next_one_as_it_was(
    monkeypatch: pytest.MonkeyPatch, when: int, arc_deg: int
) -> None:
    """Ctrl-C at the first, second or fourth call of every kernel; then the image, bit for bit."""
    phantom = water_cylinder(100, planes=8, canal_half_mm=20)
    needle = SteelTube(points_mm=np.array([[0.0, 0, 3], [0, 60, 3.5]]), outer_diameter_mm=0.9)
    technique = replace(PRESS, scan_arc_deg=arc_deg)

    def image(scanner: Scanner) -> np.ndarray:
        frame = scanner.image(
            technique=technique,
            slice_centres_mm=[1.5, 3.5, 5.5, 3.0],
            needles=[needle],
            noise_key=11,
            tube_at_deg=30.0,
            centre_mm=(0.0, 0.0),
            matrix=128,
            field_of_view_mm=120.0,
        )
        return frame.hu

    expected = image(Scanner(phantom))
    interrupted = 0
    for module, name in PLACES:
        scanner, calls, real = Scanner(phantom), 0, getattr(module, name)

        def stop(*arguments: Any, real: Any = real) -> Any:
            nonlocal calls
            calls += 1
            if calls == when:
                raise KeyboardInterrupt
            return real(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(module, name, stop)
            try:
                image(scanner)
            except KeyboardInterrupt:
                interrupted += 1
        assert np.array_equal(image(scanner), expected), name
    assert interrupted >= (4 if when < 4 else 3)


def test_an_image_that_is_interrupted_leaves_the_session_and_its_dose(
    patient_2: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, undisturbed = Session(patient_2.world), Session(patient_2.world)
    told: list[int] = []
    session.watch(lambda event, _indices, _frame: told.append(event.number))
    for each in (session, undisturbed):
        run(each, [*placed(), c.PressPedal()])
    number = session.presses()[-1]
    before = session.view().console.dose

    def stop(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reconstruction_kernels, "fold", stop)
        with pytest.raises(KeyboardInterrupt):
            session.show(number)
    assert told == []
    assert session.view().console.dose == before
    assert before.dlp_mgy_cm["planning"] > 0
    assert np.array_equal(session.show(number).hu, undisturbed.show(number).hu)
    assert told == [number]
    for each in (session, undisturbed):
        each.do(c.PressPedal())
    assert session.state.digest == undisturbed.state.digest


def test_an_image_whose_record_is_interrupted_is_recorded_when_it_is_seen_again(patient_2: Case) -> None:
    session = Session(patient_2.world)
    run(session, [c.PressPedal()])
    told: list[int] = []

    def watcher(event: e.AcquisitionMade, _indices: object, _frame: object) -> None:
        if not told:
            told.append(-1)
            raise KeyboardInterrupt
        told.append(event.number)

    session.watch(watcher)
    with pytest.raises(KeyboardInterrupt):
        session.show(0)
    session.show(0)
    session.show(0)
    assert told == [-1, 0]


@pytest.mark.parametrize("wait_s", [0.1, 0.25, 0.5, 0.7, 1.0, 1.3])
def test_the_foot_may_come_up_at_any_time_and_every_millisecond_of_beam_is_booked(
    patient_2: Case, wait_s: float
) -> None:
    session = Session(patient_2.world)
    made = run(session, [c.PressPedal(hold=True), c.Wait(duration_s=wait_s), c.ReleasePedal()])
    beams = [event for event in made if isinstance(event, e.AcquisitionMade | e.BeamCutShort)]
    (off,) = [event for event in made if isinstance(event, e.BeamOff)]
    assert sum(event.beam.on_ms for event in beams) == off.beam_on_ms == 500 + round(1000 * wait_s)
    assert sum(event.beam.mas for event in beams) == pytest.approx(30.0 * off.beam_on_ms / 1000)
    view = session.view()
    assert not view.console.pedal_down
    assert view.console.dose.dlp_mgy_cm["planning"] == pytest.approx(sum(event.dose.dlp_mgy_cm for event in beams))
    assert "the pedal is up" in refusal(session, c.ReleasePedal())


def test_finishing_with_the_foot_down_books_the_beam(patient_2: Case) -> None:
    session = Session(patient_2.world)
    made = run(session, [c.PressPedal(hold=True), c.Wait(duration_s=0.3), c.Finish()])
    assert [event.beam.on_ms for event in made if isinstance(event, e.BeamCutShort)] == [300]
    assert session.state.imaging.pedal is None
