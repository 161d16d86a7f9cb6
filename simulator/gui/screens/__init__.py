"""Screens: one file for each. A screen places buttons, draws panels and takes the mouse.

May import all of the window but `app` and `ground_truth`. Open `screen.py` first.
"""
