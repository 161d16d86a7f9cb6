"""Played: the program itself, with somebody at its window who gives the commands of the script and then closes it."""

from __future__ import annotations

from simulator.cli import console
from simulator.gui.app import App
from simulator.gui.engine_worker.messages import CommandDone, ProcedureOpened, WorkerMessage
from simulator.interface.commands import LookAt
from tests.hostile.whole_commands import SCRIPT


class Somebody(App):
    """A window that is used without hands."""

    _left: list[object] | None = None

    def _learn(self, message: WorkerMessage) -> None:
        super()._learn(message)
        if isinstance(message, ProcedureOpened):
            done = [one for one, _ in message.past if one is not None and not isinstance(one, LookAt)]
            self._left = [*SCRIPT[len(done) :]]
        elif isinstance(message, CommandDone) and isinstance(message.command, LookAt):
            return
        if self._left and self.worker.pending == 0:
            self.worker.send(self._left.pop(0))  # type: ignore[arg-type]

    def step(self) -> None:
        super().step()
        if self._left == [] and self.worker.pending == 0:
            self.quit()


if __name__ == "__main__":
    import simulator.gui.app

    simulator.gui.app.App = Somebody  # type: ignore[misc]
    console()
