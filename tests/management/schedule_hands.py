"""A competition schedule by hand: commands go in, and what came of each is kept as on the log."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

import schemas
from management.command import Actor, Grant, Received, Refusal, Role
from management.competition_schedule import Event, State, decide, evolve
from management.schedule_board import Plan
from management.schedule_book import Change
from management.schedule_changes import CarryOutChange
from management.schedule_draft import PlanUnit, RecordStarters, ReleaseVersion, Starter, Waiver
from management.schedule_proposals import ApproveChange, ProposeChange
from schemas.policy.schedule import Policy, decode

T20: Policy = decode((Path(schemas.__file__).parent / "policy" / "t20" / "schedule.toml").read_bytes())

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
TOKYO = 540  # minutes east of UTC


def ms(text: str) -> int:
    """Return an instant by the clock of Tokyo as ms since 1970."""
    return int(datetime.fromisoformat(f"{text}+09:00").timestamp()) * SECOND


def unit(discipline: str, event: str, phase: str, number: int) -> str:
    """Return the code of a unit: ``unit("SWM", "M100MFR", "HEAT", 1)``."""
    return f"{discipline}{event:-<19}{phase:-<4}{number:06}--"


HEAT1, HEAT2, HEAT3 = (unit("SWM", "M100MFR", "HEAT", number) for number in (1, 2, 3))
SEMI = unit("SWM", "M100MFR", "SFNL", 1)
FINAL = unit("SWM", "M100MFR", "FNL", 1)
HEATS, SEMIS = HEAT1[:26] + "--------", SEMI[:26] + "--------"
MEN, WOMEN = unit("TRI", "MINDIVID", "FNL", 1), unit("TRI", "WINDIVID", "FNL", 1)
JULY = ms("2021-07-01T12:00")


def person(name: str, *roles: Role, scope: str = "*") -> Actor:
    """Return an actor who holds roles in one scope."""
    return Actor(name, tuple(Grant(role, scope) for role in roles))


PLANNER = person("planner", "SCHED_PLANNER")
CHIEF = person("chief", "SCHED_APPROVER")
TRI_MANAGER = person("tri-manager", "SCHED_APPROVER", scope="discipline:TRI")
TRI_DELEGATE = person("tri-delegate", "IF_DELEGATE", scope="discipline:TRI")
SWM_MANAGER = person("swm-manager", "SCHED_APPROVER", scope="discipline:SWM")
SWM_DELEGATE = person("swm-delegate", "IF_DELEGATE", scope="discipline:SWM")
AUTHORITY = person("authority", "GAMES_AUTHORITY")
SYSTEM = person("system", "SYSTEM")


def noc(code: str) -> Actor:
    """Return the entries office of an organisation."""
    return person(f"office-{code}", "RO_ENTRIES", scope=f"ro:{code}")


def pool(begins: str, minutes: int = 10, **more: Any) -> Plan:
    """Return a plan at the pool of AQU."""
    start = ms(begins)
    return Plan("AQU", "POOL", start, start + minutes * MINUTE, "Asia/Tokyo", TOKYO, **more)


def bay(begins: str, minutes: int = 120, **more: Any) -> Plan:
    """Return a plan on the course of BAY."""
    start = ms(begins)
    return Plan("BAY", "COURSE", start, start + minutes * MINUTE, "Asia/Tokyo", TOKYO, **more)


def later(plan: Plan, by: int) -> Plan:
    """Return a plan so many ms later."""
    return replace(plan, start=plan.start + by, end=plan.end + by)


class Schedule:
    """The schedule of T20, with hands that do the usual."""

    def __init__(self, policy: Policy = T20) -> None:
        self.state, self.policy, self.at = State(), policy, JULY
        self.log: list[Event] = []
        self.given = 0

    def ask(self, command: Any, by: Actor, at: int | None = None) -> list[Event] | Refusal:
        """Have a command decided, which changes nothing, and its events happen."""
        before = msgspec.msgpack.encode(self.state)
        self.given += 1
        received = Received(f"C{self.given}", "sch:T20", command, by, self.at if at is None else at)
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

    def draft(self, *plans: tuple[str, Plan]) -> None:
        """Have units planned."""
        for code, plan in plans:
            self.does(PlanUnit(code, plan), PLANNER)

    def releases(self, *plans: tuple[str, Plan]) -> list[Event]:
        """Have units planned and released, with all conflicts waived."""
        self.draft(*plans)
        open_ones = sorted(set(self.state.draft.conflicts) - set(self.state.waived))
        waivers = tuple(Waiver(name, "as agreed") for name in open_ones)
        return self.does(ReleaseVersion(self.state.version + 1, waivers), CHIEF)

    def starters(self, code: str, *starters: str) -> list[Event]:
        """Have athletes start in a unit; the first three letters are their organisation."""
        return self.does(RecordStarters(code, tuple(Starter(name, name[:3]) for name in starters)), SYSTEM)

    def approved(self, proposal: str, change: Change, *approvals: tuple[Role, Actor]) -> None:
        """Have a change proposed and approved."""
        self.does(ProposeChange(proposal, change), PLANNER)
        for role, by in approvals:
            self.does(ApproveChange(proposal, role), by)

    def tri(self, proposal: str, change: Change, *waivers: Waiver) -> list[Event]:
        """Have a change of triathlon proposed, approved by its two, and carried out."""
        self.approved(proposal, change, ("SCHED_APPROVER", TRI_MANAGER), ("IF_DELEGATE", TRI_DELEGATE))
        return self.does(CarryOutChange(proposal, waivers), PLANNER)
