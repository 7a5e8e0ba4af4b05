"""The people side: people serve, init-keys, keys, add-operator, import, export."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated

import msgspec
import typer

from management.command import EVERYWHERE, Grant
from podium.commands.options import ConfigFile, Format, LogFormat
from podium.commands.people_keys import keys as keys_of_a_games
from podium.config import load
from podium.errors import OperatorError
from podium.log_lines import set_up
from podium.passphrase import passphrase

__all__ = ["add_to"]

people = typer.Typer(help="The people of the Games: their process, its keys and operators.", no_args_is_help=True)

Keys = Annotated[Path, typer.Option("--keys", help="The folder of keys and secrets.", file_okay=False)]


@people.command()
def serve(
    log: Annotated[
        Path | None,
        typer.Option("--log", help="The log: a file, or kafka://HOST:PORT; else kafka.log of a Games.", dir_okay=False),
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="The rules of the Games, a folder.", file_okay=False)] = None,
    keys: Annotated[Path | None, typer.Option(help="The folder of keys and secrets.", file_okay=False)] = None,
    port: Annotated[int | None, typer.Option(help="HTTP.", show_default="8070")] = None,
    host: Annotated[str | None, typer.Option(help="The address to bind to.", show_default="127.0.0.1")] = None,
    operations_port: Annotated[
        int | None, typer.Option("--operations-port", help="Metrics and checks; any free one where none is named.")
    ] = None,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Take commands about people, decide them, and serve the API."""
    given = {
        "people.policy": str(policy) if policy else None,
        "people.keys": str(keys) if keys else None,
        "people.port": port,
        "people.host": host,
        "operations.port": operations_port,
        "logging.format": log_format,
    }
    settings = load(config, os.environ, given).settings
    set_up(settings.logging.format, settings.logging.level)
    module = _needs()
    module.run(log, settings)


@people.command("init-keys")
def init_keys(folder: Annotated[Path, typer.Option("--dir", help="The folder to make.", file_okay=False)]) -> None:
    """Make the secrets of a Games, once."""
    _needs()
    from desks.errors import BadKeys  # noqa: PLC0415 - the extra
    from desks.keyring import make_keys  # noqa: PLC0415

    try:
        make_keys(folder, passphrase())
    except BadKeys as error:
        raise OperatorError(str(error)) from error
    print(f"{folder}: made; back it up apart from the log, and let nobody else read it")


@people.command("add-operator")
def add_operator(
    keys: Keys,
    name: Annotated[str, typer.Option("--id", help="Who: an identifier that is never a name.")],
    grants: Annotated[list[str], typer.Option("--grant", help="ROLE or ROLE@scope, such as RO_ACR@ro:AAA.")],
    until: Annotated[datetime | None, typer.Option(help="The token is good until then, UTC.")] = None,
) -> None:
    """Let somebody in by a token, and print it: it is kept nowhere. The same id again gets another one."""
    _needs()
    from desks import operators  # noqa: PLC0415 - the extra
    from desks.errors import BadKeys  # noqa: PLC0415

    try:
        print(operators.add_operator(keys / operators.FILE, name, tuple(map(_grant, grants)), operators.in_utc(until)))
    except (BadKeys, ValueError) as error:
        raise OperatorError(str(error)) from error


@people.command("import")
def import_sheet(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False)],
    kind: Annotated[str, typer.Option("--kind", help="people, volunteers, longlist or shifts.")],
    scope: Annotated[str, typer.Option("--scope", help="For whom: ro:AAA, venue:STA or programme:MAIN.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it only: nothing is done.")] = False,
    encoding: Annotated[str, typer.Option(help="Of a CSV file without a byte order mark.")] = "utf-8",
    to: Annotated[str | None, typer.Option("--to", help="The API; PODIUM_DESK_URL names it too.")] = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Import a sheet, and print each error by row and column; ends with 1 where there are any."""
    _needs()
    from podium.people_client import Desk  # noqa: PLC0415 - the extra

    query = {"scope": scope, "dry_run": str(dry_run).lower(), "encoding": encoding}
    report = Desk(to).hand_in(kind, file.read_bytes(), **query)
    if form is Format.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for error in report["errors"]:
            place = f"row {error['row']}, {error['column']}" if error["column"] else f"row {error['row']}"
            print(f"{place}: {error['code']}: {error['text']}")
        would = "would be applied" if report["dry_run"] else "applied"
        counts = f"{report['rows']} rows: {report['applied']} {would}, {report['known']} known"
        print(f"{counts}, {report['refused']} refused")
    if report["refused"]:
        raise typer.Exit(1)


@people.command("export")
def export_sheet(
    file: Annotated[Path, typer.Argument(help="To be written; it ends with .csv or .xlsx.", dir_okay=False)],
    kind: Annotated[str, typer.Option("--kind", help="people, volunteers, longlist or shifts.")],
    scope: Annotated[str, typer.Option("--scope", help="Of whom: ro:AAA, venue:STA or programme:MAIN.")],
    to: Annotated[str | None, typer.Option("--to", help="The API; PODIUM_DESK_URL names it too.")] = None,
) -> None:
    """Write a sheet: what may be seen of whom is as at every other door, and it is counted as read."""
    _needs()
    from podium.people_client import Desk  # noqa: PLC0415 - the extra

    if (ending := file.suffix.removeprefix(".").lower()) not in ("csv", "xlsx"):
        raise OperatorError(f"{file}: a sheet ends with .csv or .xlsx")
    data = Desk(to).fetch(kind, scope=scope, format=ending)
    file.touch(mode=0o600)  # before there is anything in it
    file.write_bytes(data)
    print(f"{file}: written")


def _grant(text: str) -> Grant:
    role, _, scope = text.partition("@")
    try:
        return msgspec.convert({"role": role, "scope": scope or EVERYWHERE}, Grant)
    except msgspec.ValidationError as error:
        raise OperatorError(f"{text!r} is no grant: {error}") from None


def _needs() -> ModuleType:
    try:
        from podium import people as module  # noqa: PLC0415 - the extra
    except ImportError as error:
        raise OperatorError(f"the people side needs the extra: pip install 'podium-games[people]' ({error})") from error
    return module


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    people.add_typer(keys_of_a_games, name="keys")
    app.add_typer(people, name="people")
