"""Commands in, records out: the two routes that every aggregate has."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter

from desks.api.answers import MIN_POSITION, POSITION, PRIVATE, ErrorAnswer, OutcomeAnswer, RecordAnswer, answer_outcome
from desks.api.caller import Caller
from desks.api.doorkeeper import Doorkeeper
from desks.api.positions import reach
from desks.api.sealing import Sealer
from desks.api.sight import see
from desks.errors import Turned
from desks.office import Office

__all__ = ["AWAY", "UNKNOWN", "Seen", "router", "spec"]

PLACE = "api"
OF_A_PERSON = frozenset({"per", "vol", "uni"})  # prefixes of records about one person: who reads them is counted


def spec(body: type, description: str) -> ResponseSpec:
    """Return what is said of one answer."""
    return ResponseSpec(body, description=description, generate_examples=False)


UNKNOWN = spec(ErrorAnswer, "Nobody is known by these credentials")
AWAY = spec(ErrorAnswer, "Not taken; the same may be sent again")

Seen = Annotated[str | None, HeaderParameter(name=MIN_POSITION, description="Answer nothing older, such as 3:1234")]


@post(
    "/commands",
    status_code=200,
    summary="Give a command",
    description=(
        "The client makes the id, a UUID. The same command again, under the same id, gets the same answer for seven "
        "days; another one under that id is refused. What is personal is said as `personal`, and sealed at the door."
    ),
    responses={
        200: spec(OutcomeAnswer, "It was carried out, and is durable"),
        400: spec(ErrorAnswer, "It is no command"),
        401: UNKNOWN,
        403: spec(ErrorAnswer, "Who asks may not do this"),
        404: spec(ErrorAnswer, "No record has such a key"),
        409: spec(ErrorAnswer, "It was refused; the code says why"),
        503: AWAY,
    },
)
async def give_command(
    request: Request[Any, Any, Any],
    office: NamedDependency[Office],
    caller: NamedDependency[Caller],
    doorkeeper: NamedDependency[Doorkeeper],
    sealer: NamedDependency[Sealer],
) -> Response[OutcomeAnswer]:
    body = await request.body()
    doorkeeper.check_command(caller, body)
    return answer_outcome(await office.submit_bytes(await sealer.seal(body), caller.actor, PLACE))


@get(
    "/records/{key:str}",
    summary="Read a record",
    description="As far as who asks may see it. What is not there and what he may not see get the same answer.",
    responses={
        200: spec(RecordAnswer, "The record"),
        202: spec(ErrorAnswer, "Not as new as asked for yet"),
        401: UNKNOWN,
        404: spec(ErrorAnswer, "There is no such record for who asks"),
        503: AWAY,
    },
)
async def read_record(
    *,
    request: Request[Any, Any, Any],
    key: FromPath[str],
    office: NamedDependency[Office],
    caller: NamedDependency[Caller],
    doorkeeper: NamedDependency[Doorkeeper],
    seen: Seen = None,
) -> Response[RecordAnswer]:
    await reach(office, seen)
    kept = await office.read(key)
    shown = None if kept is None or not kept.version else see(caller.actor, key, kept.state)
    if kept is None or shown is None:
        raise Turned(404, "not_found", "there is no such record", at="key")
    if key.partition(":")[0] in OF_A_PERSON:
        doorkeeper.read_personal(caller, request)
    answer = RecordAnswer(key, kept.version, str(kept.position), shown)
    return Response(answer, headers=PRIVATE | {POSITION: answer.position})


def router() -> Router:
    """Return the routes under ``/v1``."""
    return Router("/v1", route_handlers=[give_command, read_record], tags=["Records"])
