"""Metrics of a procedure and the rubric that turns them into a scorecard."""
