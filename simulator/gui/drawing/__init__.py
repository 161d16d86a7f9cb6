"""How things are drawn: colours and sizes, type, symbols, pictures of grey values and their window level.

May import pygame and numpy, and nothing of the rest of the window. Open `theme.py` first.
"""
