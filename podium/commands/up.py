"""Starting a whole Games: up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from podium.commands.options import ConfigFile, LogFormat
from podium.config import load
from podium.errors import OperatorError
from podium.log_lines import set_up

__all__ = ["add_to"]


def up(
    local: Annotated[bool, typer.Option("--local", help="As plain processes on this machine.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option("--dir", help="Where everything is kept; else in a folder that is removed.", file_okay=False),
    ] = None,
    brokers: Annotated[int, typer.Option(min=1, max=9, help="Of Kafka; of three one may die.")] = 3,
    workers: Annotated[int, typer.Option(min=1, help="In each of the two sets.")] = 1,
    edges: Annotated[int, typer.Option(min=1, help="Of which any serves any subscriber.")] = 2,
    partitions: Annotated[int, typer.Option(min=1, help="Over which a new log is spread.")] = 4,
    history: Annotated[
        str | None, typer.Option(help="Where history is kept; else a folder, where the extra analytics is installed.")
    ] = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Run a whole Games in Kafka: brokers, a gateway, the people side, two sets of workers, edges, a historian.

    What dies is started again. At SIGTERM all of them leave in order, and nothing that was taken is lost.
    """
    if not local:
        raise OperatorError("up starts plain processes: podium up --local; in containers it is docker compose up")
    settings = load(config, os.environ, {"logging.format": log_format}).settings
    set_up(settings.logging.format, settings.logging.level)
    try:
        from podium import up as process  # noqa: PLC0415 - it takes a moment to load
    except ImportError as error:
        raise OperatorError(f"a log in Kafka needs the extra: pip install 'podium-games[kafka]' ({error})") from error
    wanted = process.Wanted(folder, brokers, workers, edges, partitions, history)
    uvloop.run(process.run(wanted, settings, config))


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(up)
