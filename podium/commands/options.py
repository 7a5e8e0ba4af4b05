"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Format", "LogPath"]

LogPath = Annotated[Path, typer.Option("--log", help="The log, one SQLite file.", dir_okay=False)]


class Format(StrEnum):
    """How to print a view."""

    table = "table"
    json = "json"
    xml = "xml"
