"""Tools of others: where they are, and what they say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_JARS = ("pixelmed.jar", "xalan2.jar", "xercesImpl.jar", "serializer.jar")
_JAVA = Path("/usr/share/java")


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test where one of these programs is absent, and say which."""
    absent = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(bool(absent), reason=f"not installed: {', '.join(absent)}")


def run(*line: str | Path, check: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a program; its words on both channels as text."""
    return subprocess.run(
        list(map(str, line)), capture_output=True, text=True, check=check, timeout=900, errors="replace"
    )


def dcm2niix_programs() -> list[str]:
    """Every dcm2niix of this machine: Debian's, and that of the Python package."""
    places = [shutil.which("dcm2niix"), Path(sys.executable).with_name("dcm2niix"), "/usr/bin/dcm2niix"]
    return sorted({str(Path(place).resolve()) for place in places if place and Path(place).exists()})


def structured_report_validator() -> list[str] | None:
    """The command of PixelMed's validator of structured reports; None where it, Java or Xalan is absent."""
    jars = [_JAVA / name for name in _JARS]
    if shutil.which("java") is None or not all(jar.exists() for jar in jars):
        return None
    return ["java", "-cp", ":".join(map(str, jars)), "com.pixelmed.validate.DicomSRValidator"]
