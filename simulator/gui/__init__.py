"""The window in which a person treats a patient: input becomes commands, Views become pixels.

May import `interface`, `spatial` and `vocabulary`; ground truth comes in through `ground_truth` alone, after the end.
Open `app.py` first; the keys are in `input/`, what is drawn in `panels/`, where it is placed in `screens/`, and its
German in `wording/window_german*.py`.
"""
