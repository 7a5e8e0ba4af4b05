"""Sheets of people, volunteers, athletes and shifts: handed in as a file, as on the page for imports."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, Router, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from desks.api.answers import ErrorAnswer
from desks.api.caller import Caller
from desks.api.records import AWAY, UNKNOWN, spec
from desks.bulk.reception import LARGEST, Reception
from desks.bulk.report import Report
from desks.errors import BadSheet, Turned

__all__ = ["router"]

FOR_WHOM = "For whom: ro:AAA, venue:STA or programme:MAIN, as the kind has it"

Whom = Annotated[str, QueryParameter(name="scope", description=FOR_WHOM)]
DryRun = Annotated[bool, QueryParameter(description="Say what an import would do, and do nothing")]
Encoding = Annotated[str, QueryParameter(description="Of a CSV file without a byte order mark")]


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
    return Response(report, headers={"Cache-Control": "no-store"})


def router(sheets: Reception) -> Router:
    """Return the routes under ``/v1``."""

    async def the_sheets() -> Reception:
        return sheets

    dependencies = {"sheets": Provide(the_sheets)}
    return Router("/v1", route_handlers=[import_sheet], dependencies=dependencies, tags=["Sheets"])
