"""Learning: the second environment, `CTFluoroEpidural-v1`, for programs that learn; and what goes with it.

Open `environment.py` first; `last_part.py` is a small task of its own, over the same procedure. Only this room and
`strategies/environment.py` may import Gymnasium.
"""
