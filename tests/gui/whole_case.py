"""A whole case with one device: from the first screen to the debrief, by what stands on the screen."""

from __future__ import annotations

import math

import numpy as np

from simulator.gui.images.volume import Volume
from simulator.gui.screens.reading import ReadingScreen
from tests.gui.best_way import best_way
from tests.gui.devices import Device, Point, Window

CASE = "patient-2"
LEVEL = "L3/4"
LEAST_ML = 1.0
PUSHES_BEYOND = 3  # by a millimetre, while the plunger is firm


def play(window: Window, device: Device) -> None:
    """From the first screen to the debrief; `window.keep` is called on each screen by its name."""
    device.choose(CASE)
    window.keep("start")
    device.press("Treat this patient")
    _on(window, "briefing")
    window.keep("briefing")
    for words in ("Prone", "Time-out", "Open the myelogram"):
        device.press(words)
    _on(window, "reading")
    _plan(window, device)
    _guide(window, device)
    _inject(window, device)
    _finish(window, device)
    window.until(lambda: window.app.name == "debrief" and bool(window.app.context.session.report_path))
    window.app.draw()
    window.keep("debrief")


def _on(window: Window, screen: str) -> None:
    window.until(lambda: window.app.name == screen)
    window.settle()


def _yes(window: Window, device: Device) -> None:
    """What is asked is meant."""
    if window.app.name == "question":
        device.press("Do it all the same")


def _plan(window: Window, device: Device) -> None:
    reading = window.app.screen
    assert isinstance(reading, ReadingScreen)
    for _ in range(30):
        if reading._leak.level() == LEVEL:
            break
        device.press("+")
    for words in ("Write the leak down", "Skin grid", "Planning scan"):
        device.press(words)
    _yes(window, device)

    def scanned() -> bool:
        volume = window.app.context.perceived.scan("planning")
        return volume is not None and volume.complete

    window.until(scanned)
    volume = window.app.context.perceived.scan("planning")
    assert volume is not None
    index, entry, target = way_in(volume)
    device.turn_to(index)
    device.draw_path(entry, target, reading)
    window.keep("scans")
    for words in ("Confirm the path", "Arm line", "Disinfect", "Local anaesthetic", "Place the needle"):
        device.press(words)
    _yes(window, device)


def way_in(volume: Volume) -> tuple[int, Point, Point]:
    """Slice, entry and target (row, column) of the best way that the pixels show; straight down where none does."""
    frame, best = best_way(volume)
    if best is None:
        return volume.count // 2, (60.0, 280.0), (160.0, 256.0)
    return (
        int(np.abs(frame.z_mm - best.target.z_mm).argmin()),
        frame.pixel_of(best.entry.x_mm, best.entry.y_mm),
        frame.pixel_of(best.target.x_mm, best.target.y_mm),
    )


def _guide(window: Window, device: Device) -> None:
    _on(window, "guidance")
    history = window.app.context.perceived.history
    plan = history.plan
    assert plan is not None
    whole_mm = math.dist(plan.entry_mm, plan.target_mm)
    while history.needle.depth_mm < whole_mm - 12.0:
        for words in ("5", "180"):  # the bevel is turned half round so that it does not steer
            device.press(words)
    device.pedal()
    window.keep("guidance")
    while history.needle.depth_mm < whole_mm:
        device.press("1")
    device.pedal()
    device.press("Stylet out")
    for _ in range(PUSHES_BEYOND):
        device.press("LOR")
        if history.needle.hub == "The plunger gives way.":
            break
        for words in ("Stylet in", "1", "Stylet out"):
            device.press(words)
    device.press("Aspirate")
    device.press("Injection")


def _inject(window: Window, device: Device) -> None:
    _on(window, "injection")
    context = window.app.context
    device.press("Draw")
    device.press("Mix")
    device.press("Test")
    device.pedal()
    device.press("Difference")
    device.press("Difference")
    spoken = len(context.perceived.history.said)
    let_go = device.press("Hold to inject", hold=True)
    window.until(
        lambda: (
            context.perceived.view.injection.injected_blood_ml >= LEAST_ML
            or len(context.perceived.history.said) > spoken
        )
    )
    window.keep("injection")
    let_go()
    device.press("STOP")


def _finish(window: Window, device: Device) -> None:
    device.press("Scans" if window.app._gamepad.at is not None else "Control scan")
    _on(window, "reading")
    device.press("Needle out")
    device.press("Control scan")
    _yes(window, device)

    def scanned() -> bool:
        volume = window.app.context.perceived.scan("control")
        return volume is not None and volume.complete

    window.until(scanned)
    for words in ("Legs", "Flat", "Finish"):
        device.press(words)
    _yes(window, device)
