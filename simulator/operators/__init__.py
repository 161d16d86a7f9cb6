"""Programs that operate: they see Views and give Commands, and the truth about the patient is out of their reach.

May import `simulator.interface`, `spatial`, `vocabulary`, `errors`, numpy and scipy; nothing of engine or phantoms.
Open `quick_check.py` first, which is the autopilot; `registry.py` has the names, `perception/` reads pixels.
"""

from simulator.operators.registry import OPERATORS, describe_operators, operator_named

__all__ = ["OPERATORS", "describe_operators", "operator_named"]
