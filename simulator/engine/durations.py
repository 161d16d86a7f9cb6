"""Durations: the least time that each command takes, so that nobody sets their own clock.

Assumptions throughout, chosen so that a careful procedure takes the published 5 to 20 minutes. Preparation is not
scored by time: the clock of the score starts at the first skin puncture.
"""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.interface import older_commands
from simulator.interface.commands import Command

DISPLAY_DELAY_MS = 500  # physics-and-anatomy, section 2.4: assumption

_FIXED_MS: dict[type, int] = {
    c.PositionPatient: 120_000,
    c.TimeOut: 60_000,
    c.ChooseTechnique: 2_000,
    c.AcquireScout: 10_000,
    older_commands.AcquireScout: 10_000,
    c.AcquireMyelogram: 30_000,
    c.MarkLeak: 5_000,
    c.PlaceSkinGrid: 30_000,
    c.AcquirePlanningScan: 30_000,
    c.PlanPath: 20_000,
    c.MoveTable: 2_000,
    c.PrepareSkin: 120_000,
    c.InjectLocalAnaesthetic: 45_000,
    c.ChooseNeedle: 10_000,
    c.PlaceNeedle: 15_000,
    c.Redirect: 5_000,
    c.RotateBevel: 2_000,
    c.RemoveStylet: 8_000,
    c.ReplaceStylet: 4_000,
    c.Aspirate: 6_000,
    c.TestResistance: 8_000,
    c.HoldNeedle: 1_000,
    c.StandAt: 6_000,
    c.TiltGantry: 2_000,  # and what the way takes, see imaging/gantry.py
    c.PressPedal: DISPLAY_DELAY_MS,
    c.ReleasePedal: 100,
    c.LookAt: 0,
    c.LayArmLine: 120_000,
    c.DrawBlood: 60_000,
    c.MixContrast: 10_000,
    c.InjectContrast: 5_000,
    c.StopInjection: 2_000,
    c.AskPatient: 4_000,
    c.TellPatient: 30_000,
    c.AnswerQuestion: 0,  # asked by the teacher, not in the room
    c.TickChecklist: 0,
    c.GiveAid: 0,
    c.AcquireControlScan: 30_000,
    c.OrderAftercare: 5_000,
    c.Finish: 0,
}
LOOK_AT_HUB_S = 6.0  # of the stylet's removal: how long somebody waits for a drop
MOVE_MS_PER_MM = 400
MOVE_LEAST_MS = 1_500


def least_ms(command: Command) -> int:
    """Least simulated time that a command takes, ms; an injection's own time is added as it flows."""
    if isinstance(command, c.Wait):
        return round(command.duration_s * 1000)
    if isinstance(command, c.Advance | c.Withdraw):
        return MOVE_LEAST_MS + round(MOVE_MS_PER_MM * command.distance_mm)
    if isinstance(command, c.InjectBlood):
        return 0
    return _FIXED_MS[type(command)]
