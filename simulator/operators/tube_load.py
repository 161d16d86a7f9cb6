"""Tube load: operators that differ in what the scanner is set to, and guide as the expert does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.attention import attend
from simulator.operators.command_changes import change_commands
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.treatment import treat

LOW_PLANNING_MAS = 15.0
WANTED_NOISE_HU = 60.0  # assumption: at which a needle and the sac are still told apart without doubt
NOISE_PART = 0.6745 * 2.0**0.5  # of a standard deviation: median size of a difference of two slices


class UltraLowDose(CoroutineOperator):
    """The expert with the least that the console offers: planning at 15 mAs, presses at the lowest current."""

    name = "ultra-low-dose"

    def treat(self, view: View) -> OperatorSteps:
        """As the expert, at the lowest tube load."""
        return change_commands(attend(treat(view), view), view, _lowest)


class Adaptive(CoroutineOperator):
    """The expert who begins at the lowest tube load and takes more only where the last press was too noisy."""

    name = "adaptive"

    def treat(self, view: View) -> OperatorSteps:
        """As the expert, each press at the load that the noise of the one before asks for."""
        return change_commands(attend(treat(view), view), view, _by_noise)


def _lowest(command: Command, view: View) -> Sequence[Command]:
    if isinstance(command, c.AcquirePlanningScan):
        return (replace(command, mas=LOW_PLANNING_MAS),)
    return (*_set_current(min(view.console.tube_currents_ma), view), command) if _is_press(command) else (command,)


def _by_noise(command: Command, view: View) -> Sequence[Command]:
    if not _is_press(command):
        return (command,)
    offered = sorted(view.console.tube_currents_ma)
    latest = view.console.latest
    if latest is None or latest.purpose != "fluoroscopy":
        return (*_set_current(offered[0], view), command)
    noise_hu = measure_noise_hu(view.images.frame(latest.number))
    wanted_ma = latest.settings.tube_current_ma * (noise_hu / WANTED_NOISE_HU) ** 2
    chosen = next((current for current in offered if current >= wanted_ma), offered[-1])
    return (*_set_current(chosen, view), command)


def _is_press(command: Command) -> bool:
    return isinstance(command, c.PressPedal)


def _set_current(current_ma: float, view: View) -> tuple[Command, ...]:
    """The command that sets a current; none where it is set already or the beam is on."""
    settings = view.console.settings
    if view.console.pedal_down or settings.tube_current_ma == current_ma:
        return ()
    set_to = c.ChooseTechnique(
        tube_voltage_kv=settings.tube_voltage_kv, tube_current_ma=current_ma, rotation_s=settings.rotation_s
    )
    return (set_to,)


def measure_noise_hu(frame: Frame) -> float:
    """Standard deviation of a press's noise, from the differences of its slices in soft tissue; 0 for one slice."""
    if len(frame.hu) < 2:
        return 0.0
    apart = np.diff(frame.hu, axis=0)
    soft = (np.abs(frame.hu[1:]) < 200.0) & (np.abs(frame.hu[:-1]) < 200.0)
    return float(np.median(np.abs(apart[soft])) / NOISE_PART) if soft.any() else 0.0
