"""Learning platforms: a SCORM 1.2 package, xAPI statements, a gradebook. Open `scorm_package.py` first."""
