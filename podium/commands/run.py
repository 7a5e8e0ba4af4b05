"""Running: serve, demo, bench."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from podium.commands.options import ConfigFile, LogFormat
from podium.config import load
from podium.errors import OperatorError
from podium.log_lines import set_up
from podium.wiring import kafka_url

__all__ = ["add_to"]

BENCHES = (
    *("fold", "append", "fanout", "path", "subscribers", "growth", "history"),
    *("workers", "edges", "gap", "people", "pages", "audit"),
)


def serve_log(
    log: Annotated[Path | None, typer.Option(help="The log: a file, or kafka://HOST:PORT.", dir_okay=False)] = None,
    port: Annotated[
        int | None, typer.Option(help="HTTP and WebSocket; venues push to it as well.", show_default="8080")
    ] = None,
    feed_in: Annotated[int | None, typer.Option("--feed-in", help="TCP door for venue lines.")] = None,
    host: Annotated[str | None, typer.Option(help="The address to bind to.", show_default="127.0.0.1")] = None,
    mode: Annotated[str | None, typer.Option(help="live, replay or rehearsal, for a new log.")] = None,
    history: Annotated[str | None, typer.Option(help="Keep history there: a folder, or http(s)://host:port.")] = None,
    people: Annotated[
        Path | None, typer.Option(help="The people side as well, with this folder of keys.", file_okay=False)
    ] = None,
    people_port: Annotated[int | None, typer.Option(help="Its API.", show_default="8070")] = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Take venue feeds, fold them, and serve views, feed and page from one process.

    What is not said here, the environment says (PODIUM_SERVE_PORT), or the configuration.
    """
    given = {
        "serve.log": str(log) if log else None,
        "serve.port": port,
        "serve.feed_in": feed_in,
        "serve.host": host,
        "serve.mode": mode,
        "serve.history": history,
        "people.keys": str(people) if people else None,
        "people.port": people_port,
        "logging.format": log_format,
    }
    settings = load(config, os.environ, given).settings
    if settings.serve.log is None:
        raise OperatorError("serve wants a log: --log FILE, PODIUM_SERVE_LOG, or log under [serve] in a configuration")
    set_up(settings.logging.format, settings.logging.level)
    from podium import serving  # noqa: PLC0415 - the server's libraries take a moment to load

    if (url := kafka_url(Path(settings.serve.log))) is None:
        serving.run(Path(settings.serve.log), settings)
        return
    try:
        from podium import serving_kafka  # noqa: PLC0415 - the extra
    except ImportError as error:
        raise OperatorError(f"a log in Kafka needs the extra: pip install 'podium-games[kafka]' ({error})") from error
    serving_kafka.run(url, settings)


def demo(
    seconds: Annotated[
        str | None, typer.Option("--for", help="Stop after so long, such as 30s, checking the page.")
    ] = None,
    speed: Annotated[str | None, typer.Option(help="How fast the Games go by.", show_default="60x")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the invented Games.", show_default="7")] = None,
    port: Annotated[int | None, typer.Option(help="A free one is taken where it is busy.", show_default="8080")] = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Play an invented Games and show its results as they come."""
    given = {"demo.speed": speed, "demo.seed": seed, "demo.port": port, "logging.format": log_format}
    settings = load(config, os.environ, given).settings
    set_up(settings.logging.format, settings.logging.level)
    from podium.demo import run_demo  # noqa: PLC0415 - as above

    run_demo(seconds=seconds, settings=settings)


def bench(
    what: Annotated[str, typer.Argument(help=f"{', '.join(BENCHES)}.")],
    json: Annotated[Path | None, typer.Option(help="Write the figures there.", dir_okay=False)] = None,
    compare: Annotated[Path | None, typer.Option(help="Compare with figures written before.", dir_okay=False)] = None,
) -> None:
    """Measure: our own figure first, then the peers in the same run."""
    if what not in BENCHES:
        raise OperatorError(f"no measurement {what!r}: {', '.join(BENCHES)}")
    try:
        from bench import runner  # noqa: PLC0415 - the measurements need more than the base install
    except ImportError as error:
        raise OperatorError(f"measuring needs the extra: pip install 'podium-games[bench]' ({error})") from error
    runner.run(what, json=json, compare=compare)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("serve")(serve_log)
    app.command()(demo)
    app.command()(bench)
