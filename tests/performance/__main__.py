"""Measure and print one JSON object: `python -m tests.performance`."""

import json

from tests.performance.press import measure

print(json.dumps(measure(), indent=2))
