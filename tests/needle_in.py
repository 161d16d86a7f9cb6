"""Test contrast: a needle truthfully in each compartment, and the presses about half a millilitre of contrast."""

from __future__ import annotations

from simulator.ct.scanner import Scanner
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.bevel import locate_opening
from simulator.engine.needle.subvoxel_structures import VEIN_SHARE, Kind, pocket
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from tests.procedures import placed, run, step_until_epidural

COMPARTMENTS = ("epidural", "intrathecal", "subdural", "vessel", "soft tissue")
CONTRAST_ML = 0.5
LATER_S = 30.0
MOST_SEEDS, MOST_STEPS = 3000, 60


def compartment_of(session: Session) -> str:
    """What the bevel opens into."""
    return locate_opening(session.world, session.state).compartment


def needle_in(world: CaseContext, compartment: str, scanner: Scanner | None = None) -> Session:
    """Patient 2 with a needle that was pushed and pulled until its bevel opens into a compartment; stylet out.

    A vein of the plexus is where a seed put it: the world's seed is changed to one that has one behind the sac.
    """
    session = Session(world, scanner=scanner)
    run(session, placed())
    if compartment == "soft tissue":
        run(session, [c.Advance(distance_mm=15.0), c.RotateBevel(angle_deg=180.0), c.Advance(distance_mm=15.0)])
    else:
        step_until_epidural(session, beyond_mm=1.0)
    if compartment == "vessel":
        at_mm = locate_opening(world, session.state).position_mm
        for seed in range(1, MOST_SEEDS):
            other = CaseContext(phantom=world.phantom, settings=world.settings, root_seed=seed)
            if pocket(other, Kind.VEIN, at_mm) < VEIN_SHARE["lumbar"]:
                session = Session(other, scanner=scanner)
                run(session, placed())
                step_until_epidural(session, beyond_mm=1.0)
                if compartment_of(session) == "vessel":
                    break
    if compartment in ("intrathecal", "subdural"):
        _move_until(session, c.Advance(distance_mm=0.5), "intrathecal")
        session.do(c.Advance(distance_mm=2.0))
    if compartment == "subdural":
        _move_until(session, c.Withdraw(distance_mm=0.2), "subdural")
    session.do(c.RemoveStylet())
    assert compartment_of(session) == compartment
    return session


def _move_until(session: Session, step: c.Command, compartment: str) -> None:
    for _ in range(MOST_STEPS):
        session.do(step)
        if compartment_of(session) == compartment:
            return


def presses(session: Session, *, contrast_ml: float = CONTRAST_ML) -> tuple[Frame, Frame, Frame]:
    """A press before test contrast, one at once after it, and one half a minute later, the tip in the middle slice."""
    assert session.state.needle.pose is not None
    tip_mm = session.state.needle.pose.tip_mm
    session.do(c.MoveTable(to_mm=round(tip_mm[2] + session.world.table_zero_mm, 1)))
    session.do(c.PressPedal())
    session.do(c.InjectContrast(volume_ml=contrast_ml))
    session.do(c.PressPedal())
    session.do(c.Wait(duration_s=LATER_S))
    session.do(c.PressPedal())
    before, after, later = (session.image(number) for number in session.presses()[-3:])
    return before, after, later
