"""What the screens of one patient share, in parts: what needs one part takes that part alone.

May import `drawing`, `images`, `sound`, the perceived history, the engine worker and `interface`. Open `app_context.py`
first.
"""
