"""What gates fetch each minute, and the badge of a card as it is printed."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from desks.api.answers import PRIVATE, ErrorAnswer
from desks.api.caller import Caller
from desks.api.doorkeeper import Doorkeeper
from desks.api.fields import fields_for
from desks.api.records import UNKNOWN, spec
from desks.badge import NotPrintable
from desks.cose import Signer
from desks.errors import Turned
from desks.facts import Facts
from desks.gate_publisher import FILES, GatePublisher
from desks.office import Office
from desks.people_index.cards import Cards
from desks.printing import name_of, print_card
from desks.vault import Vault
from desks.venue_desks import with_venues_of
from management.command import Actor, Role
from management.gate import Token

__all__ = ["Printer", "router"]

OFFICES: tuple[Role, ...] = ("OC_ACR_OPERATOR", "OC_ACR_SUPERVISOR")


class Printer:
    """What a badge is printed from."""

    def __init__(self, cards: Cards, signer: Signer, vault: Vault) -> None:
        self.cards, self.signer, self.vault = cards, signer, vault


@get(
    "/gates/{name:str}",
    summary="Fetch what a gate is sent: keys.cose, facts.cose, status.cose, time.cose",
    description="Signed bytes, made anew each minute. For scanners and the security operations centre.",
    responses={200: spec(bytes, "The file"), 401: UNKNOWN, 404: spec(ErrorAnswer, "No such file for who asks")},
)
async def fetch(
    name: FromPath[str], publisher: NamedDependency[GatePublisher], caller: NamedDependency[Caller]
) -> Response[bytes]:
    may = any(grant.role in ("GATE_DEVICE", "SOC") for grant in caller.actor.grants)
    if not may or name not in FILES:
        raise Turned(404, "not_found", "there is no such file", at="name")
    if name not in publisher.files:
        raise Turned(503, "not_yet", "nothing was published yet; ask again", at="name", retry=True)
    return Response(publisher.files[name], media_type="application/cose", headers=PRIVATE, status_code=200)


@get(
    "/cards/{serial:int}/badge",
    summary="Print the badge of a card or a day pass, as PDF",
    responses={
        200: spec(bytes, "The badge, a page of A6"),
        401: UNKNOWN,
        404: spec(ErrorAnswer, "There is no such card for who asks"),
        409: spec(ErrorAnswer, "It cannot be printed"),
    },
)
async def badge(
    *,
    request: Request[Any, Any, Any],
    serial: FromPath[int],
    office: NamedDependency[Office],
    printer: NamedDependency[Printer],
    caller: NamedDependency[Caller],
    doorkeeper: NamedDependency[Doorkeeper],
) -> Response[bytes]:
    token = printer.cards.token(serial)
    missing = Turned(404, "not_found", "there is no such card", at="serial")
    if token is None:
        raise missing
    person, policy, guest = printer.cards.holder(serial), printer.cards.policy, printer.cards.is_pass(serial)
    actor = caller.actor if guest else await with_venues_of(caller.actor, person, office)
    if not _prints(actor, token, guest=guest):
        raise missing
    facts = await office.facts(printer.vault, person, lambda blob: fields_for(actor, blob))
    if facts is None and guest:
        facts = Facts(print_name=person)  # of a guest no more may be known than who takes him along
    if not isinstance(facts, Facts) or not name_of(facts):
        raise Turned(409, "NO_NAME", "nothing is known to print on it", at="serial")
    doorkeeper.read_personal(caller, request)
    try:
        printed = print_card(token, facts, printer.cards.function(serial), policy, printer.signer)
    except NotPrintable as error:
        raise Turned(409, "NOT_PRINTABLE", str(error), at="serial") from error
    return Response(printed, media_type="application/pdf", headers=PRIVATE)


def _prints(actor: Actor, token: Token, *, guest: bool) -> bool:
    """Say whether somebody prints a card: a venue's desk those of whom it has to do with, and passes for the venue."""
    if any(actor.may(role, f"ro:{token.ro}") for role in OFFICES):
        return True
    if guest:
        return any(actor.may("VENUE_ACR", f"venue:{venue}") for venue in token.entitlement.venues)
    return any(grant.role == "VENUE_ACR" for grant in actor.grants)


def router(publisher: GatePublisher, printer: Printer) -> Router:
    """Return the routes under ``/v1``."""

    async def the_publisher() -> GatePublisher:
        return publisher

    async def the_printer() -> Printer:
        return printer

    dependencies = {"publisher": Provide(the_publisher), "printer": Provide(the_printer)}
    return Router("/v1", route_handlers=[fetch, badge], dependencies=dependencies, tags=["Gates"])
