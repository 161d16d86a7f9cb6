"""What a room sounds like: the tone of the beam, and the patient's words where the machine has a voice.

Imports nothing of the simulator. Open `room_sound.py` first.
"""
