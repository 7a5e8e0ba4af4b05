"""The sport definitions that come with Podium, read from the installed package, and those of an operator's folder.

``schemas`` itself reads nothing; this is the door through which the engine, the importers and the tests get them.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from schemas import sport
from schemas.sport import Sport

__all__ = ["SportError", "load_sports"]


class SportError(ValueError):
    """A definition that cannot be used; names the file and the place in it."""

    def __init__(self, file: str, what: str) -> None:
        super().__init__(f"{file}: {what}")
        self.file = file


def load_sports(folder: Traversable | None = None) -> dict[str, Sport]:
    """Return every definition of a folder, or every packaged one, by the code of its discipline, in their order.

    Raises ``SportError`` where a file is no definition or two speak of the same discipline.
    """
    sports: dict[str, Sport] = {}
    for file in sorted((folder or files("schemas").joinpath("sports")).iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        place = f"schemas/sports/{file.name}" if folder is None else str(file)
        try:
            definition = sport.decode(file.read_bytes())
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise SportError(place, str(error)) from error
        if definition.code in sports:
            raise SportError(place, f"{definition.code} is defined by another file, too")
        sports[definition.code] = definition
    return dict(sorted(sports.items()))
