"""Last part: a small task for learners, the needle's last centimetres to the epidural space, on drawn people.

`docs/examples/learn_last_part.py` has PPO learn it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from simulator.engine.events import Complication, Event, NeedleMoved
from simulator.engine.needle.bevel import against_bone
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.operators.perception.sac_outline import SacOutline
from simulator.scoring.procedure_summary import in_accepted_zone
from simulator.strategies.learning.drawn_starts import Spread, begin_on_last_part
from simulator.strategies.learning.needle_reading import NeedleReading, outline_sac, read_needle
from simulator.strategies.learning.people_pool import PeoplePool
from simulator.vocabulary.procedure import ComplicationKind

TREAT = 0
PUSHES_MM = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
TURNS_DEG = (-4.0, 4.0)
PULL_MM, LEFT_IN_MM = 12.0, 8.0  # a needle that would hardly stand in the skin is not pulled
FIRST_TURN = 1 + len(PUSHES_MM)
PULL = FIRST_TURN + len(TURNS_DEG)
ACTIONS = PULL + 1
NUMBERS = 10  # of an observation
SLICES = (0, 1, 2)
MOST_STEPS = 16
BLOOD_ML = 1.0  # whose place decides: as in every study
TREATMENT = (c.RemoveStylet(), c.DrawBlood(volume_ml=BLOOD_ML), c.InjectBlood(volume_ml=BLOOD_ML))
FAR_MM, WIDE_MM, STEEP_DEG = 40.0, 20.0, 30.0  # about 1 in an observation
BEST_DURA_MM = -0.75  # of the tip: most starts of five people were in place there. The bevel opens behind the tip, and
# the dura gives way a little before it is pierced
STEP_COSTS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class SincePush:
    """What the hand remembers of the last push and of what it did since.

    Attributes:
        turned_deg: positive leads the tip to the patient's left
        stopped: whether bone stopped that push
        pulled: whether the needle was pulled since
    """

    turned_deg: float = 0.0
    stopped: bool = False
    pulled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPartState:
    """Where an episode stands, for a quick return in the same process.

    Attributes:
        session: nobody goes on with it; returns are to branches
        sac, seen, expected_mm, since, steps: what the environment remembers
        generator: state of its generator
    """

    session: Session
    sac: SacOutline | None
    seen: NeedleReading | None
    expected_mm: float | None
    since: SincePush
    steps: int
    generator: Mapping[str, Any]


class LastPartEnvironment(gymnasium.Env[NDArray[np.float32], np.int64]):
    """The last 20 to 40 mm: push, turn, and say when to treat.

    **Start**: `drawn_starts.py`, at the level that the request names, with exact hands and a patient who lies still:
    all spread is that of the start. The person is drawn from those given, by the environment's own generator.

    **Observation**: ten numbers about 1: whether the last image was read; gap, offset across and lean as it was read
    (`needle_reading.py`), the gap also in units of 5 mm; whether a gap is to be expected after what was pushed or
    pulled since the last reading, and which; by how much the hub was turned since the last push, which no image shows
    before the next; whether bone stopped that push; whether the needle was pulled since. Behind them is a
    fast image (290 views) of the back after every action, 128 x 128 pixels of 1 mm, in which the needle is found; the
    sac is remembered from the first that showed it, since the patient lies still.

    **Action**: treat, push by 0.5 to 16 mm, turn by 4 degrees to the patient's right or left, or pull by 12 mm. The
    bevel is turned half round after each push, so that it does not steer.

    **Reward, with truth, for training only**: 1 for a success, less 1 for a punctured dura, a little less for each
    step, and how much nearer the tip has come to where the bevel opens into the space. **Success** is that of every
    study: the first millilitre of blood left the bevel in an accepted zone at an accepted level, no dural puncture.

    **Info**: `success` at the end of an episode.

    Args:
        people: who may be met; several environments of a process can share them
        blank: nothing is seen in images, for a policy without eyes
        spread: how starts vary
        render_mode: none but None
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 (as Gymnasium declares it)

    def __init__(
        self,
        people: PeoplePool,
        *,
        blank: bool = False,
        spread: Spread | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = render_mode
        self._people, self._blank, self._spread = people, blank, spread or Spread()
        self._session: Session | None = None
        self._sac: SacOutline | None = None
        self._seen: NeedleReading | None = None
        self._expected_mm: float | None = None
        self._since = SincePush()
        self._steps = 0
        self.action_space = spaces.Discrete(ACTIONS)
        self.observation_space = spaces.Box(-5.0, 5.0, (NUMBERS,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Another start, on one of the people; `options={"person": seed}` says on whom."""
        super().reset(seed=seed)
        person = self._people.seeds[int(self.np_random.integers(len(self._people.seeds)))]
        person = int((options or {}).get("person", person))
        world = self._people.case(person).world.with_other_chance(int(self.np_random.integers(2**31)))
        self._session = begin_on_last_part(Session(world), self.np_random, self._spread)
        self._sac = None
        self._steps, self._expected_mm, self._since = 0, None, SincePush()
        self._look()
        return self._observation(), {}

    def get_state(self) -> LastPartState:
        """Where the episode stands; `set_state` returns to it as often as wanted."""
        return LastPartState(
            session=self.session.branch(self.session.world),
            sac=self._sac,
            seen=self._seen,
            expected_mm=self._expected_mm,
            since=self._since,
            steps=self._steps,
            generator=dict(self.np_random.bit_generator.state),
        )

    def set_state(self, state: LastPartState) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Return to a state of an environment with the same people; what `reset` returns."""
        self._session = state.session.branch(state.session.world)
        self._sac, self._seen, self._expected_mm = state.sac, state.seen, state.expected_mm
        self._since, self._steps = state.since, state.steps
        self.np_random.bit_generator.state = dict(state.generator)
        return self._observation(), {}

    def build_people(self) -> int:
        """Build everybody who may be met, so that no start waits for it; how many there are."""
        return self._people.build_all()

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
        treated = int(action) == TREAT
        if not treated:
            self._carry_out(commands_of(int(action), session))
        pierced = punctured(session.events)
        success = treated and not pierced and self._blood_in_place()
        ended = treated or pierced
        cut = not ended and self._steps >= MOST_STEPS
        reward = float(success) - float(pierced) - STEP_COSTS + self._nearness() - before
        if not ended:
            self._look()
        return self._observation(), reward, ended, cut, {"success": success} if ended or cut else {}

    def _blood_in_place(self) -> bool:
        """Whether the first millilitre of `TREATMENT` would leave the bevel where it is right.

        None is given: its way through tissue takes as long as twenty steps, and nothing follows from it.
        """
        session = self.session
        return in_accepted_zone(session.world, self._last_move()) and not against_bone(session.world, session.state)

    def _last_move(self) -> NeedleMoved:
        return next(event for event in reversed(self.session.events) if isinstance(event, NeedleMoved))

    def _nearness(self) -> float:
        """How near the tip is to where the bevel opens into the space, by the truth: 0 there, -1 at 40 mm."""
        return -abs(self._last_move().dura_mm - BEST_DURA_MM) / FAR_MM

    def _carry_out(self, commands: Sequence[Command]) -> None:
        """Carry out commands, and keep what the hand knows of them."""
        session = self.session
        gap_mm, since = self._seen.gap_mm if self._seen is not None else self._expected_mm, self._since
        for command in commands:
            session.do(command)
            handling = session.view().handling
            if isinstance(command, c.Advance):  # a force is felt at each half millimetre
                moved_mm = min(command.distance_mm, 0.5 * len(handling.force_n))
                gap_mm = None if gap_mm is None else gap_mm - moved_mm
                since = SincePush(stopped=handling.stopped)
            elif isinstance(command, c.Withdraw):
                gap_mm = None if gap_mm is None else gap_mm + command.distance_mm
                since = replace(since, pulled=True)
            elif isinstance(command, c.Redirect):
                turned_deg = handling.lean_sign * command.angle_change_deg
                since = replace(since, turned_deg=since.turned_deg + turned_deg)
        self._expected_mm, self._since = gap_mm, since

    def _look(self) -> None:
        """Press, and read the image."""
        session = self.session
        session.do(c.PressPedal())
        self._seen = None
        if self._blank:
            return
        back, view = self._people.images.of(session)(session.presses()[-1], SLICES), session.view()
        assert view.needle is not None
        self._sac = self._sac or outline_sac(back)
        if self._sac is not None:
            self._seen = read_needle(back, self._sac, view.needle, view.handling.lean_sign)

    def _observation(self) -> NDArray[np.float32]:
        seen, expected_mm = self._seen, self._expected_mm
        read = (1.0, seen.gap_mm / FAR_MM, seen.across_mm / WIDE_MM, seen.lean_deg / STEEP_DEG) if seen else (0.0,) * 4
        near = 0.0 if seen is None else float(np.clip(seen.gap_mm / 5.0, -1.0, 1.0))  # where millimetres decide
        believed = (0.0, 0.0) if expected_mm is None else (1.0, expected_mm / FAR_MM)
        since = self._since.turned_deg / STEEP_DEG, float(self._since.stopped), float(self._since.pulled)
        return np.clip(np.array([*read, near, *believed, *since], np.float32), -5.0, 5.0)


def commands_of(action: int, session: Session) -> tuple[Command, ...]:
    """What an action other than to treat is in commands."""
    if action <= len(PUSHES_MM):
        return c.Advance(distance_mm=PUSHES_MM[action - 1]), c.RotateBevel(angle_deg=180.0)
    view = session.view()
    if action == PULL:
        inserted_mm = 0.0 if view.needle is None else view.needle.inserted_marks_mm
        return (c.Withdraw(distance_mm=PULL_MM),) if inserted_mm >= PULL_MM + LEFT_IN_MM else ()
    return (c.Redirect(angle_change_deg=view.handling.lean_sign * TURNS_DEG[action - FIRST_TURN]),)


def punctured(events: Sequence[Event]) -> bool:
    """Whether the dura was punctured."""
    return any(isinstance(one, Complication) and one.kind is ComplicationKind.DURAL_PUNCTURE for one in events)
