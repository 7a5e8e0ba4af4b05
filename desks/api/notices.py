"""Who has read what he was told: the acknowledgements of a decision, counted."""

from __future__ import annotations

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from desks.acknowledgements import Acknowledgements
from desks.api.answers import PRIVATE, ErrorAnswer
from desks.api.records import UNKNOWN, spec
from desks.errors import Turned
from management.command import Actor, Role

__all__ = ["CountAnswer", "router"]

ROLES: tuple[Role, ...] = ("SCHED_PLANNER", "SCHED_APPROVER", "WF_PLANNER", "GAMES_AUTHORITY", "AUDITOR")


class CountAnswer(msgspec.Struct, frozen=True):
    """What became of the notices of a decision."""

    told: int
    sent: int
    acknowledged: int
    superseded: int  # by a newer notice of the same, before they were acknowledged
    waiting: int  # have yet to acknowledge
    silent: list[str]  # recipients who were reminded in vain: somebody has to call


@get(
    "/notices/{cause:str}",
    summary="Count who has acknowledged what followed from a decision",
    description="By the id of the decision's event, or the correlation or else the id of the command. For planners.",
    responses={
        200: spec(CountAnswer, "What became of the notices"),
        401: UNKNOWN,
        404: spec(ErrorAnswer, "Nobody was told of such a decision, or it is not for who asks"),
    },
)
async def count(
    cause: FromPath[str], acknowledgements: NamedDependency[Acknowledgements], actor: NamedDependency[Actor]
) -> Response[CountAnswer]:
    found = acknowledgements.by_cause.get(cause)
    if found is None or not any(actor.may(role) for role in ROLES):
        raise Turned(404, "not_found", "nobody was told of such a decision", at="cause")
    counts = (found.told, found.sent, found.acknowledged, found.superseded, found.waiting)
    answer = CountAnswer(*counts, found.silent)
    return Response(answer, headers=PRIVATE)


def router(acknowledgements: Acknowledgements) -> Router:
    """Return the route under ``/v1``; ``acknowledgements`` are a reader of the office."""

    async def the_acknowledgements() -> Acknowledgements:
        return acknowledgements

    dependencies = {"acknowledgements": Provide(the_acknowledgements)}
    return Router("/v1", route_handlers=[count], dependencies=dependencies, tags=["Notices"])
