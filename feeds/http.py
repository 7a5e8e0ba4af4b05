"""The views over HTTP: cacheable, conditional, as known at any cut.

The body of a live view in JSON is a function of its content only, so that its strong ETag, the content hash and the
representation, is the same on every replica. What is outside content is in headers, or asked for with ``meta``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Hashable
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from litestar import HttpMethod, Request, Response, Router, get, route
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from engine.raw import Raw
from feeds import address, patterns
from feeds.answers import ErrorAnswer, RawAnswer, StatusAnswer, ViewEntry, ViewsAnswer
from feeds.conditional import is_held
from feeds.document import ViewDocument
from feeds.errors import Refused
from feeds.feed import PATH, Feed
from feeds.negotiation import MEDIA_TYPES, accepts_gzip, choose
from feeds.protocol import LIMITS
from feeds.reader import FOR_EVER, LIVE, WHILE_IT_LASTS, Reader, Wants
from feeds.shelf import WORTH_COMPRESSING, Rendered, digest
from feeds.source import Source

__all__ = ["respond", "router"]

READING = [HttpMethod.GET, HttpMethod.HEAD]
VARY = "Accept, Accept-Encoding"


def _spec(body: type | None, description: str) -> ResponseSpec:
    return ResponseSpec(body, description=description, generate_examples=False)


NOT_FOUND = _spec(ErrorAnswer, "There is no such thing, or it is not known")
REFUSED = _spec(ErrorAnswer, "The request is wrong at the place named")

Asked = Request[Any, Any, State]


async def respond(
    request: Asked, reader: Reader, place: Hashable, rendered: Rendered, headers: dict[str, str]
) -> Response[bytes]:
    """Return a rendered document: compressed where the client takes it, 304 where the client holds it already."""
    compressed = len(rendered.body) >= WORTH_COMPRESSING and accepts_gzip(request.headers.get("accept-encoding"))
    tag = f'"{rendered.tag}.gzip"' if compressed else f'"{rendered.tag}"'
    headers |= {"ETag": tag, "Vary": VARY}
    if is_held(request.headers.get("if-none-match"), tag):
        return Response(b"", status_code=304, headers=headers, media_type=rendered.media_type)
    body = rendered.body
    if compressed:
        body = await reader.shelf.gzipped(place, rendered) or body
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=rendered.media_type)


def _of_source(source: Source, cut: str) -> dict[str, str]:
    return {"Podium-Mode": source.mode, "Podium-Epoch": source.epoch, "Podium-Cut": cut}


@route(
    "/views/{path:path}",
    http_method=READING,
    name="view",
    summary="Read a view",
    responses={
        200: _spec(ViewDocument, "The view; as XML where that is asked for"),
        304: _spec(None, "The client holds it already"),
        400: REFUSED,
        404: NOT_FOUND,
        406: REFUSED,
    },
    description=(
        "Names are those of the feed: `medals/table`, `result/{unit}`. A suffix `.json` or `.xml` decides the format "
        "before `format` and `Accept` do; `@{epoch}.{cut}` after the name pins the view for ever."
    ),
)
async def read_view(
    request: Asked,
    *,
    reader: NamedDependency[Reader],
    path: FromPath[str],
    format: Annotated[str, QueryParameter(description="json or xml")] = "",  # noqa: A002 - its name on the wire
    names: Annotated[bool, QueryParameter(description="Join the names of the codes")] = False,
    meta: Annotated[bool, QueryParameter(description="Add sequence, cut, revisions and causes")] = False,
    as_of: Annotated[str, QueryParameter(description="{epoch}.{cut}, or an RFC 3339 instant of log time")] = "",
) -> Response[bytes]:
    wanted = address.decode(path)
    chosen = choose(reader.formats(wanted.view), named=wanted.format or format, accept=request.headers.get("accept"))
    found = await reader.find(wanted, as_of)
    wants = Wants(chosen, names, meta)
    place, rendered = reader.render(found.view, wants)
    headers = _of_source(reader.source, found.cut) | {
        "Podium-Sequence": str(found.view.sequence),
        "Podium-Changed": str(found.view.cut),
        "Cache-Control": WHILE_IT_LASTS if found.keep == FOR_EVER and wants != Wants("json") else found.keep,
    }
    return await respond(request, reader, place, rendered, headers)


@route(
    "/views",
    http_method=READING,
    name="views",
    summary="List the views",
    responses={200: _spec(ViewsAnswer, "Names")},
)
async def list_views(
    request: Asked,
    reader: NamedDependency[Reader],
    match: Annotated[list[str] | None, QueryParameter(description="Patterns; all views where there is none")] = None,
) -> Response[bytes]:
    source = reader.source
    wanted = patterns.decode(match or ["**"], most=LIMITS.views, place="match")
    names = wanted.select(source.views.names())
    entries = [ViewEntry(name, source.views[name].sequence, source.views[name].cut) for name in names]
    body = msgspec.json.encode(ViewsAnswer(source.epoch, source.views.cut, entries))
    rendered = Rendered(body, MEDIA_TYPES["json"], f"{digest(body)}.json")
    headers = _of_source(source, str(source.views.cut)) | {"Cache-Control": LIVE}
    return await respond(request, reader, None, rendered, headers)


@route(
    "/raw/{name:path}",
    http_method=READING,
    name="raw",
    summary="Read a raw message, as it came from a venue: source/session/serial",
    responses={200: _spec(RawAnswer, "The message"), 404: NOT_FOUND},
)
async def read_raw(request: Asked, reader: NamedDependency[Reader], name: FromPath[str]) -> Response[bytes]:
    name = name.strip("/")
    raw = reader.source.raw(name) if name.count("/") == 2 else None
    if raw is None:
        raise Refused("unknown_raw", "there is no raw message of this name", at=name, status=404)
    body = msgspec.json.encode(_raw_answer(raw))
    rendered = Rendered(body, MEDIA_TYPES["json"], f"{raw.chain.hex()}.json")
    return await respond(request, reader, None, rendered, {"Cache-Control": FOR_EVER})


def _raw_answer(raw: Raw) -> RawAnswer:
    try:
        text = raw.data.decode()
    except UnicodeDecodeError:
        text = None
    return RawAnswer(
        name=raw.name,
        source=raw.source,
        session=raw.session,
        serial=raw.serial,
        at=raw.at,
        time=raw.time,
        position=raw.position,
        chain=raw.chain.hex(),
        sha256=sha256(raw.data).hexdigest(),
        data=b64encode(raw.data).decode(),
        text=text,
    )


@get("/status", name="status", summary="Say how this edge is", cache_control=None)
async def read_status(feed: NamedDependency[Feed]) -> Response[StatusAnswer]:
    hub = feed.hub
    source = hub.source
    answer = StatusAnswer(
        epoch=source.epoch,
        mode=source.mode,
        cut=source.views.cut,
        time=source.views.time,
        now=hub.now(),
        views=len(source.views.names()),
        connections=feed.connections,
        subscriptions=hub.members,
        groups=hub.groups,
        behind=len(hub.behind),
        counts=dict(hub.counts),
        freshness=dict(source.freshness()),
    )
    return Response(answer, headers=_of_source(source, str(source.views.cut)) | {"Cache-Control": "no-store"})


@get("/feed", name="feed", summary="The WebSocket feed", status_code=426)
async def refuse_plain_http() -> None:
    raise Refused("upgrade_required", f"{PATH} is a WebSocket", at=PATH, status=426)


def router(feed: Feed, reader: Reader) -> Router:
    """Return the routes under ``/v1`` over one feed."""
    return Router(
        "/v1",
        route_handlers=[read_view, list_views, read_raw, read_status, refuse_plain_http],
        dependencies={
            "feed": Provide(lambda: feed, sync_to_thread=False),
            "reader": Provide(lambda: reader, sync_to_thread=False),
        },
    )
