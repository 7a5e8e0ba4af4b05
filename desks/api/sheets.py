"""Sheets of people, volunteers, athletes and shifts: handed in as a file, as on the page for imports, and given out."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Protocol

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from desks.api.answers import PRIVATE, ErrorAnswer
from desks.api.caller import Caller
from desks.api.doorkeeper import Doorkeeper
from desks.api.fields import fields_for
from desks.api.records import AWAY, UNKNOWN, spec
from desks.bulk import csv_form, xlsx_form
from desks.bulk.exporting import EXPORTS, Source
from desks.bulk.reception import LARGEST, Reception
from desks.bulk.report import Report
from desks.errors import BadSheet, Turned
from desks.facts import Facts
from desks.office import Office
from desks.vault import Vault
from management.command import Actor

__all__ = ["Archive", "router"]

FOR_WHOM = "For whom: ro:AAA, venue:STA or programme:MAIN, as the kind has it"

Whom = Annotated[str, QueryParameter(name="scope", description=FOR_WHOM)]
Form = Annotated[Literal["csv", "xlsx"], QueryParameter(name="format", description="csv or xlsx")]
DryRun = Annotated[bool, QueryParameter(description="Say what an import would do, and do nothing")]
Encoding = Annotated[str, QueryParameter(description="Of a CSV file without a byte order mark")]

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@post(
    "/sheets/{kind:str}",
    status_code=200,
    request_max_body_size=LARGEST,
    summary="Import a sheet: people, volunteers, longlist or shifts",
    description=(
        "The body is the file, CSV or XLSX. All rows are rehearsed, and those that pass are carried out; the report "
        "lists each error by row and column. The same file again applies nothing."
    ),
    responses={
        200: spec(Report, "What became of the rows, or would become"),
        401: UNKNOWN,
        403: spec(ErrorAnswer, "Who asks may not import this"),
        409: spec(ErrorAnswer, "Another import for them is under way"),
        422: spec(ErrorAnswer, "The file cannot be read, and nothing of it was done; `at` names the row"),
        503: AWAY,
    },
)
async def import_sheet(
    *,
    request: Request[Any, Any, Any],
    kind: FromPath[str],
    whom: Whom,
    sheets: NamedDependency[Reception],
    caller: NamedDependency[Caller],
    dry_run: DryRun = False,
    encoding: Encoding = "utf-8",
) -> Response[Report]:
    prefix, _, name = whom.partition(":")
    found = sheets.find(caller.actor, kind, name)
    if found is None or found[0].scope != prefix:
        raise Turned(403, "NOT_AUTHORISED", f"you may not import {kind} for {whom}", at="scope")
    data = await request.body()
    try:
        report = await sheets.take(data, *found, caller.actor, dry_run=dry_run, encoding=encoding)
    except BadSheet as error:
        busy, row = error.code == "BUSY", f"row {error.row}" if error.row else ""
        raise Turned(409 if busy else 422, error.code, error.reason, at=row, retry=busy) from error
    return Response(report, headers=PRIVATE)


class Listed(Protocol):
    """A reader of the office that knows who has applied."""

    organisations: defaultdict[str, dict[str, None]]  # responsible organisation -> its people
    volunteers: defaultdict[str, dict[str, None]]  # programme -> its volunteers


class Archive:
    """What sheets are written from."""

    def __init__(self, office: Office, vault: Vault | None, people: Listed, disciplines: Iterable[str]) -> None:
        """Take what finds people, and what opens what is sealed; ``people`` is a reader of the office."""
        self._office, self._vault, self._people = office, vault, people
        self._disciplines = tuple(disciplines)

    def source(self, actor: Actor) -> Source:
        """Return what somebody sees of it."""
        people = self._people

        async def state(key: str) -> Any:
            kept = await self._office.read(key)
            assert kept is not None, key
            return kept.state

        async def facts(person: str) -> Facts:
            if self._vault is None:
                return Facts()
            found = await self._office.facts(self._vault, person, lambda blob: fields_for(actor, blob))
            return found if isinstance(found, Facts) else Facts()

        def applicants(ro: str) -> list[str]:
            return list(people.organisations.get(ro, ()))

        def volunteers(programme: str) -> list[str]:
            return list(people.volunteers.get(programme, ()))

        return Source(state, facts, applicants, volunteers, self._disciplines)


@get(
    "/sheets/{kind:str}",
    summary="Export a sheet: people, volunteers, longlist or shifts",
    description=(
        "Who asks gets the facts about people that its role may see, and each of them is counted as read. Every cell "
        "is text that no spreadsheet evaluates."
    ),
    responses={
        200: spec(bytes, "The sheet"),
        401: UNKNOWN,
        403: spec(ErrorAnswer, "Who asks may not export this, or proves first who it is"),
        429: spec(ErrorAnswer, "Too many people were read of"),
        503: AWAY,
    },
)
async def export_sheet(
    *,
    request: Request[Any, Any, Any],
    kind: FromPath[str],
    whom: Whom,
    archive: NamedDependency[Archive],
    caller: NamedDependency[Caller],
    doorkeeper: NamedDependency[Doorkeeper],
    form: Form = "csv",
) -> Response[bytes]:
    (prefix, _, name), wanted = whom.partition(":"), EXPORTS.get(kind)
    if wanted is None or prefix != wanted.scope or not any(caller.actor.may(role, whom) for role in wanted.roles):
        raise Turned(403, "NOT_AUTHORISED", f"you may not export {kind} for {whom}", at="scope")
    rows = [row async for row in wanted.rows(archive.source(caller.actor), name)]
    if wanted.person is not None and rows:
        doorkeeper.read_personal(caller, request, len({row[wanted.person] for row in rows}))
    encode = csv_form.encode if form == "csv" else xlsx_form.encode
    data = await asyncio.to_thread(encode, wanted.columns, rows)
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{kind}.{form}"'}
    return Response(data, media_type=MEDIA[form], headers=headers)


def router(sheets: Reception, archive: Archive) -> Router:
    """Return the routes under ``/v1``."""

    async def the_sheets() -> Reception:
        return sheets

    async def the_archive() -> Archive:
        return archive

    dependencies = {"sheets": Provide(the_sheets), "archive": Provide(the_archive)}
    return Router("/v1", route_handlers=[import_sheet, export_sheet], dependencies=dependencies, tags=["Sheets"])
