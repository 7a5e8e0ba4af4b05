"""Auditing a log: audit verify, prove, check, checkpoint, key, witness."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from podium.commands.options import LogPath
from podium.errors import OperatorError

__all__ = ["add_to"]

Key = Annotated[str, typer.Option(help="The auditor's public key, podium/GAMES+..., or a file with it.")]
Keys = Annotated[Path, typer.Option("--keys", help="The folder of keys; PODIUM_PASSPHRASE opens them.")]
Era = Annotated[int, typer.Option(help="Of the trees: one more after a log was restored without its end.", min=1)]

app = typer.Typer(no_args_is_help=True, help="Prove that a log is what it was signed to be.")


@app.command()
def verify(
    log: LogPath,
    key: Key,
    kept: Annotated[list[Path] | None, typer.Option(help="Checkpoints kept elsewhere: a file, or a witness's.")] = None,
    era: Era = 1,
) -> None:
    """Hold a log against every checkpoint: those on it, and those that a file or a witness kept.

    Exit code 1 names what was edited, cut off, forked or forged, or says that nothing was signed at all.
    """
    with _auditing() as auditing:
        print(auditing.verify(log, key, kept or (), era))


@app.command()
def prove(
    log: LogPath,
    key: Key,
    what: Annotated[str, typer.Argument(help="The id of an event; or TOPIC/PARTITION/NUMBER of an audited record.")],
    since: Annotated[int, typer.Option(help="Prove instead that the tree goes on from so many records.")] = 0,
    era: Era = 1,
) -> None:
    """Print one document that proves a record to be in the log, for whoever has the auditor's public key."""
    with _auditing() as auditing:
        sys.stdout.buffer.write(auditing.prove(log, key, what, since, era) + b"\n")


@app.command()
def check(
    document: Annotated[str, typer.Argument(help="What audit prove printed, a file; - reads it from standard input.")],
    key: Key,
) -> None:
    """Check a proof, without the log."""
    with _auditing() as auditing:
        data = sys.stdin.buffer.read() if document == "-" else Path(document).read_bytes()
        print(auditing.check(data, key))


@app.command()
def checkpoint(
    log: LogPath,
    keys: Keys,
    games: Annotated[str, typer.Option(help="The Games, as the checkpoints name them.")],
    file: Annotated[Path | None, typer.Option(help="Append them here too; best on another disk.")] = None,
    witness: Annotated[list[str] | None, typer.Option(help="The address of a witness; repeat it.")] = None,
    era: Era = 1,
) -> None:
    """Sign the heads of all trees that grew, once. A running office does so every minute."""
    with _auditing() as auditing:
        for line in auditing.sign(log, keys, games, file=file, witnesses=witness or (), era=era):
            print(line)


@app.command()
def key(
    keys: Keys,
    games: Annotated[str, typer.Option(help="The Games; or with --witness the name of the witness.")],
    witness: Annotated[bool, typer.Option("--witness", help="The key of a witness.")] = False,
) -> None:
    """Print the public half of the signing key, which is made where there is none."""
    with _auditing() as auditing:
        print(auditing.public_key(keys, games, witness=witness))


@app.command()
def witness(
    folder: Annotated[Path, typer.Option("--dir", help="What it has seen.", file_okay=False)],
    keys: Keys,
    name: Annotated[str, typer.Option(help="Its name, under which it cosigns.")],
    log_key: Annotated[list[str], typer.Option(help="The public key of an auditor; repeat it.")],
    host: Annotated[str, typer.Option(help="The address to bind to.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0: any that is free.", min=0)] = 8075,
) -> None:
    """Witness checkpoints until stopped: to be run where the administrators of the log have no access."""
    with _auditing() as auditing:
        auditing.witness(folder, keys, name, log_key, host=host, port=port)


@contextmanager
def _auditing() -> Iterator[ModuleType]:
    """Say which extra is missing; turn the room's errors into sentences."""
    try:
        from desks.errors import DesksError  # noqa: PLC0415 - the extra
        from podium import auditing  # noqa: PLC0415
    except ImportError as error:
        raise OperatorError(f"audit needs the extra: pip install 'podium-games[people]' ({error})") from error
    try:
        yield auditing
    except DesksError as error:
        raise OperatorError(str(error)) from error


def add_to(main: typer.Typer) -> None:
    """Add the commands of this file."""
    main.add_typer(app, name="audit")
