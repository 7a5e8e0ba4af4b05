"""The desks of the people side for operators: accredit, volunteers, shifts, entries, schedule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from podium.commands.options import Format
from podium.errors import OperatorError

__all__ = ["add_to"]

DESKS = {
    "accredit": (
        ("per", "ro", "dp"),
        "People, quotas, passes: per:PERSON, ro:ORGANISATION, dp:ORGANISATION.",
    ),
    "volunteers": (
        ("vol", "hc", "uni"),
        "Volunteers: vol:PROGRAMME:PERSON, hc:PROGRAMME:VENUE:ROLE, uni:PERSON.",
    ),
    "shifts": (("wf",), "Shifts, rosters and attendance of a venue: wf:VENUE."),
    "entries": (("ebk", "del"), "Entries and delegations: ebk:DISCIPLINE, del:ORGANISATION."),
    "schedule": (("sch",), "The competition schedule: sch:GAMES."),
}

To = Annotated[str | None, typer.Option("--to", help="The API; PODIUM_DESK_URL names it too.")]
Form = Annotated[Format, typer.Option("--format", help="table or json.")]
Key = Annotated[str, typer.Argument(help="Of the record.")]


def _print(answer: dict[str, Any], form: Format, title: str) -> None:
    from podium.people_client import rows_of  # noqa: PLC0415 - it loads all aggregates

    if form is Format.json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    table = Table("field", "value", title=title, title_justify="left")
    for name, value in rows_of(answer):
        table.add_row(name, value)
    Console().print(table)


def _group(name: str, prefixes: tuple[str, ...], about: str) -> typer.Typer:
    group = typer.Typer(help=about, no_args_is_help=True)

    @group.command("commands", help="List what may be done here, with what each command takes.")
    def commands() -> None:
        from podium.people_client import fields_of, kinds_of  # noqa: PLC0415 - as above

        for prefix, tag, kind in kinds_of(prefixes):
            print(f"{prefix}  {tag}  {fields_of(kind)}".rstrip())

    @group.command("do", help=f"Give a command: podium {name} do COMMAND KEY field=value ...")
    def do(
        command: Annotated[str, typer.Argument(help="One of those that are listed by the word commands.")],
        key: Key,
        fields: Annotated[list[str] | None, typer.Argument(help="name=value; a value may be JSON.")] = None,
        personal: Annotated[
            Path | None, typer.Option(help="A JSON file of facts about the person.", exists=True, dir_okay=False)
        ] = None,
        expected: Annotated[int | None, typer.Option(help="The version that the record has to have.")] = None,
        to: To = None,
        form: Form = Format.table,
    ) -> None:
        from podium.people_client import Desk, kinds_of, read_fields  # noqa: PLC0415 - as above

        _check(key, prefixes)
        if command not in {tag for prefix, tag, _ in kinds_of(prefixes) if key.startswith(f"{prefix}:")}:
            raise OperatorError(f"{key} takes no command {command!r}; podium {name} commands lists what it takes")
        answer = Desk(to).give(key, {"type": command} | read_fields(fields or ()), personal, expected)
        _print(answer, form, f"{command} {key}: done")

    @group.command("show", help="Show a record, as far as you may see it.")
    def show(key: Key, to: To = None, form: Form = Format.table) -> None:
        from podium.people_client import Desk  # noqa: PLC0415 - as above

        _check(key, prefixes)
        _print(Desk(to).show(key), form, key)

    return group


def _check(key: str, prefixes: tuple[str, ...]) -> None:
    if key.partition(":")[0] not in prefixes or ":" not in key:
        known = ", ".join(f"{prefix}:" for prefix in prefixes)
        raise OperatorError(f"{key!r} is no key of this desk; its keys begin with {known}")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for name, (prefixes, about) in DESKS.items():
        app.add_typer(_group(name, prefixes, about), name=name)
