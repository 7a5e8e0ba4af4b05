"""What the security operations centre gets: soc."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from podium.commands.options import LogPath
from podium.errors import OperatorError
from podium.wiring import open_log

__all__ = ["add_to"]


def soc(
    log: LogPath,
    findings: Annotated[bool, typer.Option("--findings", help="Findings alone: what somebody has to look at.")] = False,
    last: Annotated[int, typer.Option(help="So many, the newest.", show_default="all", min=0)] = 0,
) -> None:
    """Print security events of the people side, one OCSF event a line, the oldest first."""
    try:
        from desks.soc.ocsf import DETECTION_FINDING  # noqa: PLC0415 - the extra
        from desks.soc.watch import read_soc  # noqa: PLC0415
    except ImportError as error:
        raise OperatorError(f"the people side needs the extra: pip install 'podium-games[people]' ({error})") from error

    async def events(path: Path) -> list[Any]:
        with open_log(path) as opened:
            return [json.loads(stored.value) async for stored in read_soc(opened)]

    wanted = [one for one in asyncio.run(events(log)) if not findings or one["class_uid"] == DETECTION_FINDING]
    for event in wanted[-last:] if last else wanted:
        print(json.dumps(event, ensure_ascii=False, separators=(",", ":")))


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(soc)
