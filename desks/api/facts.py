"""Facts about a person, opened for who may see them."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from desks.api.answers import PRIVATE, ErrorAnswer
from desks.api.caller import Caller
from desks.api.doorkeeper import Doorkeeper
from desks.api.fields import fields_for
from desks.api.positions import reach
from desks.api.records import AWAY, UNKNOWN, Seen, spec
from desks.errors import Turned
from desks.facts import Facts
from desks.office import Office
from desks.vault import Erased, Vault
from desks.venue_desks import with_venues_of

__all__ = ["router"]


class FactsAnswer(msgspec.Struct, frozen=True):
    """What is known of a person, as far as who asks may see it."""

    person: str
    facts: dict[str, Any]
    withheld: tuple[str, ...] = ()  # what is kept no longer
    erased: int | None = None  # ms since 1970 UTC: nothing can be opened any more


@get(
    "/people/{person:str}/facts",
    summary="Read facts about a person",
    description="Each role sees what it needs. Who is not known and who may not be seen get the same answer.",
    responses={
        200: spec(FactsAnswer, "The facts; none and when, where the person was erased"),
        202: spec(ErrorAnswer, "Not as new as asked for yet"),
        401: UNKNOWN,
        404: spec(ErrorAnswer, "There is nobody for who asks"),
        503: AWAY,
    },
)
async def read_facts(
    *,
    request: Request[Any, Any, Any],
    person: FromPath[str],
    office: NamedDependency[Office],
    vault: NamedDependency[Vault],
    caller: NamedDependency[Caller],
    doorkeeper: NamedDependency[Doorkeeper],
    seen: Seen = None,
) -> Response[FactsAnswer]:
    await reach(office, seen)
    actor = await with_venues_of(caller.actor, person, office)
    found = await office.facts(vault, person, lambda blob: fields_for(actor, blob))
    if found is None or found == Facts():
        raise Turned(404, "not_found", "there is nobody", at="person")
    doorkeeper.read_personal(caller, request)
    if isinstance(found, Erased):
        answer = FactsAnswer(person, {}, erased=found.at or 0)
    else:
        facts = msgspec.to_builtins(found)
        facts.pop("withheld", None)
        answer = FactsAnswer(person, facts, found.withheld)
    return Response(answer, headers=PRIVATE)


def router(vault: Vault) -> Router:
    """Return the routes under ``/v1``."""

    async def the_vault() -> Vault:
        return vault

    dependencies = {"vault": Provide(the_vault)}
    return Router("/v1", route_handlers=[read_facts], dependencies=dependencies, tags=["Facts"])
