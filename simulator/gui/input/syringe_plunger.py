"""Syringe plunger: blood goes in as long as the plunger is pressed, in portions that keep step with the rate."""

from __future__ import annotations

import time

from simulator.gui.context.app_context import AppContext
from simulator.interface import commands as c

RATES_ML_PER_S = (0.1, 0.2, 0.4)
PORTION_S = 0.5
LEAST_ML = 0.1  # the least that InjectBlood takes


class SyringePlunger:
    """The thumb's side of `InjectBlood`."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.rate_ml_per_s = RATES_ML_PER_S[1]
        self.down = False
        self._due_s = 0.0

    @property
    def portion_ml(self) -> float:
        """Volume of one portion."""
        return round(max(self.rate_ml_per_s * PORTION_S, LEAST_ML), 2)

    def press(self) -> None:
        """The thumb presses."""
        self.down = True
        self._due_s = 0.0
        self.tick()

    def release(self) -> None:
        """The thumb lets go; what has gone in stays."""
        if self.down:
            self.down = False
            self._context.send(c.StopInjection())

    def tick(self) -> bool:
        """While it is pressed, one portion follows another; a refusal, or an empty syringe, ends it."""
        if not self.down:
            return False
        view = self._context.perceived.view
        answered = self._due_s > 0.0 and self._context.worker.pending == 0
        if answered and (view.refused or view.injection.syringe_ml <= 1e-6):
            self.down = False
            return True
        now = time.monotonic()
        if now >= self._due_s and not self._context.busy:
            portion = min(self.portion_ml, max(view.injection.syringe_ml, LEAST_ML))
            self._due_s = now + portion / self.rate_ml_per_s
            self._context.send(c.InjectBlood(volume_ml=portion, rate_ml_per_s=self.rate_ml_per_s))
        return True
