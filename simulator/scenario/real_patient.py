"""Real patient: a CT and its labels as a folder of their own, and that folder as a phantom."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from phantoms.contrast import MyelogramParameters
from phantoms.ct_phantom import patient_in
from phantoms.from_ct import CtFault, phantom_from_ct, read_ct, real_patient, write_ct
from phantoms.leak import LeakParameters
from phantoms.phantom import Phantom
from simulator.faults import UserFaultError
from simulator.scenario.preview import write_preview

Progress = Callable[[str, float], None]

# Assumptions within the ranges of the reference (sections 1.5 and 6): what a CT without contrast cannot show.
DEFAULT_LEAK = LeakParameters(
    pattern="circumferential", level="L3/4", side="right", thickness_mm=4.0, extent_levels=3.0, iodine_ratio=0.75
)
DEFAULT_MYELOGRAM = MyelogramParameters(lumbar_iodine_mg_per_ml=42.0, gradient_per_mm=0.0022, remaining=0.8)

_PATIENT_TOML = """\
# What the CT does not show. Leak and myelogram are assumptions within published ranges.
sac_scale = 1.0
seed = 1

[leak]
pattern = "{leak.pattern}"
level = "{leak.level}"
side = "{leak.side}"
thickness_mm = {leak.thickness_mm}
extent_levels = {leak.extent_levels}
iodine_ratio = {leak.iodine_ratio}

[myelogram]
lumbar_iodine_mg_per_ml = {myelogram.lumbar_iodine_mg_per_ml}
gradient_per_mm = {myelogram.gradient_per_mm}
remaining = {myelogram.remaining}
"""


def real_phantom(
    ct: str,
    leak: Callable[[LeakParameters], LeakParameters],
    contrast: Callable[[MyelogramParameters], MyelogramParameters],
    folder: Path,
    progress: Progress | None,
) -> Phantom:
    """Phantom of a CT that ships with the project, or of a folder that `import-ct` wrote.

    Args:
        ct: name or folder; a relative folder starts at `folder`, then at the current one
        leak, contrast: what the scenario makes of the patient's leak and myelogram

    Raises:
        ValueError: there is no such patient, or its files cannot be used.
    """
    places = [p for p in (folder / ct, Path(ct)) if (p / "patient.toml").is_file()]
    ct_path, labels_path, parameters = patient_in(places[0]) if places else real_patient(ct)
    return phantom_from_ct(
        read_ct(ct_path, labels_path),
        name=parameters.name,
        leak=leak(parameters.leak or DEFAULT_LEAK),
        myelogram=contrast(parameters.myelogram),
        sac_scale=parameters.sac_scale,
        seed=parameters.seed,
        progress=progress,
    )


def import_ct(ct: Path, labels: Path | None, *, name: str, out: Path, progress: Progress | None = None) -> Path:
    """Check a CT, build its phantom once, and write the patient's folder; nothing is written where that fails.

    Returns:
        the new folder: ct.nii.gz, labels.nii.gz, patient.toml, preview.png

    Raises:
        UserFaultError: the files cannot be used, or the folder cannot be written.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", name):
        raise UserFaultError(f"--name {name}", "this is no name for a folder", "use letters, digits, - and _")
    target = out / name
    if target.exists():
        raise UserFaultError(str(target), "there is such a patient already", "choose another --name, or remove it")
    try:
        image = read_ct(ct, labels)
        try:
            phantom = phantom_from_ct(
                image, name=name, leak=DEFAULT_LEAK, myelogram=DEFAULT_MYELOGRAM, progress=progress
            )
        except CtFault as fault:
            if fault.where != "leak":
                raise
            raise UserFaultError(str(labels), "the CT does not show L3/4, where a leak is put", fault.mend) from fault
    except CtFault as fault:
        raise UserFaultError(f"{fault.what}: {fault.where}", str(fault).split(": ", 2)[-1]) from fault
    try:
        out.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=out))
    except OSError as error:
        raise UserFaultError(str(out), f"this folder cannot be written ({error.strerror})", "name another") from error
    try:
        write_ct(image, aside / "ct.nii.gz", aside / "labels.nii.gz")  # the grid alone, no word of the file's header
        text = _PATIENT_TOML.format(leak=DEFAULT_LEAK, myelogram=DEFAULT_MYELOGRAM)
        (aside / "patient.toml").write_text(text, encoding="utf-8")
        write_preview(phantom, aside / "preview.png")
        aside.chmod(0o755)
        aside.rename(target)
    except OSError as error:
        raise UserFaultError(str(target), f"it cannot be written ({error.strerror})", "free some space") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target
