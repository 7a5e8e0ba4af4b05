"""The history over HTTP, under ``/v1/history``: what was known when, and how it came to be.

The history is another process: where it does not answer these routes say 503, and all others go on.
"""

from __future__ import annotations

from typing import Annotated

from litestar import HttpMethod, Response, Router, route
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from engine.errors import NotKnown
from engine.history import questions as q
from engine.history.door import Ask, typed
from engine.history.errors import HistoryError
from feeds import document, patterns
from feeds.answers import ErrorAnswer
from feeds.document import ViewDocument
from feeds.errors import Refused
from feeds.history_view import held_in, view_of
from feeds.negotiation import MEDIA_TYPES
from feeds.patterns import KINDS

__all__ = ["router"]

READING = [HttpMethod.GET, HttpMethod.HEAD]
STATUSES = {"not_known": 404, "no_history": 404, "bad_question": 400}  # all else may be better later: 503

Epoch = Annotated[str, QueryParameter(description="The epoch that is meant; the newest where none is named")]
When = Annotated[str, QueryParameter(description="{epoch}.{cut}, a cut's number, or an RFC 3339 instant of log time")]
Venue = Annotated[str, QueryParameter(description="One venue")]


def _spec(body: type | None, description: str) -> ResponseSpec:
    return ResponseSpec(body, description=description, generate_examples=False)


def _specs(body: type, description: str) -> dict[int, ResponseSpec]:
    return {
        200: _spec(body, description),
        400: _spec(ErrorAnswer, "The request is wrong at the place named"),
        404: _spec(ErrorAnswer, "The history does not reach there, or there is none"),
        503: _spec(ErrorAnswer, "The history does not answer; it may later"),
    }


async def _ask(ask: Ask, question: q.Question) -> bytes:
    try:
        return await ask(question)
    except NotKnown as error:
        raise Refused("not_known", str(error), status=404) from None
    except HistoryError as error:
        status = STATUSES.get(error.code, 503)
        raise Refused(error.code, str(error), retry=error.retry, status=status) from None


async def _respond(ask: Ask, question: q.Question) -> Response[bytes]:
    body = await _ask(ask, question)
    return Response(body, media_type=MEDIA_TYPES["json"], headers={"Cache-Control": "no-cache"})


def _name(path: str) -> str:
    view = path.strip("/")
    if view.partition("/")[0] not in KINDS:
        raise Refused("unknown_view", "there is no such kind of views", at=view, status=404)
    return view


@route(
    "/rows/{path:path}",
    http_method=READING,
    name="history-row",
    summary="Read all that a row ever was, with the reasons",
    responses=_specs(q.RevisionsAnswer, "Its revisions, oldest first"),
)
async def read_row(
    history: NamedDependency[Ask],
    path: FromPath[str],
    key: Annotated[str, QueryParameter(description="The row's key")],
    epoch: Epoch = "",
) -> Response[bytes]:
    return await _respond(history, q.Revisions(view=_name(path), key=key, epoch=epoch))


@route(
    "/views/{path:path}",
    http_method=READING,
    name="history-view",
    summary="Read a view as it was known, with what last changed each row",
    responses=_specs(ViewDocument, "The view"),
)
async def read_view(
    history: NamedDependency[Ask], path: FromPath[str], as_of: When = "", epoch: Epoch = ""
) -> Response[bytes]:
    question = q.ViewAsOf(view=_name(path), when=as_of, epoch=epoch)
    answer: q.ViewAnswer = typed(question, await _ask(history, question))
    if not answer.sequence:
        raise Refused("not_known", "there was no such view then", at="as_of", status=404)
    headers = {
        "Podium-Epoch": answer.epoch,
        "Podium-Cut": str(answer.cut),
        "Podium-Sequence": str(answer.sequence),
        "Podium-Changed": str(answer.changed),
        "Cache-Control": "no-cache",
    }
    body = document.encode(view_of(answer), epoch=answer.epoch, held=held_in(answer))
    return Response(body, media_type=MEDIA_TYPES["json"], headers=headers)


@route(
    "/changes",
    http_method=READING,
    name="history-changes",
    summary="Read the rows that are others after one cut than after an earlier one",
    responses=_specs(q.ChangesAnswer, "The rows, by view and key"),
)
async def read_changes(
    history: NamedDependency[Ask],
    *,
    since: When,
    until: When = "",
    match: Annotated[str, QueryParameter(description="Which views, as a pattern of the feed")] = "**",
    limit: Annotated[int, QueryParameter(description="Rows", ge=1, le=q.MOST)] = 1000,
    epoch: Epoch = "",
) -> Response[bytes]:
    patterns.decode([match], most=1, place="match")
    question = q.Between(since=since, until=until, match=match, limit=limit, epoch=epoch)
    return await _respond(history, question)


@route(
    "/corrections",
    http_method=READING,
    name="history-corrections",
    summary="Count the corrections by venue and discipline",
    responses=_specs(q.CorrectionsAnswer, "Their numbers"),
)
async def read_corrections(
    history: NamedDependency[Ask],
    venue: Venue = "",
    discipline: Annotated[str, QueryParameter(description="One discipline")] = "",
    epoch: Epoch = "",
) -> Response[bytes]:
    return await _respond(history, q.Corrections(venue=venue, discipline=discipline, epoch=epoch))


@route(
    "/latency",
    http_method=READING,
    name="history-latency",
    summary="Read how long messages took from the venue's clock to the log, by venue and hour",
    responses=_specs(q.LatencyAnswer, "Percentiles in ms"),
)
async def read_latency(history: NamedDependency[Ask], venue: Venue = "", epoch: Epoch = "") -> Response[bytes]:
    return await _respond(history, q.Latency(venue=venue, epoch=epoch))


@route(
    "/medals",
    http_method=READING,
    name="history-medals",
    summary="Read the medal table as it stood at the end of each sport day",
    responses=_specs(q.MedalDaysAnswer, "The days"),
)
async def read_medals(history: NamedDependency[Ask], epoch: Epoch = "") -> Response[bytes]:
    return await _respond(history, q.MedalDays(epoch=epoch))


@route(
    "/status",
    http_method=READING,
    name="history-status",
    summary="Say how far the history is",
    responses=_specs(q.Progress, "How far it is; also where it is down itself"),
)
async def read_status(history: NamedDependency[Ask]) -> Response[bytes]:
    return await _respond(history, q.Standing())


def router(ask: Ask) -> Router:
    """Return the routes under ``/v1/history`` over whoever answers."""
    return Router(
        "/v1/history",
        route_handlers=[
            read_row,
            read_view,
            read_changes,
            read_corrections,
            read_latency,
            read_medals,
            read_status,
        ],
        dependencies={"history": Provide(lambda: ask, sync_to_thread=False)},
    )
