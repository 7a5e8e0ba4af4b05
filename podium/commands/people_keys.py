"""Changing the keys of a Games: people keys show, prepare, use, sign, drop, renew-kek, rewrap."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from podium.commands.options import ConfigFile, LogPath
from podium.config import load
from podium.errors import OperatorError

__all__ = ["keys"]

keys = typer.Typer(help="Change the keys of a Games; PODIUM_PASSPHRASE opens them.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--keys", help="The folder of keys and secrets.", file_okay=False, exists=True)]


@keys.command()
def show(folder: Folder) -> None:
    """Show whose cards gates take, and which key signs now."""
    module = _needs()
    _print(module.lines_of(module.show(folder)))


@keys.command()
def prepare(folder: Folder) -> None:
    """Make the key that is to sign cards next, and tell gates of it: they take the cards of both from then on."""
    module = _needs()
    _print(module.lines_of(module.prepare(folder)))
    print("once every gate has it: podium people keys use, and start the people side anew")


@keys.command()
def use(folder: Folder) -> None:
    """Have the next key sign cards, from the next start of the people side on."""
    module = _needs()
    _print(module.lines_of(module.use(folder)))
    print("start the people side anew; then podium people keys sign, and drop the key before")


@keys.command()
def sign(
    log: LogPath,
    folder: Folder,
    out: Annotated[Path, typer.Option(help="The CSV file to write: person, serial, code.", dir_okay=False)],
    policy: Annotated[Path | None, typer.Option(help="The rules of the Games, a folder.", file_okay=False)] = None,
    after: Annotated[int, typer.Option(help="Cards with a greater serial only.")] = 0,
    count: Annotated[int | None, typer.Option(help="So many cards at most: a batch.", min=1)] = None,
    config: ConfigFile = None,
) -> None:
    """Sign all live cards anew with the key that signs now, to be printed as labels or sent; or a batch of them."""
    chosen = load(config, os.environ, {"people.policy": str(policy) if policy else None}).settings.people
    signed, last = _needs().sign(log, folder, out, policy=chosen.policy, after=after, count=count)
    print(f"{out}: {signed} cards")
    if count is not None and signed == count:
        print(f"there may be more: --after {last}")


@keys.command()
def drop(folder: Folder, key: Annotated[str, typer.Argument(help="Its name, as show has it.")]) -> None:
    """Give a key up, lost or replaced: what it has signed opens no gate any more."""
    module = _needs()
    _print(module.lines_of(module.drop(folder, key)))


@keys.command("renew-kek")
def renew_kek(folder: Folder) -> None:
    """Make a new key that wraps the keys of persons; the one before stays until all is rewrapped."""
    _needs().renew(folder)
    print("start every process of the people side anew; then podium people keys rewrap")


@keys.command()
def rewrap(folder: Folder) -> None:
    """Wrap the keys of all persons with the new key, and destroy the one before; the people side goes on meanwhile."""
    print(f"rewrapped the keys of {_needs().rewrap(folder)} persons; the key before is destroyed")


def _print(lines: list[str]) -> None:
    print("\n".join(lines))


def _needs() -> ModuleType:
    try:
        from podium import people_keys as module  # noqa: PLC0415 - the extra
    except ImportError as error:
        raise OperatorError(f"the people side needs the extra: pip install 'podium-games[people]' ({error})") from error
    return module
