"""The processes of a Games whose log is in Kafka: gateway, worker, edge."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
import uvloop

from podium.commands.options import ConfigFile, LogFormat
from podium.config import load
from podium.errors import OperatorError
from podium.gently import load_gently
from podium.log_lines import set_up
from podium.settings import Settings

__all__ = ["add_to"]

LogUrl = Annotated[
    str | None, typer.Option("--log", help="The log: kafka://HOST:PORT[,HOST:PORT...] with /PREFIX, if any.")
]
Port = Annotated[int | None, typer.Option(help="HTTP.", show_default="8080")]
Address = Annotated[str | None, typer.Option(help="The address to bind to.", show_default="127.0.0.1")]
OperationsPort = Annotated[
    int | None, typer.Option("--operations-port", help="Metrics and checks alone; 0 is any free one.")
]


def gateway(
    log: LogUrl = None,
    port: Port = None,
    feed_in: Annotated[int | None, typer.Option("--feed-in", help="TCP door for venue lines.")] = None,
    host: Address = None,
    mode: Annotated[str | None, typer.Option(help="live, replay or rehearsal, for a new log.")] = None,
    games: Annotated[str | None, typer.Option(help="The configuration of the Games, in TOML, for a new log.")] = None,
    operations_port: OperationsPort = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Take venue feeds into a log in Kafka; where a second one starts, the first one ends."""
    own = {"port": port, "host": host, "feed_in": feed_in, "mode": mode, "games": games}
    url, settings = _chosen("gateway", log, config, log_format, operations_port, **own)
    uvloop.run(_needs("doors").run(url, settings))


def edge(
    log: LogUrl = None,
    port: Port = None,
    host: Address = None,
    history: Annotated[str | None, typer.Option(help="Answer from that history, which a historian writes.")] = None,
    operations_port: OperationsPort = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Serve views, feed and page from what the workers make of a log in Kafka; as many as are needed."""
    own = {"port": port, "host": host, "history": history}
    url, settings = _chosen("edge", log, config, log_format, operations_port, **own)
    uvloop.run(_needs("edging").run(url, settings))


def worker(
    log: LogUrl = None,
    name: Annotated[
        str | None,
        typer.Option("--set", help="The set that it works in; each set does all the work.", show_default="a"),
    ] = None,
    session: Annotated[
        float | None,
        typer.Option(help="Seconds of silence after which the others take a worker's shares.", show_default="6.0"),
    ] = None,
    save_every: Annotated[
        float | None, typer.Option(help="Seconds between two saves of its state.", show_default="10.0")
    ] = None,
    operations_port: OperationsPort = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Decode and fold a share of a log in Kafka; the workers of a set divide it among themselves."""
    own = {"set": name, "session": session, "save_every": save_every}
    url, settings = _chosen("worker", log, config, log_format, operations_port, **own)
    asyncio.run(_needs("working").run(url, settings))


def _chosen(
    process: str,
    log: str | None,
    config: Path | None,
    log_format: str | None,
    operations_port: int | None,
    **own: str | float | None,
) -> tuple[str, Settings]:
    """Return the log of a process and the settings that hold for it."""
    given = {"kafka.log": log, "logging.format": log_format, "operations.port": operations_port}
    settings = load(config, os.environ, given | {f"{process}.{name}": value for name, value in own.items()}).settings
    set_up(settings.logging.format, settings.logging.level)
    if settings.kafka.log is None:
        raise OperatorError(f"{process} wants a log: --log, PODIUM_KAFKA_LOG, or log under [kafka] in a configuration")
    return settings.kafka.log, settings


def _needs(module: str) -> ModuleType:
    """Return a module of processes, which take a moment to load."""
    try:
        return load_gently(f"podium.{module}")
    except ImportError as error:
        raise OperatorError(f"a log in Kafka needs the extra: pip install 'podium-games[kafka]' ({error})") from error


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (gateway, worker, edge):
        app.command()(command)
