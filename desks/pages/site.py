"""What all pages share: the office, the rules, the readers' folds, and how a form is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from litestar import Request, Response
from litestar.response import Redirect

from desks.accounts.enrolment import Enrolment
from desks.api.answers import PRIVATE
from desks.api.caller import Caller, Callers
from desks.api.doorkeeper import PROOF_NEEDED, Doorkeeper
from desks.blind_index import BlindIndex
from desks.bulk.reception import Reception
from desks.card_numbers import CardNumbers
from desks.cose import Signer
from desks.errors import Turned
from desks.office import Office
from desks.pages.form import Form, Forms, Wish
from desks.pages.render import Renderer
from desks.people_index.index import PeopleIndex
from desks.vault import Vault
from management.command import Actor, Refusal

__all__ = ["Page", "Site", "inside", "not_for"]


class Page(NamedTuple):
    """A page to be rendered: its template, and what it shows."""

    template: str
    shows: Mapping[str, Any]
    scripted: bool = False  # it has the script by which passkeys are used


class Site:
    """The pages over one office. Belongs to its loop."""

    def __init__(
        self,
        office: Office,
        callers: Callers,
        policies: Mapping[str, Any],
        *,
        index: BlindIndex,
        enrolment: Enrolment,
        doorkeeper: Doorkeeper,
        vault: Vault | None = None,
        people: PeopleIndex | None = None,
        signer: Signer | None = None,
    ) -> None:
        """Take what the pages need.

        ``enrolment`` is where credentials are made, over the desk at which people sign in; ``doorkeeper`` is that of
        the application; ``people`` is a reader of the office; ``vault`` seals and opens what is personal, without one
        nothing is; ``signer`` signs cards, without one no badge is printed.
        """
        self.office = office
        self.callers = callers  # by whom a token is known
        self.policies = policies
        self.vault = vault
        self.signer = signer
        self.enrolment = enrolment
        self.signing = enrolment.desk
        self.doorkeeper = doorkeeper
        self.people = people or PeopleIndex(policies["per"])
        cards = self.people.cards
        self.numbers = CardNumbers(office, lambda: office.now, lambda: (cards.last_serial, cards.last_index))
        self.forms = Forms(office)
        self.sheets = Reception(office, policies, index, vault)
        self.renderer = Renderer(policies["per"].games)

    @property
    def programmes(self) -> tuple[str, ...]:
        """The programmes that volunteers apply to."""
        found: tuple[str, ...] = self.policies["vol"].programmes
        return found

    def zone_of(self, venue: str) -> str:
        """Return the zone of a venue's clock; where the schedule does not name it, UTC."""
        found = self.policies["sch"].venues.get(venue)
        return found.zone if found else "UTC"

    async def state(self, key: str) -> Any:
        """Return a record as it stands; raises ``Turned`` where no record has such a key."""
        kept = await self.office.read(key)
        if kept is None:
            raise Turned(404, "not_found", "there is no such record", at=key)
        return kept.state

    def show(
        self, request: Request[Any, Any, Any], actor: Actor | None, page: Page, status: int = 200
    ) -> Response[str]:
        """Return a page as an answer; ``actor`` is who is signed in."""
        return self.renderer.answer(
            request, page.template, page.shows, actor=actor, status=status, scripted=page.scripted
        )

    def turn(self, request: Request[Any, Any, Any], actor: Actor | None, page: Page, turned: Turned) -> Response[str]:
        """Return the page that says why somebody was turned away, and have it told."""
        answer = self.show(request, actor, page, turned.status)
        self.doorkeeper.note(request, answer, turned.code)
        return answer

    async def give(self, request: Request[Any, Any, Any], form: Form, wishes: list[Wish]) -> Refusal | None:
        """Give the commands of a form, as far as whoever sent it may now.

        Raises ``Turned`` where he has to prove first who he is, and the form waits for that (``proof.py``).
        """
        caller: Caller = request.state.caller
        try:
            for number, (_, command) in enumerate(wishes):
                wish = msgspec.json.encode({"command": command})
                self.doorkeeper.check_command(caller, wish, counts=number == 0)  # a form is sent once
        except Turned as turned:
            if turned.code == PROOF_NEEDED:
                request.state.form = form
                raise
            return Refusal(turned.code, turned.message)
        return await self.forms.give(form, caller.actor, wishes)

    def back(self, path: str) -> Redirect:
        """Return the answer to a form that was carried out: the page again, which says so."""
        return Redirect(f"{path}?done=1", status_code=303, headers=PRIVATE)


def inside(path: str) -> str:
    """Return a path of ours, and the first page in place of everything else."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def not_for(actor: Actor) -> Turned:
    """Return what somebody hears who may not see a page."""
    return Turned(403, "NOT_AUTHORISED", "this page is for others", at=actor.id)
