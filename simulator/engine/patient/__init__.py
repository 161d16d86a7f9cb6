"""The living patient in a procedure: movement, pain, speech, reactions and complications.

May import the models in `simulator.patient`. Open `patient_motion_and_pain.py` first.
"""
