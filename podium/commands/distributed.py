"""The processes of a Games whose log is in Kafka: gateway, worker, edge."""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
import uvloop

from podium.commands.options import ConfigFile, LogFormat
from podium.config import load
from podium.errors import OperatorError
from podium.log_lines import set_up
from podium.settings import Settings

__all__ = ["add_to"]

LogUrl = Annotated[str, typer.Option("--log", help="The log: kafka://HOST:PORT or kafka://HOST:PORT/PREFIX.")]


Port = Annotated[int | None, typer.Option(help="HTTP.", show_default="8080")]
Address = Annotated[str | None, typer.Option(help="The address to bind to.", show_default="127.0.0.1")]


def gateway(
    log: LogUrl,
    port: Port = None,
    feed_in: Annotated[int | None, typer.Option("--feed-in", help="TCP door for venue lines.")] = None,
    host: Address = None,
    mode: Annotated[str | None, typer.Option(help="live, replay or rehearsal, for a new log.")] = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Take venue feeds into a log in Kafka; where a second one starts, the first one ends."""
    settings = _settings(config, log_format, port=port, host=host, feed_in=feed_in, mode=mode)
    doors, serving = _needs("doors"), _needs("serving")
    chosen = settings.serve
    ports = serving.Ports(chosen.host, chosen.port, chosen.feed_in)
    uvloop.run(doors.run(log, ports, settings, chosen.mode))


def edge(
    log: LogUrl,
    port: Port = None,
    host: Address = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Serve views, feed and page from what the workers make of a log in Kafka; as many as are needed."""
    settings = _settings(config, log_format, port=port, host=host)
    edging, serving = _needs("edging"), _needs("serving")
    uvloop.run(edging.run(log, serving.Ports(settings.serve.host, settings.serve.port), settings))


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
    _settings(config, log_format)
    working = _needs("working")
    asyncio.run(working.run(log, name, session=session, save_every=save_every))


def _settings(config: Path | None, log_format: str | None, **serve: str | int | None) -> Settings:
    given = {"logging.format": log_format} | {f"serve.{name}": value for name, value in serve.items()}
    settings = load(config, os.environ, given).settings
    set_up(settings.logging.format, settings.logging.level)
    return settings


def _needs(module: str) -> ModuleType:
    """Return a module of processes, which take a moment to load."""
    try:
        return import_module(f"podium.{module}")
    except ImportError as error:
        raise OperatorError(f"a log in Kafka needs the extra: pip install 'podium-games[kafka]' ({error})") from error


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (gateway, worker, edge):
        app.command()(command)
