"""Measure and print one JSON object on standard output: `python -m tests.performance`."""

import json
import os

from tests.performance import demo, press, window

# The demo runs first, in processes of its own: its fresh start must find nothing compiled.
measured = {**demo.measure(), **press.measure(), "window": window.measure()}
result = {**measured, "processors": os.cpu_count(), "load_average": os.getloadavg()[0]}
print(json.dumps(result, indent=2))
