"""Running: serve, demo, bench."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podium.commands.options import LogPath
from podium.errors import OperatorError

__all__ = ["add_to"]

BENCHES = ("fold", "append", "fanout", "path")


def serve_log(
    log: LogPath,
    port: Annotated[int, typer.Option(help="HTTP and WebSocket; venues push to it as well.")] = 8080,
    feed_in: Annotated[int | None, typer.Option("--feed-in", help="TCP door for venue lines.")] = None,
    host: Annotated[str, typer.Option(help="The address to bind to.")] = "127.0.0.1",
    mode: Annotated[str | None, typer.Option(help="live, replay or rehearsal, for a new log.")] = None,
) -> None:
    """Take venue feeds, fold them, and serve views, feed and page from one process."""
    if mode not in (None, "live", "replay", "rehearsal"):
        raise OperatorError(f"no mode {mode!r}: live, replay or rehearsal")
    from podium import serving  # noqa: PLC0415 - the server's libraries take a moment to load

    serving.run(log, serving.Ports(host, port, feed_in), mode)


def demo(
    seconds: Annotated[
        str | None, typer.Option("--for", help="Stop after so long, such as 30s, checking the page.")
    ] = None,
    speed: Annotated[str, typer.Option(help="How fast the Games go by.")] = "60x",
    seed: Annotated[int, typer.Option(help="Of the invented Games.")] = 7,
    port: Annotated[int, typer.Option(help="A free one is taken where it is busy.")] = 8080,
) -> None:
    """Play an invented Games and show its results as they come."""
    from podium.demo import run_demo  # noqa: PLC0415 - as above

    run_demo(seconds=seconds, speed=speed, seed=seed, port=port)


def bench(
    what: Annotated[str, typer.Argument(help="fold, append, fanout or path.")],
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
