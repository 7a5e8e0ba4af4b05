"""Looking at what a log gives: medals, show, why, digest."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from engine.host import Host
from engine.views import View
from feeds import document
from feeds.names import Names
from feeds.xml.writer import XmlWriter
from podium.commands.options import Format, LogPath
from podium.errors import OperatorError
from podium.wiring import name_of, opened_fold, opened_host, said, shown_epoch
from projections.why import Reason, UnexplainedError, explain
from schemas.views import HEAD, MedalTableRow

__all__ = ["add_to"]


class MedalLine(msgspec.Struct):
    """One line of ``podium medals --format json``."""

    rank: int | None
    organisation: str
    gold: int
    silver: int
    bronze: int
    total: int


AsOf = Annotated[str | None, typer.Option("--as-of", help="As known at {epoch}.{cut} or an RFC 3339 instant.")]


def _at(host: Host, as_of: str | None) -> Host:
    return host.state_at(as_of) if as_of else host


def medals(
    log: LogPath,
    form: Annotated[Format, typer.Option("--format")] = Format.table,
    as_of: AsOf = None,
    day: Annotated[str | None, typer.Option(help="One sport day, YYYY-MM-DD.")] = None,
    discipline: Annotated[str | None, typer.Option(help="One discipline, such as SWM.")] = None,
) -> None:
    """Print the medal table."""
    if day and discipline:
        raise OperatorError("medals are by day or by discipline, not both")
    name = f"medals/day/{day}" if day else f"medals/discipline/{discipline}" if discipline else "medals/table"
    with opened_host(log) as host:
        at = _at(host, as_of)
        view = at.views.get(name) or View(name)
        if form is Format.xml:
            _write(_xml(at, view))
            return
        rows = [row for row in view.rows.values() if isinstance(row, MedalTableRow)]
    rows.sort(key=lambda row: row.sort)
    lines = [MedalLine(r.rank, r.organisation, r.gold, r.silver, r.bronze, r.total) for r in rows]
    if form is Format.json:
        _write(msgspec.json.encode(lines))
        return
    table = Table(title=name)
    for column in MedalLine.__struct_fields__:
        table.add_column(column, justify="left" if column == "organisation" else "right")
    for line in lines:
        table.add_row(*("–" if value is None else str(value) for value in msgspec.structs.astuple(line)))
    Console().print(table)


def show(
    view: Annotated[str, typer.Argument(help="A view, such as medals/table or result/{unit}.")],
    log: LogPath,
    form: Annotated[Format, typer.Option("--format")] = Format.table,
    as_of: AsOf = None,
) -> None:
    """Print a view."""
    with opened_host(log) as host:
        at = _at(host, as_of)
        found = at.views.get(view)
        if found is None:
            raise OperatorError(f"no view {view!r} in {name_of(log)}")
        if form is Format.json:
            _write(document.encode(found))
        elif form is Format.xml:
            _write(_xml(at, found))
        else:
            Console().print(_table(found, Names(at)))


def _xml(host: Host, view: View) -> bytes:
    writer = XmlWriter(Names(host), shown_epoch(host.log, said(host.log)).games, lambda: host.mode)
    if not writer.offers(view.name):
        raise OperatorError(f"{view.name} is not offered as XML")
    return writer.write(view)


def _table(view: View, names: Names) -> Table:
    table = Table(title=view.name)
    rows = sorted(
        ((key, msgspec.to_builtins(row)) for key, row in view.rows.items() if key != HEAD),
        key=lambda one: (one[1].get("sort", 0), one[0]),
    )
    head = view.rows.get(HEAD)
    if head is not None:
        told = {key: value for key, value in msgspec.to_builtins(head).items() if value}
        table.caption = ", ".join(f"{key} {value}" for key, value in told.items())
    columns = list(dict.fromkeys(column for _, row in rows for column in row if column != "sort"))
    named = any("participant" in row for _, row in rows)
    for column in (*columns, *(("name",) if named else ())):
        table.add_column(column)
    for _, row in rows:
        cells = [_cell(row.get(column)) for column in columns]
        if named:
            code = row.get("participant", "")
            cells.append(names[code].text)
        table.add_row(*cells)
    return table


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return " ".join(f"{key}:{one}" for key, one in value.items())
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def why(
    view: Annotated[str, typer.Argument(help="A view, such as medals/table or result/{unit}.")],
    key: Annotated[str, typer.Argument(help="The row's key, such as FRA or a participant's code.")],
    log: LogPath,
    whole: Annotated[bool, typer.Option("--all", help="Also what did not decide it.")] = False,
    form: Annotated[Format, typer.Option("--format", help="table (a tree) or json.")] = Format.table,
) -> None:
    """Print why a row is what it is, down to the raw messages."""
    with opened_fold(log) as fold:
        try:
            reason = explain(fold, view, key, whole=whole)
        except UnexplainedError as error:
            raise OperatorError(f"{error} of {name_of(log)}") from error
    if form is Format.json:
        _write(msgspec.json.encode(reason))
        return
    tree = Tree(_label(reason))
    _grow(tree, reason)
    Console(width=None if sys.stdout.isatty() else 200).print(tree)


def _label(reason: Reason) -> str:
    return "  ".join(filter(None, (reason.what, reason.says, " ".join(reason.raw))))


def _grow(tree: Tree, reason: Reason) -> None:
    for one in reason.because:
        _grow(tree.add(_label(one)), one)


def digest(log: LogPath) -> None:
    """Print the digest of all content, one line."""
    with opened_host(log) as host:
        print(host.views.digest())


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data + b"\n")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (medals, show, why, digest):
        app.command()(command)
