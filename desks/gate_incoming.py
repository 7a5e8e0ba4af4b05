"""What is brought to a gate: judged as a whole beside the folder, and taken over only if all of it counts.

So whoever stands between a gate and its desk can keep news from it, and neither forge nor turn back any: the files that
lie in the folder stay until better ones have come.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from desks.errors import BadPublication
from desks.gate_folder import BEACON, FACTS, MANIFEST, STATUSES, GateFolder
from desks.gate_settings import GateSettings
from desks.gate_spool import Seen

__all__ = ["NEEDED", "take_over"]

NEEDED = (MANIFEST, FACTS, STATUSES, BEACON)  # in this order: what is judged by a manifest comes behind it
INCOMING = ".incoming"


def take_over(folder: Path, settings: GateSettings, files: Mapping[str, bytes]) -> None:
    """Put files into the folder of a gate; raises ``BadPublication`` and changes nothing where one does not count.

    The gate may decide meanwhile: each file is there as it was, or whole as it came. Stopped in between, the folder has
    a newer manifest with older files, which count as long as their publisher does.
    """
    here = GateFolder(folder, settings.games, settings.root_key, Seen())
    here.refresh()
    beside = folder / INCOMING
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    try:
        for name in NEEDED:
            if name not in files:
                raise BadPublication(f"{name} is missing from what came")
            _write(beside / name, files[name])
        came = GateFolder(beside, settings.games, settings.root_key, here.seen)
        came.refresh()
        if came.complaints:
            raise BadPublication("; ".join(came.complaints))
        if here.beacon and came.beacon and (came.beacon.series, came.beacon.at) < (here.beacon.series, here.beacon.at):
            raise BadPublication(f"{BEACON}: an older time than the one that is here")
        for name in NEEDED:
            (beside / name).replace(folder / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
