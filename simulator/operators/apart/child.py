"""Child: what runs in an operator's own process; started as a file, with the folder of the copied interface.

It confines itself before it reads a line of the operator, then asks the operator for a command for each View.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.interface.frame import Frame
    from simulator.interface.radiograph import Radiograph

NOT_HERE = ("phantoms", "scenarios")
PARENT_LOOKED_FOR_S = 2.0


class _NotHere(MetaPathFinder):
    """Refuses our packages that hold the truth, wherever they are installed."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name.partition(".")[0] in NOT_HERE:
            raise ModuleNotFoundError(f"{name} is out of an operator's reach", name=name)
        return None


class _Channel:
    """The two pipes to the parent, and the images' memory; what the operator prints goes to standard error.

    Args:
        own: folder that is removed when the parent has gone without doing so
        images: file that the parent writes images to
    """

    def __init__(self, own: str, images: str) -> None:
        self._own = own
        self.images = open(images, "rb", buffering=0)  # noqa: SIM115 - for as long as the process lives
        self._from, self._to = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(2, 1)

    def read(self) -> dict[str, Any]:
        from simulator.operators.apart.messages import LONGEST_VIEW, read_body, unpack

        body = read_body(self._from, LONGEST_VIEW)
        if body is None:
            leave(self._own)  # the parent has done with this operator, or is gone
        return unpack(body)

    def write(self, message: dict[str, Any]) -> None:
        from simulator.operators.apart.messages import pack

        data = memoryview(pack(message))
        try:
            while data:
                data = data[os.write(self._to, data) :]
        except BrokenPipeError:
            leave(self._own)  # the parent was stopped while the operator came up or thought


def main(arguments: Sequence[str]) -> None:
    """Serve one run of one operator."""
    site, greeting = arguments[0], json.loads(arguments[1])
    sys.path.insert(0, site)
    sys.meta_path.insert(0, _NotHere())
    channel = _Channel(greeting["own"], greeting["images"])
    confined = _confine(greeting)
    threading.Thread(target=_end_with_parent, args=(os.getppid(), greeting["own"]), daemon=True).start()
    sys.path[1:1] = [str(Path(greeting["file"]).parent)]
    sys.path += greeting["libraries"]
    from simulator.errors import UserInputError

    try:
        operator = _make(greeting, channel)
    except UserInputError as fault:
        channel.write({"fault": _told(fault)})
        return
    channel.write({"ready": True, "confined": confined})
    while True:
        _answer(operator, channel)


def _confine(greeting: dict[str, Any]) -> bool:
    from simulator.operators.apart.confinement import confine, limit_resources, reach_of

    reach = reach_of(Path(greeting["file"]), greeting["libraries"], Path(greeting["own"]))
    limit_resources(greeting["memory_mb"], greeting["run_s"])
    return confine(reach)


def _make(greeting: dict[str, Any], channel: _Channel) -> Any:
    from simulator.interface.image_archive import connect_image_service
    from simulator.operators.user_operator import UserOperator

    def image(token: str, number: int, indices: tuple[int, ...] | None) -> Frame:
        channel.write({"image": number, "slices": None if indices is None else [int(k) for k in indices]})
        return _frame(channel.read(), channel)

    def scout(token: str, number: int) -> Radiograph:
        channel.write({"image": number, "scout": True})
        return _radiograph(channel.read(), channel)

    connect_image_service(image, scout)
    file = Path(greeting["file"])
    return UserOperator(f"{file.name}:{greeting['class']}", folder=file.parent)


def _frame(answer: dict[str, Any], channel: _Channel) -> Frame:
    """An image from its form and the shared memory in which its pixels lie."""
    import numpy as np

    from simulator.interface.exposure import ExposureSettings
    from simulator.interface.frame import Frame
    from simulator.operators.apart.typed_json import from_plain
    from simulator.spatial.gantry_tilt import GantryTilt

    return Frame(
        hu=_pixels(answer, channel),
        z_mm=np.array(answer["z_mm"], np.float64),
        pixel_spacing_mm=answer["pixel_spacing_mm"],
        centre_mm=(answer["centre_mm"][0], answer["centre_mm"][1]),
        exposure=from_plain(ExposureSettings, answer["exposure"]),
        slice_thickness_mm=answer["slice_thickness_mm"],
        kernel=answer["kernel"],
        tilt=None if answer["tilt"] is None else from_plain(GantryTilt, answer["tilt"]),
    )


def _radiograph(answer: dict[str, Any], channel: _Channel) -> Radiograph:
    """A scout, in the same way."""
    import numpy as np

    from simulator.interface.radiograph import Radiograph, ScoutTechnique
    from simulator.operators.apart.typed_json import from_plain
    from simulator.vocabulary.scout import ScoutOrientation

    return Radiograph(
        water_mm=_pixels(answer, channel),
        table_mm=np.array(answer["table_mm"], np.float64),
        across_mm=np.array(answer["across_mm"], np.float64),
        plane_mm=answer["plane_mm"],
        orientation=from_plain(ScoutOrientation, answer["orientation"]),
        technique=from_plain(ScoutTechnique, answer["technique"]),
    )


def _pixels(answer: dict[str, Any], channel: _Channel) -> NDArray[np.float32]:
    """The values of an image, read-only; the error of the other side where there is none."""
    import numpy as np

    from simulator.interface.image_archive import ArchiveClosedError

    if "error" in answer:
        kinds = {"KeyError": KeyError, "IndexError": IndexError, "ArchiveClosedError": ArchiveClosedError}
        raise kinds.get(answer["error"], TypeError)(answer["words"])
    shape = tuple(answer["shape"])
    channel.images.seek(0)
    source = channel.images if answer["file"] is None else answer["file"]
    values = np.fromfile(source, np.float32, count=int(np.prod(shape))).reshape(shape)
    values.setflags(write=False)
    return values


def _answer(operator: Any, channel: _Channel) -> None:
    from simulator.errors import UserInputError
    from simulator.operators.apart.messages import command_to_plain, view_from_plain

    view = view_from_plain(channel.read()["view"])
    try:
        command = operator(view)
    except UserInputError as fault:
        channel.write({"fault": _told(fault)})
        return
    channel.write(command_to_plain(command))


def _told(fault: Any) -> dict[str, Any]:
    status = getattr(fault, "status", None)
    status = None if status is None else str(status)
    return {"status": status, "location": fault.location, "what": fault.what, "fix": fault.fix}


def _end_with_parent(parent: int, own: str) -> None:
    """An operator that never comes back does not outlive its parent."""
    while os.getppid() == parent:
        time.sleep(PARENT_LOOKED_FOR_S)
    leave(own)


def leave(own: str) -> NoReturn:
    """End at once, and leave nothing behind."""
    shutil.rmtree(own, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
