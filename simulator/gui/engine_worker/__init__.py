"""The thread that carries out commands and has images made, and the messages that it gives to the window.

May import `interface` and the debrief's plain data; what it drives is a `Procedure`. Open `engine_worker.py` first.
"""
