"""Last part: a small task for learners, the needle's last centimetres to the epidural space, on drawn people.

`docs/examples/learn_last_part.py` has PPO learn it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from simulator.engine.events import Complication, NeedleMoved
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.scenario.load import load_scenario
from simulator.scoring.procedure_summary import in_accepted_zone, summarise
from simulator.strategies.learning.drawn_starts import Spread, begin_on_last_part
from simulator.strategies.learning.fast_image import FastImages
from simulator.strategies.learning.needle_reading import NeedleReading, read_needle
from simulator.strategies.patients import Patients
from simulator.strategies.splits import CASE
from simulator.vocabulary.procedure import ComplicationKind

TREAT = 0
PUSHES_MM = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
TURNS_DEG = (-4.0, 4.0)
ACTIONS = 1 + len(PUSHES_MM) + len(TURNS_DEG)
MATRIX, SLICES = 256, (0, 1, 2)
MOST_STEPS = 12
AIR_HU = -1024.0
BLOOD_ML = 1.0  # whose place decides: as in every study
FAR_MM, WIDE_MM, STEEP_DEG = 40.0, 20.0, 30.0  # about 1 in an observation
BEST_DURA_MM = -0.75  # of the tip: most starts of five people were in place there. The bevel opens behind the tip, and
# the dura gives way a little before it is pierced
STEP_COSTS = 0.02


class LastPartEnvironment(gymnasium.Env[NDArray[np.float32], np.int64]):
    """The last 20 to 40 mm: push, turn, and say when to treat.

    **Start**: `drawn_starts.py`, at the level that the request names, with exact hands and a patient who lies still:
    all spread is that of the start. The person is drawn from those given, by the environment's own generator.

    **Observation**: seven numbers about 1: whether the last image was read; gap, offset across and lean as it was read
    (`needle_reading.py`), the gap also in units of 5 mm; whether a gap is to be expected after what was pushed since
    the last reading, and which. Behind them is a fast image (290 views) of 256 x 256 pixels after every action.

    **Action**: treat, push by 0.5 to 16 mm, or turn by 4 degrees either way. The bevel is turned half round after each
    push, so that it does not steer.

    **Reward, with truth, for training only**: 1 for a success, less 1 for a punctured dura, a little less for each
    step, and how much nearer the tip has come to where the bevel opens into the space. **Success** is that of every
    study: the first millilitre of blood left the bevel in an accepted zone at an accepted level, no dural puncture.

    **Info**: `success` at the end of an episode.

    Args:
        people: seeds of the case `varied`, each another person
        blank: images are air, for a policy without eyes
        spread: how starts vary
        render_mode: none but None
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 (as Gymnasium declares it)

    def __init__(
        self,
        people: Sequence[int],
        *,
        blank: bool = False,
        spread: Spread | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = render_mode
        self._people, self._blank, self._spread = tuple(people), blank, spread or Spread()
        self._file = load_scenario(Path(CASE))
        self._patients, self._images = Patients(len(self._people)), FastImages(MATRIX, len(self._people))
        self._session: Session | None = None
        self._seen: NeedleReading | None = None
        self._expected_mm: float | None = None
        self._steps = 0
        self.action_space = spaces.Discrete(ACTIONS)
        self.observation_space = spaces.Box(-5.0, 5.0, (7,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Another start, on one of the people; `options={"person": seed}` says on whom."""
        super().reset(seed=seed)
        person = self._people[int(self.np_random.integers(len(self._people)))]
        person = int((options or {}).get("person", person))
        chance = int(self.np_random.integers(2**31))
        scenario = self._file.scenario_for(person)
        scenario = scenario.model_copy(update={"hands": scenario.hands.model_copy(update={"kind": "exact"})})
        _, session = self._patients.admit(
            scenario, name=CASE, seed=chance, location=str(self._file.path), folder=self._file.path.parent
        )
        self._session = begin_on_last_part(session, self.np_random, self._spread)
        self._steps, self._expected_mm = 0, None
        self._look()
        return self._observation(), {}

    @property
    def session(self) -> Session:
        """The procedure of this episode."""
        if self._session is None:
            raise gymnasium.error.ResetNeeded("reset the environment before the first step")
        return self._session

    @property
    def reading(self) -> NeedleReading | None:
        """What was read from the last image."""
        return self._seen

    def step(self, action: np.int64 | int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Treat, push or turn, and look."""
        session, before = self.session, self._nearness()
        self._steps += 1
        for command in commands_of(int(action), session):
            session.do(command)
        punctured = any(
            isinstance(event, Complication) and event.kind is ComplicationKind.DURAL_PUNCTURE
            for event in session.events
        )
        treated = int(action) == TREAT
        success = treated and not punctured and self._blood_in_place()
        ended = treated or punctured
        cut = not ended and self._steps >= MOST_STEPS
        reward = float(success) - float(punctured) - STEP_COSTS + self._nearness() - before
        if not ended:
            self._expect(int(action))
            self._look()
        return self._observation(), reward, ended, cut, {"success": success} if ended or cut else {}

    def _blood_in_place(self) -> bool:
        world = self.session.world
        first = summarise(world, self.session.events).first_blood
        return first is not None and in_accepted_zone(world, first)

    def _nearness(self) -> float:
        """How near the tip is to where the bevel opens into the space, by the truth: 0 there, -1 at 40 mm."""
        moved = [event for event in self.session.events if isinstance(event, NeedleMoved)]
        return -abs(moved[-1].dura_mm - BEST_DURA_MM) / FAR_MM

    def _expect(self, action: int) -> None:
        """What the gap should be now, by the last reading and what the operator has felt of the push."""
        gap_mm = self._seen.gap_mm if self._seen is not None else self._expected_mm
        if gap_mm is not None and 0 < action <= len(PUSHES_MM):
            felt = self.session.view().handling.force_n
            moved_mm = min(PUSHES_MM[action - 1], 0.5 * len(felt)) if felt else PUSHES_MM[action - 1]
            gap_mm -= moved_mm
        self._expected_mm = gap_mm

    def _look(self) -> None:
        """Press, and read the image."""
        session = self.session
        session.do(c.PressPedal())
        frame = self._images.of(session)(session.presses()[-1], SLICES)
        view = session.view()
        assert view.needle is not None
        seen = _blanked(frame) if self._blank else frame
        self._seen = read_needle(seen, view.needle, view.handling.lean_sign)

    def _observation(self) -> NDArray[np.float32]:
        seen, expected_mm = self._seen, self._expected_mm
        read = (1.0, seen.gap_mm / FAR_MM, seen.across_mm / WIDE_MM, seen.lean_deg / STEEP_DEG) if seen else (0.0,) * 4
        near = 0.0 if seen is None else float(np.clip(seen.gap_mm / 5.0, -1.0, 1.0))  # where millimetres decide
        believed = (0.0, 0.0) if expected_mm is None else (1.0, expected_mm / FAR_MM)
        return np.clip(np.array([*read, near, *believed], np.float32), -5.0, 5.0)


def commands_of(action: int, session: Session) -> tuple[Command, ...]:
    """What an action is in commands."""
    if action == TREAT:
        return c.RemoveStylet(), c.DrawBlood(volume_ml=BLOOD_ML), c.InjectBlood(volume_ml=BLOOD_ML)
    if action <= len(PUSHES_MM):
        return c.Advance(distance_mm=PUSHES_MM[action - 1]), c.RotateBevel(angle_deg=180.0)
    lean_sign = session.view().handling.lean_sign
    return (c.Redirect(angle_change_deg=lean_sign * TURNS_DEG[action - 1 - len(PUSHES_MM)]),)


def _blanked(frame: Frame) -> Frame:
    return replace(frame, hu=np.full_like(frame.hu, AIR_HU))
