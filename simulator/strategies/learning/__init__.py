"""Learning: the second environment, `CTFluoroEpidural-v1`, for programs that learn; and what goes with it.

Open `environment.py` first. Only this room and `strategies/environment.py` may import Gymnasium.
"""
