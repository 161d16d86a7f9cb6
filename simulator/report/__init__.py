"""The debrief as one self-contained HTML file."""
