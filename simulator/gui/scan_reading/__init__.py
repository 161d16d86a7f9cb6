"""Reading a scan: where the trainee looks, what they measure and mark, the path that they draw, the next exposure.

May import `input`, `images` and `drawing`. Open `reading_state.py` first.
"""
