"""Sites: several leaks treated in one sitting, each with its share of the blood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulator.interface.view import View
from simulator.operators.coroutine_operator import OperatorSteps


def within_volume(give: Callable[[View], OperatorSteps], view: View, most_ml: float) -> OperatorSteps:
    """Carry out steps that see a smaller volume prescribed, so that blood is left for the next site.

    Args:
        give: steps that give blood until what is prescribed is given
        view: what is perceived now
        most_ml: of blood in all, this site's and those before it
    """

    def seen(real: View) -> View:
        prescribed = min(most_ml, real.case.prescribed_volume_ml)
        return replace(real, case=replace(real.case, prescribed_volume_ml=prescribed))

    steps = give(seen(view))
    try:
        command = next(steps)
        while True:
            try:
                view = yield command
            except Exception as raised:  # what stops the procedure is for the steps to meet
                command = steps.throw(raised)
            else:
                command = steps.send(seen(view))
    except StopIteration:
        return view
