"""Where Games come from and go to: import, synth, replay, export."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from engine import about
from engine.about import About
from engine.gateway import Gateway
from engine.instants import parse_instant
from engine.raw import RAW
from engine.streams import read_raw
from podium.commands.options import ConfigFile, LogPath
from podium.config import load
from podium.errors import OperatorError
from podium.speed import speed_of
from podium.wiring import host_over, name_of, open_log, wall_clock
from replay.archive import VERSION, Archive, Header, Message, write
from replay.doors import ReplayRefusedError, send
from replay.paris2024 import BadInputError, import_paris2024
from replay.player import Pace, Part, part_of
from replay.synth import synthesise
from schemas.games import Games

__all__ = ["add_to"]

BATCH = 1000  # messages stored in one commit
Out = Annotated[Path, typer.Option("--out", help="The archive to write.", dir_okay=False)]


def import_games(
    dataset: Annotated[str, typer.Argument(help="Which data set: paris2024.")],
    folder: Annotated[Path, typer.Argument(help="Where it lies.")],
    out: Out,
) -> None:
    """Turn a data set into an archive of raw venue messages, with a report of what is not a mark beside it."""
    if dataset != "paris2024":
        raise OperatorError(f"no importer for {dataset!r}; there is one for paris2024")
    if not folder.is_dir():
        raise OperatorError(f"{folder} is no folder")
    try:
        header, messages, report = import_paris2024(folder)
        count = write(out, header, messages)
    except BadInputError as error:
        raise OperatorError(str(error)) from error
    beside = out.with_suffix(".report.json")
    beside.write_bytes(report.encode())
    beside.with_suffix(".txt").write_text(report.text())
    print(f"{out}: {count} messages of {header.games.name}; what is no mark but an order or the like: {beside}")


def synth(
    out: Out,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    scale: Annotated[str, typer.Option(help="small, day or full.")] = "small",
) -> None:
    """Write an archive of an invented Games."""
    if scale not in ("small", "day", "full"):
        raise OperatorError(f"no scale {scale!r}: small, day or full")
    header, messages = synthesise(seed, scale)  # type: ignore[arg-type]
    count = write(out, header, messages)
    print(f"{out}: {count} messages, seed {seed}, scale {scale}")


def _instant(text: str | None, games: Games) -> int | None:
    """Return an instant; without an offset it is the local time of the Games."""
    if text is None:
        return None
    instant = parse_instant(text)
    if instant is None:
        raise OperatorError(f"{text!r} is no instant such as 2024-08-04T20:00")
    local = "+" not in text[10:] and "-" not in text[10:] and not text.endswith("Z")
    return instant - games.offset * 60_000_000 if local else instant


def replay(
    archive: Annotated[Path, typer.Argument(help="The archive to play.", dir_okay=False)],
    log: Annotated[Path | None, typer.Option(help="Play it into this log.", dir_okay=False)] = None,
    to: Annotated[str | None, typer.Option(help="Play it through the doors of a running server, by its URL.")] = None,
    speed: Annotated[str | None, typer.Option(help="max, 1x, 60x, ...", show_default="max")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Only what came at or after this instant.")] = None,
    until: Annotated[str | None, typer.Option(help="Only what came before this instant.")] = None,
    venue: Annotated[str | None, typer.Option(help="Only this venue's sources, and the central ones.")] = None,
    config: ConfigFile = None,
) -> None:
    """Play an archive through the gateway; into a log that holds part of it already, go on from there."""
    told = {"replay.speed": speed, "replay.venue": venue}
    chosen = load(config, os.environ, told).settings.replay
    if log is None and to is None:  # one of them said here leaves the other out, whatever a configuration says
        log, to = Path(chosen.log) if chosen.log else None, chosen.to
    if (log is None) == (to is None):
        raise OperatorError("replay wants either --log FILE or --to URL")
    source = Archive(archive)
    games = source.header.games
    part = Part(_instant(start, games), _instant(until, games), chosen.venue)
    pace = Pace(speed_of(chosen.speed), part.start)
    if to is not None:
        try:
            sent = send(to, part_of(source, part), pace)
        except ReplayRefusedError as error:
            raise OperatorError(str(error)) from error
        print(f"{to}: {sent.stored} messages stored, {sent.duplicates} there already, {sent.refused} refused")
    elif log is not None:
        replay_into(log, source, part, pace)


def replay_into(path: Path, source: Archive, part: Part, pace: Pace) -> None:
    """Play an archive into a log, fold it, and save a checkpoint."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} messages"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with open_log(path, write=True, layout=source.header.games.layout) as log, bar:
        fence = log.fence_now("gateway")  # before anything is read: nobody else adds to what is read here
        if about.read(log) is None:
            about.write(log, About(source.header.games, "replay"), 0)
        host = host_over(log)
        here = host.topic == RAW  # otherwise workers fold it
        if here:
            host.load()
            host.catch_up()
        gateway = Gateway(log, wall_clock, games=source.header.games, fence=fence)
        duplicates = refused = stored = 0
        task = bar.add_task(path.name, total=None)
        for batch in pace.batches(part_of(source, part), BATCH):
            done = gateway.store(batch)
            stored += len(done.raws)
            duplicates += done.duplicates
            refused += done.refused
            for raw in done.raws if here else ():
                host.step(raw)
            bar.update(task, advance=len(batch))
        came = f"{stored} messages stored, {duplicates} there already, {refused} refused"
        if not here:
            print(f"{name_of(path)}: {came}; workers fold it")
            return
        host.save(whole=True)
        print(f"{name_of(path)}: {came}; cut {host.views.cut}, digest {host.views.digest()}")


def export(log: LogPath, out: Out) -> None:
    """Write an archive of all raw messages of a log."""
    with open_log(log) as opened:
        said = about.read(opened) or About()
        header = Header(VERSION, said.games, made_by=f"log {opened.id}")
        count = write(out, header, (Message(*raw[:6]) for raw in read_raw(opened)))
    print(f"{out}: {count} messages")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("import")(import_games)
    app.command()(synth)
    app.command()(replay)
    app.command()(export)
