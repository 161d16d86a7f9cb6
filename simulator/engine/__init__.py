"""The deterministic engine: commands in, events and state out. No clock, no disk, no screen.

May import `ct`, `needle`, `patch`, `patient`, `interface`, `phantoms`, `spatial` and `vocabulary`. Each of its rooms
(imaging, needle, injection, patient, preparation) has handlers, its part of the state, and events. Open `advance.py`
first, then `registry.py`.
"""
