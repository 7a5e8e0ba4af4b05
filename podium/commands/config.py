"""Looking at the settings: check a file, show what holds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Column, Table

from podium.commands.options import ConfigFile, Format
from podium.config import Config, Setting, allowed, load
from podium.errors import OperatorError

__all__ = ["add_to"]

config = typer.Typer(help="Look at the settings.", no_args_is_help=True)


class Shown(msgspec.Struct):
    """One setting of ``podium config show --format json``."""

    key: str
    value: msgspec.Raw
    origin: str
    allowed: str


@config.command()
def check(file: Annotated[Path, typer.Argument(help="The configuration.", dir_okay=False)]) -> None:
    """Say what is wrong with a configuration, a line for each thing; the environment is left out of it."""
    found = load(file, {})
    print(f"{file}: {len(found.origins)} settings, all as they may be")


@config.command()
def show(
    file: ConfigFile = None, form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table
) -> None:
    """Show every setting as it holds, and who says so; secrets are not shown."""
    found = load(file, os.environ)
    if form is Format.json:
        print(msgspec.json.encode([_shown(setting) for setting in found.each()]).decode())
    elif form is Format.table:
        Console().print(_table(found))
    else:
        raise OperatorError("settings are shown as a table or in JSON")


def _shown(setting: Setting) -> Shown:
    return Shown(setting.key, msgspec.Raw(setting.shown.encode()), setting.origin, allowed(setting.key))


def _table(found: Config) -> Table:
    table = Table(Column("setting", no_wrap=True), "value", "who says so", "allowed")
    for setting in found.each():
        table.add_row(
            setting.key, "–" if setting.value is None else setting.shown, setting.origin, allowed(setting.key)
        )
    return table


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(config, name="config")
