"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["ConfigFile", "Format", "LogFormat", "LogPath"]

LogPath = Annotated[Path, typer.Option("--log", help="The log: a file, or kafka://HOST:PORT.", dir_okay=False)]


ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Settings, in TOML; PODIUM_CONFIG names one too.", dir_okay=False)
]
LogFormat = Annotated[
    str | None, typer.Option("--log-format", help="Of what it writes of itself: json or text.", show_default="auto")
]


class Format(StrEnum):
    """How to print a view."""

    table = "table"
    json = "json"
    xml = "xml"
