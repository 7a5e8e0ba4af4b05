"""The sport definitions that come with Podium, read from the installed package.

``schemas`` itself reads nothing; this is the door through which the engine, the importers and the tests get them.
"""

from __future__ import annotations

from importlib.resources import files

import msgspec

from schemas import sport
from schemas.sport import Sport

__all__ = ["SportError", "load_sports"]


class SportError(ValueError):
    """A definition that cannot be used; names the file and the place in it."""

    def __init__(self, file: str, what: str) -> None:
        super().__init__(f"schemas/sports/{file}: {what}")
        self.file = file


def load_sports() -> dict[str, Sport]:
    """Return every packaged definition by the code of its discipline, in the order of the codes.

    Raises ``SportError`` where a file is no definition or two speak of the same discipline.
    """
    sports: dict[str, Sport] = {}
    for file in sorted(files("schemas").joinpath("sports").iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            definition = sport.decode(file.read_bytes())
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise SportError(file.name, str(error)) from error
        if definition.code in sports:
            raise SportError(file.name, f"{definition.code} is defined by another file, too")
        sports[definition.code] = definition
    return dict(sorted(sports.items()))
