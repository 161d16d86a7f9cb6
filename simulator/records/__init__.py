"""Records: what is kept of a session, append-only, checked when it is read, and carried out again.

May import the engine, the interface, scenarios and scoring; nothing of the window, the report or the operators.
Open `session_record.py` first, then `session_log.py` (written), `session_reader.py` (read) and `replay.py` (compared).
"""
