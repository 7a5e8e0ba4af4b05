"""History: the historian that writes it, and what it is asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from engine.history import questions as q
from engine.history.asking import ask
from engine.history.door import typed
from engine.instants import write_instant
from feeds import document
from feeds.history_view import held_in, view_of
from podium.commands.options import ConfigFile, Format, LogFormat
from podium.config import load
from podium.errors import OperatorError
from podium.historian_process import HISTORY, place_of
from podium.log_lines import set_up

__all__ = ["add_to"]

HistoryPlace = Annotated[
    str, typer.Option("--history", envvar=HISTORY, help="A folder, or http(s)://[user:password@]host:port/database.")
]
Epoch = Annotated[str, typer.Option(help="The epoch that is meant; the newest where none is named.")]
Form = Annotated[Format, typer.Option("--format", help="table or json.")]
WHEN = "{epoch}.{cut}, a cut's number, or an RFC 3339 instant of log time"

history = typer.Typer(help="Ask a history: a folder, or a ClickHouse server.", no_args_is_help=True)


def historian(
    log: Annotated[
        Path | None, typer.Option("--log", help="The log: a file, or kafka://HOST:PORT.", dir_okay=False)
    ] = None,
    place: Annotated[
        str | None,
        typer.Option("--history", envvar=HISTORY, help="A folder, or http(s)://[user:password@]host:port/database."),
    ] = None,
    every: Annotated[
        float | None, typer.Option(help="Seconds between two inserts, at least.", show_default="1.0")
    ] = None,
    until_eof: Annotated[bool, typer.Option("--until-eof", hidden=True)] = False,
    config: ConfigFile = None,
    log_format: LogFormat = None,
) -> None:
    """Write the history of a log, and answer questions about it, until stopped."""
    given = {"historian.history": place, "historian.every": every, "logging.format": log_format}
    settings = load(config, os.environ, given).settings
    set_up(settings.logging.format, settings.logging.level)
    at, history_at = log or settings.kafka.log, settings.historian.history
    if at is None:
        raise OperatorError("historian wants a log: --log, PODIUM_KAFKA_LOG, or log under [kafka] in a configuration")
    if history_at is None:
        raise OperatorError(
            "historian wants a history: --history, PODIUM_HISTORY, or history under [historian] in a configuration"
        )
    from podium import historian as process  # noqa: PLC0415 - the loop's libraries take a moment to load

    process.run(Path(at), place_of(history_at), settings, until_eof=until_eof)


@history.command()
def row(
    view: Annotated[str, typer.Argument(help="A view, such as medals/table or result/{unit}.")],
    key: Annotated[str, typer.Argument(help="The row's key, such as FRA or a participant's code.")],
    place: HistoryPlace,
    epoch: Epoch = "",
    form: Form = Format.table,
) -> None:
    """Print all that a row ever was, with the reasons."""
    _answer(place, q.Revisions(view=view, key=key, epoch=epoch), form)


@history.command()
def view(
    name: Annotated[str, typer.Argument(metavar="VIEW", help="A view, such as medals/table or result/{unit}.")],
    place: HistoryPlace,
    as_of: Annotated[str, typer.Option("--as-of", help=f"As known at {WHEN}.")] = "",
    epoch: Epoch = "",
    form: Form = Format.table,
) -> None:
    """Print a view as it was known."""
    question = q.ViewAsOf(view=name, when=as_of, epoch=epoch)
    if form is not Format.json:
        _answer(place, question, form)
        return
    answer: q.ViewAnswer = typed(question, ask(place_of(place), question))
    _write(document.encode(view_of(answer), epoch=answer.epoch, held=held_in(answer)))


@history.command()
def changes(
    since: Annotated[str, typer.Argument(help=f"After {WHEN}.")],
    place: HistoryPlace,
    until: Annotated[str, typer.Argument(help="Up to, as above; as far as is known where there is none.")] = "",
    match: Annotated[str, typer.Option(help="Which views, such as result/** or medals/table.")] = "**",
    limit: Annotated[int, typer.Option(help=f"Rows, at most {q.MOST}.")] = 1000,
    epoch: Epoch = "",
    form: Form = Format.table,
) -> None:
    """Print the rows that are others after one cut than after an earlier one."""
    _answer(place, q.Between(since=since, until=until, match=match, limit=limit, epoch=epoch), form)


@history.command()
def corrections(
    place: HistoryPlace,
    venue: Annotated[str, typer.Option(help="One venue.")] = "",
    discipline: Annotated[str, typer.Option(help="One discipline, such as SWM.")] = "",
    epoch: Epoch = "",
    form: Form = Format.table,
) -> None:
    """Count the corrections by venue and discipline."""
    _answer(place, q.Corrections(venue=venue, discipline=discipline, epoch=epoch), form)


@history.command()
def latency(
    place: HistoryPlace,
    venue: Annotated[str, typer.Option(help="One venue.")] = "",
    epoch: Epoch = "",
    form: Form = Format.table,
) -> None:
    """Print how long messages took from the venue's clock to the log, by venue and hour."""
    _answer(place, q.Latency(venue=venue, epoch=epoch), form)


@history.command()
def medals(place: HistoryPlace, epoch: Epoch = "", form: Form = Format.table) -> None:
    """Print the medal table as it stood at the end of each sport day."""
    _answer(place, q.MedalDays(epoch=epoch), form)


@history.command()
def status(place: HistoryPlace, epoch: Epoch = "", form: Form = Format.table) -> None:
    """Print how far the history is."""
    _answer(place, q.Standing(epoch=epoch), form)


# -- printing --------------------------------------------------------------------------------------------------------


def _answer(place: str, question: q.Question, form: Format) -> None:
    if form is Format.xml:
        raise OperatorError("a history is printed as a table or as JSON")
    data = ask(place_of(place), question)
    if form is Format.json:
        _write(data)
        return
    title, lines = _lines(typed(question, data))
    table = Table(title=title)
    for column in dict.fromkeys(name for line in lines for name in line):
        table.add_column(column)
    for line in lines:
        table.add_row(*(_cell(column.header, line.get(str(column.header))) for column in table.columns))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _lines(answer: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return the title and the lines of an answer."""
    match answer:
        case q.RevisionsAnswer():
            return f"{answer.view} {answer.key}, up to cut {answer.cut}", _plain(answer.revisions)
        case q.ViewAnswer():
            rows = [{"key": key, **msgspec.to_builtins(row)} for key, row in view_of(answer).rows.items()]
            rows.sort(key=lambda row: (row.get("sort", 0), row["key"]))
            return f"{answer.view} as of cut {answer.cut}", rows
        case q.ChangesAnswer():
            more = ", and more" if answer.more else ""
            return f"between cut {answer.since} and cut {answer.until}{more}", _plain(answer.changes)
        case q.CorrectionsAnswer():
            return f"corrections up to cut {answer.cut}", _plain(answer.corrections)
        case q.LatencyAnswer():
            return "venue time to log time, ms", _plain(answer.latency)
        case q.MedalDaysAnswer():
            days = [{"day": day.day, **line} for day in answer.days for line in _plain(day.medals)]
            return f"medals by day, up to cut {answer.cut}", days
        case _:
            return answer.history, [
                {"what": name, "": _cell(name, value)} for name, value in _plain([answer])[0].items()
            ]


def _plain(structs: Sequence[msgspec.Struct]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(one) for one in structs]


INSTANTS = ("time", "first", "last", "hour", "cut_time")  # columns of log times


def _cell(column: object, value: object) -> str:
    match value:
        case None:
            return "–"
        case int() if column in INSTANTS:
            return write_instant(value)
        case msgspec.Raw():
            return "–" if value == b"null" else bytes(value).decode()
        case dict():
            return " ".join(f"{name}:{one}" for name, one in value.items())
        case list() | tuple():
            return " ".join(map(str, value))
        case _:
            return str(value)


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data + b"\n")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(historian)
    app.add_typer(history, name="history")
