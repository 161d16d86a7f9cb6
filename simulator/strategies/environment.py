"""Environment: the procedure as a Gymnasium environment, over the same View and Commands as every operator.

import gymnasium, simulator.strategies
env = gymnasium.make("CTFluoroEpidural-v0")
observation, info = env.reset(seed=1)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from simulator.engine.case_context import CTF_SLICES, FIELD_OF_VIEW_MM
from simulator.engine.image_rendering import MATRIX
from simulator.engine.session import Session
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.patient.sensation import every_word
from simulator.records.runs import score_session
from simulator.scenario.build import Case
from simulator.scenario.load import load_scenario
from simulator.strategies.actions import ACTIONS, NUMBERS, decode_action, slices_about_table
from simulator.strategies.patients import Patients
from simulator.vocabulary.procedure import DosePhase, Phase

DEFAULT_SCENARIO = "patient-2"
AIR_HU, LARGEST_HU = -1024, 3071
FELT = 256  # half millimetres of the last push: more than the longest one has
GREATEST = 1e6  # of any number on the console
PHASES = tuple(Phase)
HUB = ("nothing", "clear", "blood", "resistance firm", "resistance lost")
SAID = ("", *every_word())
DOSE_PHASES = (DosePhase.PLANNING, DosePhase.GUIDANCE, DosePhase.CONFIRMATION)
WINDOW_HU = (-160.0, 440.0)  # of the rendered picture

Observation = dict[str, Any]
Picture = Callable[[int, tuple[int, ...]], Frame]
"""Makes slices of an acquisition."""


def _numbers(*shape: int) -> spaces.Box:
    return spaces.Box(-GREATEST, GREATEST, shape, np.float32)


def image_place_space() -> dict[str, spaces.Space[Any]]:
    """Where the image of an observation lies."""
    return {"slice_table_mm": _numbers(CTF_SLICES), "image_centre_mm": _numbers(2)}


def facts_space() -> dict[str, spaces.Space[Any]]:
    """Everything of an observation but the image and its place."""
    return {
        "image_age_s": _numbers(1),
        "sees": spaces.MultiBinary(3),
        "phase": spaces.Discrete(len(PHASES)),
        "elapsed_s": _numbers(1),
        "table_mm": _numbers(1),
        "technique": _numbers(3),
        "pedal_down": spaces.Discrete(2),
        "grid_midline_x_mm": _numbers(1),
        "needle": _numbers(6),
        "stylet_in": spaces.Discrete(2),
        "felt_n": _numbers(FELT),
        "felt_count": spaces.Discrete(FELT + 1),
        "stopped": spaces.Discrete(2),
        "hub": spaces.Discrete(len(HUB)),
        "words": spaces.Discrete(len(SAID)),
        "syringe_ml": _numbers(2),
        "injected_blood_ml": _numbers(1),
        "prescribed_volume_ml": _numbers(1),
        "dlp_mgy_cm": _numbers(len(DOSE_PHASES)),
        "ctf_images": _numbers(1),
        "beam_on_s": _numbers(1),
        "operator_usv": _numbers(2),
        "refused": spaces.Discrete(2),
    }


class EpiduralEnvironment(gymnasium.Env[Observation, dict[str, Any]]):
    """A targeted epidural blood patch under CT fluoroscopy.

    **Observation**: what an operator perceives and nothing else. `image` holds three slices of the last acquisition
    in HU (int16; of a scan, those nearest the table position: move the table to scroll), `slice_table_mm` their
    positions; pixel (row, column) shows x = centre_x - (column - 255.5) 250/512 and y = centre_y - (row - 255.5)
    250/512 mm, which `image_centre_mm` gives and `PlaceNeedle` takes. An image that is merely part of an observation
    was not looked at: an agent that uses it says so by the action LookAt, and the score knows the difference. The
    other entries are the console's settings and dose, the needle by its 5 mm marks and by eye, the force of the last
    push at each half millimetre, the hub, the patient's last words. `sees` says which of image, needle and grid are
    there; what is not there is zero.

    **Action**: a kind of command and up to four numbers from -1 to 1 that span its ranges; see `ACTIONS`.

    **Reward**: 0 for every command until the procedure is finished (Finish), then the scorecard's score divided by
    100, from 0 to 1. Nothing that depends on the truth is given before the end. An episode that is cut off after
    the most commands ends without a reward.

    **Info**: the request and the patient's words as text, and why the last command was refused. No truth.

    The root seed decides everything: `reset(seed=n)` is the patient and the hands of `run --seed n`. Without one, the
    environment's own generator draws it.

    Args:
        scenario: file, or the name of one that ships; patient 2 if None
        render_mode: "rgb_array" gives the slices side by side
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 2}  # noqa: RUF012 (as Gymnasium declares it)

    def __init__(self, scenario: str | Path | None = None, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self._file = load_scenario(Path(DEFAULT_SCENARIO if scenario is None else scenario))
        self._patients = Patients()
        self._case: Case | None = None
        self._session: Session | None = None
        self.action_space = spaces.Dict(
            {
                "command": spaces.Discrete(len(ACTIONS)),
                "numbers": spaces.Box(-1.0, 1.0, (NUMBERS,), np.float32),
            }
        )
        picture = spaces.Box(AIR_HU, LARGEST_HU, (CTF_SLICES, MATRIX, MATRIX), np.int16)
        self.observation_space = spaces.Dict({"image": picture, **image_place_space(), **facts_space()})

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """A new procedure; the seed is the root of all its chance."""
        super().reset(seed=seed)
        root = int(self.np_random.integers(2**31)) if seed is None else seed
        self._case, self._session = self._patients.admit(
            self._file.scenario_for(root),
            name=self._file.name,
            seed=root,
            location=str(self._file.path),
            folder=self._file.path.parent,
        )
        return self._observation(), _told(self.view)

    def step(self, action: dict[str, Any]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out an action."""
        return self.perform(decode_action(int(action["command"]), action["numbers"], self.view))

    def perform(self, command: Command) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out a command as operators give it; returns what `step` does."""
        case, session = self._running()
        was_finished = session.state.finished
        session.do(command)
        view = session.view()
        finished = session.state.finished
        reward = score_session(case, session, "agent").score / 100.0 if finished and not was_finished else 0.0
        return self._observation(), float(reward), finished, False, _told(view)

    def _observation(self) -> Observation:
        """The numbers of the present View; that a picture is among them is no look at it."""
        session = self._running()[1]
        return _observed(session.view(), session.prepare_image)

    @property
    def view(self) -> View:
        """What operators of this project are given."""
        return self._running()[1].view()

    def render(self) -> NDArray[np.uint8] | None:
        """The slices of the last acquisition side by side, or None without a render mode."""
        if self.render_mode is None:
            return None
        low, high = WINDOW_HU
        slices = _latest_image(self.view, self._running()[1].prepare_image)[0]
        grey = np.clip((np.concatenate(list(slices), axis=1) - low) / (high - low), 0.0, 1.0)
        return np.repeat(np.round(255 * grey).astype(np.uint8)[:, :, None], 3, axis=2)

    def _running(self) -> tuple[Case, Session]:
        if self._case is None or self._session is None:
            raise gymnasium.error.ResetNeeded("reset the environment before the first step")
        return self._case, self._session


def _told(view: View) -> dict[str, Any]:
    return {"request": view.case.request, "words": view.patient.words, "refused": view.refused or ""}


def _observed(view: View, picture: Picture) -> Observation:
    image, slices_mm, centre_mm = _latest_image(view, picture)
    return {"image": image, "slice_table_mm": slices_mm, "image_centre_mm": centre_mm, **observed_facts(view)}


def observed_facts(view: View) -> Observation:
    """Everything of an observation but the image and its place."""
    latest, needle, technique = view.console.latest, view.needle, view.console.settings
    felt = np.zeros(FELT, np.float32)
    last_felt = view.handling.force_n[-FELT:]
    felt[: len(last_felt)] = last_felt
    look = np.zeros(6, np.float32)
    if needle is not None:
        look[:] = (
            needle.inserted_marks_mm,
            needle.lean_deg,
            needle.craniocaudal_lean_deg,
            needle.bevel_notch_deg,
            needle.entry_from_midline_mm,
            needle.entry_from_laser_mm,
        )
    wire = view.console.grid_midline_x_mm
    return {
        "image_age_s": _vector(0.0 if latest is None else (view.elapsed_ms - latest.at_ms) / 1000),
        "sees": np.array([latest is not None, needle is not None, wire is not None], np.int8),
        "phase": PHASES.index(view.phase),
        "elapsed_s": _vector(view.elapsed_ms / 1000),
        "table_mm": _vector(view.console.table_mm),
        "technique": _vector(technique.tube_voltage_kv, technique.tube_current_ma, technique.rotation_s),
        "pedal_down": int(view.console.pedal_down),
        "grid_midline_x_mm": _vector(0.0 if wire is None else wire),
        "needle": look,
        "stylet_in": int(needle is not None and needle.stylet_in),
        "felt_n": felt,
        "felt_count": len(last_felt),
        "stopped": int(view.handling.stopped),
        "hub": HUB.index(view.handling.hub),
        "words": SAID.index(view.patient.words),
        "syringe_ml": _vector(view.injection.syringe_ml, view.injection.syringe_contrast_ml),
        "injected_blood_ml": _vector(view.injection.injected_blood_ml),
        "prescribed_volume_ml": _vector(view.case.prescribed_volume_ml),
        "dlp_mgy_cm": _vector(*(view.console.dose.dlp_mgy_cm.get(phase, 0.0) for phase in DOSE_PHASES)),
        "ctf_images": _vector(view.console.dose.presses),
        "beam_on_s": _vector(view.console.dose.beam_on_ms / 1000),
        "operator_usv": _vector(view.console.dose.operator_usv, view.console.dose.hand_usv),
        "refused": int(view.refused is not None),
    }


def _vector(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def _latest_image(view: View, picture: Picture) -> tuple[NDArray[np.int16], NDArray[np.float32], NDArray[np.float32]]:
    """Three slices in HU, their table positions, and x, y of their centre; air and zeros where nothing was acquired."""
    latest = view.console.latest
    if latest is None:
        empty = np.full((CTF_SLICES, MATRIX, MATRIX), AIR_HU, np.int16)
        return empty, np.zeros(CTF_SLICES, np.float32), np.zeros(2, np.float32)
    indices = slices_about_table(latest, view.console.table_mm)
    frame = picture(latest.number, indices)
    assert math.isclose(frame.pixel_spacing_mm, FIELD_OF_VIEW_MM / MATRIX)
    hu = np.rint(np.clip(frame.hu, AIR_HU, LARGEST_HU)).astype(np.int16)
    if len(hu) < CTF_SLICES:
        hu = np.pad(hu, ((0, CTF_SLICES - len(hu)), (0, 0), (0, 0)), mode="edge")
    z_mm = np.resize(frame.z_mm, CTF_SLICES).astype(np.float32)
    return hu, z_mm, np.array(frame.centre_mm, np.float32)
