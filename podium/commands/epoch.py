"""What results are made by: epoch begin, epoch list."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from engine import about, epochs
from engine.about import About
from engine.approach import Approach
from engine.epochs import Book, Epoch
from engine.log import DirectLog, Log
from engine.raw import RAW
from engine.sports import SportError, load_sports
from podium.commands.options import Format, LogPath
from podium.errors import OperatorError
from podium.wiring import kafka_url, name_of, open_log, wall_clock
from projections.fold import VERSION
from schemas import games as configuration
from schemas.games import Games
from schemas.sport import Sport

__all__ = ["add_to"]

LOOK_EVERY = 0.5  # seconds between two looks whether an epoch is shown

epoch = typer.Typer(help="Change the rules or the configuration by which results are made.", no_args_is_help=True)


class Line(msgspec.Struct):
    """One line of ``podium epoch list``."""

    epoch: str
    state: str  # shown, building or over
    games: str
    sports: int  # definitions
    left: int  # positions of the raw messages that are not decoded in it; of the one that is being built


@epoch.command()
def begin(
    log: LogPath,
    games: Annotated[
        Path | None, typer.Option("--games", help="A configuration of the Games; without it that one stays.")
    ] = None,
    sports: Annotated[
        Path | None, typer.Option("--sports", help="A folder of definitions that stand instead of the packaged ones.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Come back when it is shown.")] = False,
) -> None:
    """Have workers build an epoch by other rules beside the one that is shown; edges change when it has caught up.

    Where there is no log yet, it is made and spread as the configuration says.
    """
    if kafka_url(log) is None:
        raise OperatorError(f"{log}: a log in a file is folded by the rules that come with whoever folds it")
    told = _games_of(games)
    rules = load_sports() | _sports_of(sports)
    with open_log(log, write=True, layout=told.layout if told else None) as opened:
        if opened.partitions(RAW) == 1:
            raise OperatorError(
                f"{name_of(log)} is in one partition: each edge folds it, by the rules that it comes with"
            )
        wanted = _announce(opened, told, rules)
        if wanted is None:
            print("that is the epoch that is shown")
            return
        print(f"{name_of(log)}: epoch {wanted.name} is being built; `podium epoch list` says how far it is", flush=True)
        while wait and epochs.read(opened, VERSION).building is not None:
            time.sleep(LOOK_EVERY)


def _announce(log: DirectLog, games: Games | None, rules: dict[str, Sport]) -> Epoch | None:
    """Say which epoch is to be built; None where it is the one that is shown."""
    said = about.read(log)
    book = epochs.read(log, VERSION)
    now = wall_clock()
    if said is not None and not book.position:  # what was never said is what everybody follows
        log.append_now([epochs.announcement(Epoch.of(log.id, VERSION, load_sports(), said.games), now)])
        book = epochs.read(log, VERSION)
    standing = book.shown.games if book.shown else said.games if said else Games()
    wanted = Epoch.of(log.id, VERSION, rules, games or standing)
    if book.shown is not None and book.shown.name == wanted.name and book.building is None:
        return None
    log.append_now([epochs.announcement(wanted, now)])
    if said is None or said.games != wanted.games:
        about.write(log, About(wanted.games, said.mode if said else "live"), now)
    return wanted


def _games_of(file: Path | None) -> Games | None:
    if file is None:
        return None
    try:
        return configuration.decode(file.read_bytes())
    except (msgspec.DecodeError, ValueError) as error:
        raise OperatorError(f"{file}: {error}") from error


def _sports_of(folder: Path | None) -> dict[str, Sport]:
    if folder is None:
        return {}
    try:
        return load_sports(folder)
    except SportError as error:
        raise OperatorError(str(error)) from error


@epoch.command("list")
def list_epochs(
    log: LogPath, form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table
) -> None:
    """Print the epochs of a log: which is shown, which is being built and how far it is."""
    with open_log(log) as opened:
        lines = _lines(opened, epochs.read(opened, VERSION))
    if form is Format.json:
        print(msgspec.json.encode(lines).decode())
        return
    table = Table(*Line.__struct_fields__)
    for line in lines:
        table.add_row(*(str(value) for value in msgspec.structs.astuple(line)))
    Console().print(table)


def _lines(log: Log, book: Book) -> list[Line]:
    return [_line(log, book, one) for one in book.all]


def _line(log: Log, book: Book, one: Epoch) -> Line:
    state = "shown" if one == book.shown else "building" if one == book.building else "over"
    left = 0
    if state == "building":
        approach = Approach(log, one.name)
        approach.look(0)
        left = approach.left
    return Line(one.name, state, one.games.name, len(one.sports), left)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(epoch, name="epoch")
