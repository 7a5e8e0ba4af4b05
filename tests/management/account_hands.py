"""An account and who has something to say about it."""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

import schemas.policy
from management.account import Command, Event, State, decide, evolve
from management.command import EVERYWHERE, Actor, Grant, Received, Refusal, Role
from schemas.policy.accounts import decode

__all__ = [
    "AT",
    "AUTHORITY",
    "BERT",
    "CODE",
    "HOUR",
    "SECOND_AUTHORITY",
    "SUPERVISOR",
    "T20",
    "Hand",
    "actor",
    "digest",
]

T20 = decode(Path(schemas.policy.__path__[0], "t20", "accounts.toml").read_bytes())
AT = 1_000_000_000
HOUR = 3_600_000
CODE = "one-time code"


def actor(name: str, *roles: Role, scope: str = EVERYWHERE) -> Actor:
    return Actor(name, tuple(Grant(role, scope) for role in roles))


AUTHORITY = actor("P-ANNA", "GAMES_AUTHORITY")
SECOND_AUTHORITY = actor("P-BEA", "GAMES_AUTHORITY")
SUPERVISOR = actor("P-SUE", "OC_ACR_SUPERVISOR")
BERT = actor("P-BERT")  # whose account it is


def digest(code: str = CODE) -> str:
    return sha256(code.encode()).hexdigest()


class Hand:
    """The account of Bert, one command after the other; a decision changes nothing by itself."""

    def __init__(self, key: str = "acct:P-BERT") -> None:
        self.key = key
        self.state = State()
        self.events: list[Event] = []
        self.at = AT
        self._ids = count(1)

    def send(self, command: Command, by: Actor = SUPERVISOR) -> list[Event] | Refusal:
        before = msgspec.msgpack.encode(self.state)
        received: Received[Any] = Received(f"c{next(self._ids)}", self.key, command, by, self.at)
        decided = decide(self.state, received, T20)
        assert msgspec.msgpack.encode(self.state) == before
        if not isinstance(decided, Refusal):
            for event in decided:
                evolve(self.state, event)
            self.events += decided
        return decided

    def did(self, command: Command, by: Actor = SUPERVISOR) -> list[Event]:
        decided = self.send(command, by)
        assert not isinstance(decided, Refusal), decided
        return decided

    def code(self, command: Command, by: Actor = SUPERVISOR) -> str:
        decided = self.send(command, by)
        return decided.code if isinstance(decided, Refusal) else ""
