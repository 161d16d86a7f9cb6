"""Screens: one file for each; they place actions and draw panels."""
