"""Keys, buttons, footswitch and plunger: each action of the trainee with its key and the command that it sends.

May import `interface` and what the window shares. Open `user_action.py` first, then `needle_actions.py`; the pedal and
its key are in `footswitch.py`, other keys for either in `key_remapping.py`.
"""
