"""The processes of a Games whose log is in Kafka: worker."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated

import typer

from podium.commands.options import ConfigFile, LogFormat
from podium.config import load
from podium.errors import OperatorError
from podium.log_lines import set_up

__all__ = ["add_to"]

LogUrl = Annotated[str, typer.Option("--log", help="The log: kafka://HOST:PORT or kafka://HOST:PORT/PREFIX.")]


def worker(
    log: LogUrl,
    name: Annotated[str, typer.Option("--set", help="The set that it works in; each set does all the work.")] = "a",
    session: Annotated[
        float, typer.Option(min=1, help="Seconds of silence after which the others take a worker's shares.")
    ] = 6.0,
    save_every: Annotated[float, typer.Option(min=0.1, help="Seconds between two saves of its state.")] = 10.0,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Decode and fold a share of a log in Kafka; the workers of a set divide it among themselves."""
    settings = load(config, os.environ, {"logging.format": log_format}).settings
    set_up(settings.logging.format, settings.logging.level)
    try:
        from podium import working  # noqa: PLC0415 - the extra, and it takes a moment to load
    except ImportError as error:
        raise OperatorError(f"a worker needs the extra: pip install 'podium-games[kafka]' ({error})") from error
    asyncio.run(working.run(log, name, session=session, save_every=save_every))


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(worker)
