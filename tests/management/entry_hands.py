"""An entry book by hand: commands go in, and what came of each is kept as on the log."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

import schemas
from management.command import Actor, Grant, Received, Refusal, Role
from management.entries import Event, State, decide, evolve
from management.entry import EnterAthlete
from management.entry_guards import Facts, Performance
from management.long_list import LongListAthlete, SignEligibilityForm
from management.place import AllocatePlace, ConfirmPlace
from schemas.policy.entries import Policy, decode

T20: Policy = decode((Path(schemas.__file__).parent / "policy" / "t20" / "entries.toml").read_bytes())

M100 = "SWMM100MFR------------------------"
W100 = "SWMW100MFR------------------------"
M200 = "SWMM200MFR------------------------"
M58 = "TKWM58KG--------------------------"
W49 = "TKWW49KG--------------------------"
SURF = "SRFMSHORT-------------------------"
SURF_W = "SRFWSHORT-------------------------"
TEAM = "VVOMTEAM6-------------------------"

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def ms(text: str) -> int:
    """Return an instant in UTC as ms since 1970."""
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


SPRING = ms("2021-05-01T12:00:00+00:00")  # before every deadline
JUNE = ms("2021-06-20T12:00:00+00:00")  # between the long list's deadline and that of the entries
LATE = ms("2021-07-06T12:00:00+00:00")  # after the entries' deadline
NEVER = ms("2021-08-31T00:00:00+00:00")

OQT = Performance(4800, date(2021, 4, 1), "WCH")
OCT = Performance(4990, date(2021, 4, 1), "NCH")


def person(name: str, *roles: Role, scope: str = "*") -> Actor:
    """Return an actor who holds roles in one scope."""
    return Actor(name, tuple(Grant(role, scope) for role in roles))


def noc(code: str) -> Actor:
    """Return the entries office of an organisation."""
    return person(f"office-{code}", "RO_ENTRIES", scope=f"ro:{code}")


AUTHORITY = person("authority", "GAMES_AUTHORITY")
FEDERATION = person("federation", "IF_DELEGATE")
DOCTOR = person("doctor", "IF_MEDICAL")
OFFICE = person("office", "SPORT_ENTRIES")
SYSTEM = person("system", "SYSTEM")


def facts(*results: Performance, born: date = date(1998, 5, 5), of: str = "AAA", rank: int | None = None) -> Facts:
    """Return what a desk knows of an athlete."""
    return Facts(born, (of,), results=results, rank=rank)


class Book:
    """The book of one discipline, with hands that do the usual."""

    def __init__(self, discipline: str = "SWM", policy: Policy = T20) -> None:
        self.key, self.policy = f"ebk:{discipline}", policy
        self.state = State()
        self.log: list[Event] = []
        self.at = SPRING
        self.given = 0

    def ask(self, command: Any, by: Actor, at: int | None = None) -> list[Event] | Refusal:
        """Have a command decided, which changes nothing, and its events happen."""
        before = msgspec.msgpack.encode(self.state)
        self.given += 1
        received = Received(f"C{self.given}", self.key, command, by, self.at if at is None else at)
        answer = decide(self.state, received, self.policy)
        assert msgspec.msgpack.encode(self.state) == before
        if not isinstance(answer, Refusal):
            for event in answer:
                evolve(self.state, event)
            self.log += answer
        return answer

    def does(self, command: Any, by: Actor, at: int | None = None) -> list[Event]:
        """Have a command carried out."""
        answer = self.ask(command, by, at)
        assert not isinstance(answer, Refusal), answer
        return answer

    def refuses(self, command: Any, by: Actor, at: int | None = None) -> str:
        """Have a command refused; return the code."""
        answer = self.ask(command, by, at)
        assert isinstance(answer, Refusal), answer
        return answer.code

    # -- the usual ----------------------------------------------------------------------------------------------

    def lists(self, *athletes: str, of: str = "AAA", gender: str = "M", form: bool = True) -> None:
        """Have athletes on a long list, with their forms."""
        for athlete in athletes:
            self.does(LongListAthlete(of, athlete, gender), noc(of))  # type: ignore[arg-type]
            if form:
                self.does(SignEligibilityForm(athlete), noc(of))

    def place(
        self, place: str, event: str, route: str, of: str = "AAA", athlete: str = "", continent: str = ""
    ) -> None:
        """Have a place given and accepted."""
        wish = AllocatePlace(place, event, route, of, NEVER, athlete, continent)
        self.does(wish, AUTHORITY if route in ("HOST", "TRIPARTITE", "UNIVERSALITY") else FEDERATION)
        self.does(ConfirmPlace(place), noc(of))

    def entry(
        self, athlete: str, event: str, *results: Performance, of: str = "AAA", rank: int | None = None, **more: Any
    ) -> EnterAthlete:
        """Return the command that enters an athlete."""
        return EnterAthlete(of, athlete, event, facts(*results, of=of, rank=rank), **more)

    def enters(self, athlete: str, event: str, *results: Performance, of: str = "AAA", **more: Any) -> list[Event]:
        """Have an athlete entered."""
        return self.does(self.entry(athlete, event, *results, of=of, **more), noc(of))
