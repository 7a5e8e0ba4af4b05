"""The doorkeeper: how often somebody may ask, what takes a fresh proof of who he is, and who hears of what he did.

He stands behind the guard, who knows people (``desks/api/caller.py``), and before the aggregates, which know what each
may do. What he turns away changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from desks.api.caller import Caller, Credentials
from desks.errors import Turned
from desks.rates import Rates
from management.command import Actor
from management.soc_signs import PersonalRead, RequestTurned, Sign

__all__ = ["PROOF_NEEDED", "Doorkeeper"]

PROOF_NEEDED = "proof_needed"  # the code that somebody hears who has to prove again who he is

TOLD = (401, 403, 429)  # statuses of which the operations centre hears
SAFE = ("GET", "HEAD", "OPTIONS")


class _Tagged(msgspec.Struct, frozen=True):
    type: str = ""


class _Wish(msgspec.Struct, frozen=True):
    command: _Tagged = _Tagged()


_tag_of = msgspec.json.Decoder(_Wish).decode


def _deaf(sign: Sign) -> None:
    pass


class Doorkeeper:
    """One for all routes of an application."""

    def __init__(
        self,
        rates: Mapping[str, str],
        sensitive: Iterable[str] = (),
        offers: Iterable[str] = (),
        *,
        tell: Callable[[Sign], None] = _deaf,
        now: Callable[[], int],
        address: Callable[[str], str] = lambda _: "",
    ) -> None:
        """Take the rates, the commands that take a fresh proof, those of applicants, and who hears of it.

        ``now`` gives ms, ``address`` what stands for an address. Raises ``BadPolicy``.
        """
        self._rates = Rates(rates)
        self._sensitive, self._offers = frozenset(sensitive), frozenset(offers)
        self._tell, self._now, self._address = tell, now, address

    def admit(self, caller: Caller, shown: Credentials, *, for_enrolment: bool) -> None:
        """Let somebody in who is known; raises ``Turned`` where it is too often, or he is to make credentials only."""
        if caller.kind == "ENROLMENT" and not for_enrolment:
            raise Turned(403, "not_authorised", "this session is for making credentials")
        if shown.method in SAFE:
            self._rates.hit("read_account", caller.actor.id)
            return
        self._rates.hit("command_account", caller.actor.id)
        for scope in _organisations(caller.actor):
            self._rates.hit("command_ro", scope)

    def check_command(self, caller: Caller, body: bytes, *, counts: bool = True) -> None:
        """Raise ``Turned`` where a command takes a fresh proof of who it is, or comes too often.

        Of commands that come together, such as those of a form, one ``counts``.
        """
        try:
            tag = _tag_of(body).command.type
        except (msgspec.DecodeError, UnicodeDecodeError):
            return  # no command: whoever decodes it says so
        if tag in self._sensitive:
            self.need_proof(caller)
        if counts and tag in self._offers and any(grant.role == "VOLUNTEER" for grant in caller.actor.grants):
            self._rates.hit("offer_account", caller.actor.id)

    def count(self, name: str, *whose: str) -> None:
        """Count something by a rate of the policy; raises ``Turned`` where it is too often."""
        self._rates.hit(name, *whose)

    def need_proof(self, caller: Caller) -> None:
        """Raise ``Turned`` where somebody has not proved lately who he is."""
        if caller.fresh_until is not None and self._now() >= caller.fresh_until:
            raise Turned(403, PROOF_NEEDED, "this takes a fresh proof of who you are: a code or a passkey")

    def read_personal(self, caller: Caller, request: Request[Any, Any, Any], people: int = 1) -> None:
        """Count personal data that somebody is about to read, and have it told.

        Beyond the rate, whoever is signed in proves who he is; a token cannot, and waits.
        """
        operation, address = _operation(request), self._address(request.client.host if request.client else "")
        self._tell(PersonalRead(caller.actor.id, operation, people, address))
        if self._rates.allows("personal_reads", caller.actor.id, cost=people):
            return
        if caller.fresh_until is None:
            self._rates.hit("personal_reads", caller.actor.id, cost=people)
        self.need_proof(caller)

    def note(self, request: Request[Any, Any, Any], answer: Response[Any], code: str) -> None:
        """Have it told that a request was turned away, as often as the rate of such words allows."""
        host = request.client.host if request.client else ""
        if answer.status_code not in TOLD or not self._rates.allows("signs_address", host):
            return
        caller = request.scope.get("state", {}).get("caller")
        actor = caller.actor.id if isinstance(caller, Caller) else ""
        sign = RequestTurned(actor, _operation(request), code, answer.status_code or 0, self._address(host))
        self._tell(sign)


def _organisations(actor: Actor) -> set[str]:
    return {grant.scope for grant in actor.grants if grant.scope.startswith("ro:")}


def _operation(request: Request[Any, Any, Any]) -> str:
    """Return method and route: the pattern and never the path, in which there may be anything."""
    handler = request.scope.get("route_handler")
    paths = sorted(handler.paths) if handler is not None else []
    template = request.scope.get("path_template") or (paths[0] if paths else "")
    return f"{request.method} {template}"
