"""Laws of accounts: nobody has a part in his own roles, and a role of two persons has two.

Anybody tries anything on three accounts; the model is the set of roles with the persons who had a part in each.
"""

from __future__ import annotations

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from management.account import LockAccount, OpenAccount, UnlockAccount
from management.account_events import Event, GrantGiven
from management.account_grants import ApproveGrant, BreakGlass, GiveGrant, MendGlass, RefuseGrant, WithdrawGrant
from management.account_state import State, due, evolve, grants_at
from management.command import Actor, Grant, Role, Tick
from tests.management.account_hands import AT, HOUR, T20, Hand

PEOPLE = ("P-ANNA", "P-BEA", "P-CIA")
ROLES: tuple[Role, ...] = ("GAMES_AUTHORITY", "OC_ACR_SUPERVISOR", "SYSADMIN", "SOC", "RO_ACR", "AUDITOR")
ROOT = Actor("root", (Grant("GAMES_AUTHORITY"), Grant("OC_ACR_SUPERVISOR")))
PEER = Actor("peer", (Grant("GAMES_AUTHORITY"), Grant("SYSADMIN")))


class AccountMachine(RuleBasedStateMachine):
    """Three accounts, whose holders act with the roles that they have, and two operators who began it all."""

    @initialize()
    def start(self) -> None:
        self.hands = {person: Hand(f"acct:{person}") for person in PEOPLE}
        self.now = AT
        for hand in self.hands.values():
            hand.did(OpenAccount(), ROOT)

    def actor(self, who: str) -> Actor:
        known = {"root": ROOT, "peer": PEER}
        return known.get(who) or Actor(who, grants_at(self.hands[who].state, self.now))

    def grant(self, of: str, number: int) -> str:
        tenures = list(self.hands[of].state.tenures)
        return tenures[number % len(tenures)] if tenures else "none"

    WHO = st.sampled_from([*PEOPLE, "root", "peer"])
    OF = st.sampled_from(PEOPLE)

    @rule(who=WHO, of=OF, role=st.sampled_from(ROLES), emergency=st.booleans(), hours=st.sampled_from([None, 1, 100]))
    def give(self, who: str, of: str, role: Role, emergency: bool, hours: int | None) -> None:
        scope = "ro:FRA" if role == "RO_ACR" else "*"
        until = self.now + hours * HOUR if hours else None
        code = self.hands[of].code(GiveGrant(role, scope, until, emergency), self.actor(who))
        if who == of:
            assert code == "SELF_GRANT"

    @rule(who=WHO, of=OF, number=st.integers(0, 3))
    def approve(self, who: str, of: str, number: int) -> None:
        self.hands[of].send(ApproveGrant(self.grant(of, number)), self.actor(who))

    @rule(who=WHO, of=OF, number=st.integers(0, 3), what=st.sampled_from([RefuseGrant, WithdrawGrant, MendGlass]))
    def take(self, who: str, of: str, number: int, what: type[RefuseGrant | WithdrawGrant | MendGlass]) -> None:
        self.hands[of].send(what(self.grant(of, number)), self.actor(who))

    @rule(who=WHO, of=OF, number=st.integers(0, 3))
    def smash(self, who: str, of: str, number: int) -> None:
        self.hands[of].send(BreakGlass(self.grant(of, number), "fire"), self.actor(who))

    @rule(who=WHO, of=OF, lock=st.booleans())
    def lock(self, who: str, of: str, lock: bool) -> None:
        self.hands[of].send(LockAccount("SEEN") if lock else UnlockAccount(), self.actor(who))

    @rule(hours=st.integers(0, 80), told=st.booleans())
    def time_passes(self, hours: int, told: bool) -> None:
        self.now += hours * HOUR // 2
        for hand in self.hands.values():
            hand.at = self.now
            if told:
                hand.did(Tick(self.now))
                ends = due(hand.state)
                assert ends is None or ends > self.now

    @invariant()
    def nobody_had_a_part_in_his_own_roles(self) -> None:
        for person, hand in getattr(self, "hands", {}).items():
            for given in (event for event in hand.events if isinstance(event, GrantGiven)):
                assert person not in (given.asked_by, given.approved_by)
                assert bool(given.approved_by) == (T20.roles[given.role].persons == 2)
                assert given.asked_by != given.approved_by

    @invariant()
    def nobody_has_two_roles_that_exclude_each_other(self) -> None:
        for hand in getattr(self, "hands", {}).values():
            roles = {tenure.role for tenure in hand.state.tenures.values()}
            assert not any(set(T20.roles[role].excludes) & roles for role in roles)

    @invariant()
    def the_events_alone_make_the_state(self) -> None:
        for hand in getattr(self, "hands", {}).values():
            again = State()
            for event in hand.events:
                evolve(again, msgspec.json.decode(msgspec.json.encode(event), type=Event))
            assert again == hand.state


TestAccounts = AccountMachine.TestCase
TestAccounts.settings = settings(stateful_step_count=40)
