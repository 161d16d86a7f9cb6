"""Panels: what is drawn on a screen, each from what was perceived alone."""
