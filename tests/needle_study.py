"""A headless study of the needle: a careful and a clumsy operator on patients without voxels.

What an image would tell them stands here as a reading with an error: the tip against the target, and the plan's lengths
(assumptions below). All else they know from the View. So thousands of procedures cost no image.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from phantoms.phantom import Label, Phantom
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.needle.insertion import skin_point_mm

TIP_READ_MM = np.array([0.6, 0.6, 1.2])  # assumption: of a tip in three slices of 4 mm
DIRECTION_READ_DEG = 1.0  # assumption
CLUMSY_STEP_MM = 3.25  # fitted: half of the procedures careful and half clumsy, 1.4 % at C6/7
PLAN_READ_MM = 0.7  # assumption: of a length on the planning scan
EPIDURAL = (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A straight way between the bones: where it enters, how it leans, how long it is."""

    side: str
    from_midline_mm: float
    angle_deg: float
    length_mm: float
    space_mm: float
    target_mm: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one procedure came to."""

    punctures: int
    reached: bool
    vein: bool
    injected: bool
    corrections: int
    presses: int
    off_target_mm: float


@cache
def _plan(phantom_key: int, level: str) -> Plan:
    world = _WORLDS[phantom_key]
    anatomy, target = world.phantom.anatomy, world.phantom.landmarks.interlaminar_windows[level]
    midline = world.midline_x_mm(target[2])
    best: tuple[float, Plan] | None = None
    for side, sign in (("right", -1.0), ("left", 1.0)):
        for offset in np.arange(4.0, 26.0, 2.0):
            skin = np.array(skin_point_mm(anatomy, midline + sign * offset, target[2], world.y_range_mm))
            way = np.asarray(target) - skin
            length = float(np.linalg.norm(way))
            line = skin + np.linspace(0.0, 1.0, 200)[:, None] * way * (1.0 + 12.0 / length)
            there = np.linspace(0.0, length + 12.0, 200)
            inside = np.isin(anatomy.label(line), EPIDURAL) & (there > 0.5 * length)
            dura = np.flatnonzero(anatomy.dura_mm(line) < 0.0)
            if not inside.any() or not dura.size:
                continue
            first, last = there[np.flatnonzero(inside)[0]], there[dura[0]]
            clear = float(anatomy.bone_mm(line[there < last]).min())
            plan = Plan(
                side=side,
                from_midline_mm=float(offset),
                angle_deg=math.degrees(math.atan2(sign * -way[0], -way[1])),
                length_mm=float(first),
                space_mm=float(last - first),
                target_mm=target,
            )
            if best is None or min(clear, 4.0) + 0.3 * plan.space_mm > best[0]:
                best = (min(clear, 4.0) + 0.3 * plan.space_mm, plan)
    assert best is not None
    return best[1]


_WORLDS: dict[int, CaseContext] = {}


def plan_of(world: CaseContext, level: str) -> Plan:
    """The best straight way to a level; the same for every seed of a patient."""
    key = id(world.phantom)
    _WORLDS.setdefault(key, world)
    return _plan(key, level)


def forget_plans() -> None:
    """Let go of the patients whose plans are kept."""
    _WORLDS.clear()
    _plan.cache_clear()


class Operator:
    """One pair of hands with a session; what an image would tell is read with an error."""

    def __init__(self, world: CaseContext, level: str) -> None:
        self.session, self.world, self.level = Session(world), world, level
        self.rng = np.random.default_rng(world.root_seed)
        self.plan = plan_of(world, level)
        self.read_length_mm = self.plan.length_mm + PLAN_READ_MM * self.rng.standard_normal()
        self.pushed_mm = 0.0

    def do(self, command: c.Command) -> tuple[e.Event, ...]:
        return self.session.do(command)

    def place(self, *, numb: bool, hold: bool) -> None:
        plan = self.plan
        self.do(c.PositionPatient(breath_hold=hold))
        self.do(c.AcquirePlanningScan(levels=tuple(self.world.phantom.levels[1].split("/"))[:1] * 2))  # type: ignore[arg-type]
        if numb:
            self.do(c.InjectLocalAnaesthetic(volume_ml=5.0))
            self.do(c.Wait(duration_s=60.0))
        self.do(
            c.PlaceNeedle(
                entry_from_midline_mm=plan.from_midline_mm,
                side=plan.side,  # type: ignore[arg-type]
                level=self.level,
                angle_deg=plan.angle_deg,
            )
        )

    def push(self, way_mm: float) -> bool:
        """Advance, with a half turn of the bevel; whether nothing stopped it."""
        moved = [x for x in self.do(c.Advance(distance_mm=max(way_mm, 0.1))) if isinstance(x, e.NeedleMoved)]
        self.pushed_mm += moved[0].moved_mm if moved else 0.0
        self.do(c.RotateBevel(angle_deg=180.0))
        return bool(moved) and moved[0].stopped_by is None

    def back_off(self, way_mm: float) -> None:
        """Pull back from bone, and not out of the skin."""
        way_mm = min(way_mm, self.pushed_mm - 2.0)
        if way_mm >= 0.1:
            self.do(c.Withdraw(distance_mm=way_mm))
            self.pushed_mm -= way_mm

    def look(self) -> tuple[np.ndarray, np.ndarray]:
        """A press: way from the tip to the target, and the needle's direction, as read."""
        made = next(x for x in self.do(c.PressPedal()) if isinstance(x, e.AcquisitionMade))
        assert made.scene.needle is not None
        points = np.asarray(made.scene.needle.points_mm)
        along = points[0] - points[1]
        along = along / np.linalg.norm(along)
        along = along + math.radians(DIRECTION_READ_DEG) * self.rng.standard_normal(3)
        tip = points[0] + TIP_READ_MM * self.rng.standard_normal(3)
        return np.asarray(self.plan.target_mm) - tip, along / np.linalg.norm(along)

    def correct(self, way: np.ndarray, along: np.ndarray, *, least_deg: float = 2.0) -> None:
        """Turn the hub so that what is left of the way ends at the target."""
        sign = self.session.view().handling.lean_sign
        share = max(1.0 - 0.75 * max(self.pushed_mm - 20.0, 0.0) / 40.0, 0.25)

        def leans(v: np.ndarray) -> tuple[float, float]:
            return math.degrees(math.atan2(sign * v[0], -v[1])), math.degrees(math.atan2(v[2], -v[1]))

        (a, b), (now_a, now_b) = leans(way), leans(along)
        turn, climb = (float(np.clip(x / share, -15.0, 15.0)) for x in (a - now_a, b - now_b))
        turn, climb = (x if abs(x) > least_deg else 0.0 for x in (turn, climb))
        if turn or climb:
            self.do(c.Redirect(angle_change_deg=turn, craniocaudal_change_deg=climb))

    def plunger_gives(self) -> bool:
        """Stylet out, saline, stylet in."""
        self.do(c.RemoveStylet())
        self.do(c.TestResistance(medium="saline"))
        lost = self.session.view().handling.hub == "resistance lost"
        self.do(c.ReplaceStylet())
        return lost

    def test_contrast(self) -> None:
        self.do(c.RemoveStylet())
        self.do(c.InjectContrast(volume_ml=0.5))
        self.do(c.PressPedal())

    def ran(self, *, reached: bool) -> Ran:
        session, events = self.session, self.session.events
        tip = None if session.state.needle.pose is None else session.state.needle.pose.tip_mm
        after = [x for x in events if isinstance(x, e.NeedleRedirected)]
        harms = [x.kind for x in events if isinstance(x, e.Complication)]
        return Ran(
            punctures=harms.count("dural_puncture"),
            reached=reached,
            vein="intravascular_injection" in harms,
            injected=any(isinstance(x, e.MaterialInjected) for x in events),
            corrections=len(after),
            presses=sum(isinstance(x, e.AcquisitionMade) and x.purpose == "fluoroscopy" for x in events),
            off_target_mm=math.nan if tip is None else float(np.linalg.norm(np.subtract(tip, self.plan.target_mm))),
        )


def careful(world: CaseContext, level: str) -> Ran:
    """Numbs, asks for a held breath, looks three times, then goes on by half millimetres with the plunger."""
    hands = Operator(world, level)
    hands.place(numb=True, hold=True)
    short = (max(hands.read_length_mm - 30.0, 12.0), hands.read_length_mm - 12.0, hands.read_length_mm - 4.0)
    for upto in short:
        if upto > hands.pushed_mm + 0.5 and not hands.push(upto - hands.pushed_mm):
            hands.back_off(10.0)
        way, along = hands.look()
        hands.correct(way, along)
    for _ in range(24):
        way, along = hands.look()
        left = float(way @ along)
        if left < -1.0 - 0.3 * hands.plan.space_mm:
            break
        step = min(max(left - 1.0, 0.5), 2.0)
        if not hands.push(step):
            hands.back_off(8.0)
            hands.correct(*hands.look(), least_deg=0.5)
            continue
        # a loss far from where the image shows the space is a false one
        if left - step < 0.5 * hands.plan.space_mm + 1.0 and hands.plunger_gives():
            hands.test_contrast()
            return hands.ran(reached=True)
    return hands.ran(reached=False)


def clumsy(world: CaseContext, level: str) -> Ran:
    """Looks once, then pushes by `CLUMSY_STEP_MM` and trusts the plunger, however far it leads."""
    hands = Operator(world, level)
    hands.place(numb=False, hold=False)
    hands.push(0.6 * hands.read_length_mm)
    hands.correct(*hands.look())
    hands.push(hands.read_length_mm - 3.0 - hands.pushed_mm)
    for _ in range(12):
        if not hands.push(CLUMSY_STEP_MM):
            hands.back_off(10.0)
            hands.correct(*hands.look(), least_deg=0.5)
            continue
        if hands.plunger_gives():
            hands.test_contrast()
            return hands.ran(reached=True)
    return hands.ran(reached=False)


def freehand_error_mm(world: CaseContext, level: str) -> float:
    """One straight push of the planned length: how far the tip ends from where it was to be."""
    hands = Operator(world, level)
    hands.place(numb=True, hold=True)
    hands.do(c.Advance(distance_mm=straight_way_mm(world, level)))
    return hands.ran(reached=False).off_target_mm


def straight_way_mm(world: CaseContext, level: str) -> float:
    """From where the plan enters to its target."""
    hands = Operator(world, level)
    return float(np.linalg.norm(np.asarray(hands.plan.target_mm) - _entry(hands)))


def _entry(hands: Operator) -> np.ndarray:
    target, plan = hands.plan.target_mm, hands.plan
    sign = {"right": -1.0, "left": 1.0}[plan.side]
    x = hands.world.midline_x_mm(target[2]) + sign * plan.from_midline_mm
    return np.array(skin_point_mm(hands.world.phantom.anatomy, x, target[2], hands.world.y_range_mm))


class Boneless:
    """An anatomy whose bones let the needle through, as a phantom of gel does."""

    def __init__(self, anatomy: object) -> None:
        self._anatomy = anatomy

    def __getattr__(self, name: str) -> object:
        return getattr(self._anatomy, name)

    def bone_mm(self, points_mm: np.ndarray) -> np.ndarray:
        """Far away."""
        return np.full(len(points_mm), 100.0)


def boneless(phantom: Phantom) -> Phantom:
    """The same patient without bones in the way."""
    from dataclasses import replace

    return replace(phantom, anatomy=Boneless(phantom.anatomy))  # type: ignore[arg-type]


def wilson(hits: int, n: int) -> tuple[float, float, float]:
    """Share and its 95 % interval, in percent."""
    p, z = hits / n, 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 100 * p, 100 * max(middle - half, 0.0), 100 * min(middle + half, 1.0)


def runs(operator: Callable[[CaseContext, str], Ran], worlds: list[CaseContext], level: str) -> list[Ran]:
    """One procedure in each world."""
    return [operator(world, level) for world in worlds]
