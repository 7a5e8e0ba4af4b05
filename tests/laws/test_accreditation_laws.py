"""Laws of accreditation: whoever asks whatever, in any order, what must never be is never, at any prefix of the log.

The model of a person is plain: sets of what was printed, blocked, held and released, and who asked for what. That of an
organisation's passes is a dict from pass to status, from which every count is made anew.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from management.access import Access
from management.application import HoldGrant, OpenApplication, RecordClearance, Return, Verify
from management.card import LIVE, list_status
from management.card_desk import (
    Produce,
    Reissue,
    ReportDamaged,
    ReportFound,
    ReportLost,
    ReportStolen,
    ReturnCard,
    Validate,
)
from management.card_events import CardProduced
from management.card_list import CardList
from management.command import Actor, Grant, Received, Refusal, Tick
from management.day_pass import ApprovePass, CancelPass, IssuePass, RequestPass, ReturnPass
from management.day_pass import State as Passes
from management.day_pass import decide as decide_pass
from management.day_pass import due as pass_due
from management.day_pass import evolve as evolve_pass
from management.entitlement import Override
from management.function_change import ChangeEntitlement, ChangeFunction, Withdraw
from management.gate import Passage
from management.participation_events import FunctionChanged, QuotaReleased, RevocationRequested, Revoked, Submitted
from management.person import CloseGames, MergePerson, State, decide, due, evolve
from management.status_list import REVOKED, VALID
from management.suspension import (
    ApproveRevocation,
    ConfirmSuspension,
    Reinstate,
    RequestRevocation,
    Suspend,
    Warn,
)
from tests.management.accredited import CLEAR_UNTIL, DAY, FORM, HOUR, JULY, SPRING, T20, ms
from tests.management.at_the_gate import GATE, SWIMMER, at, card, gate

EVERYTHING = Actor(
    "all",
    tuple(
        Grant(role)
        for role in ("RO_ACR", "OC_ACR_OPERATOR", "OC_ACR_SUPERVISOR", "SECURITY_CHECK", "VENUE_ACR", "SYSTEM")
    ),
)
AUTHORITY = Actor("authority", (Grant("GAMES_AUTHORITY"), Grant("OC_ACR_OPERATOR")))
SECOND = Actor("second", (Grant("OC_ACR_SUPERVISOR"), Grant("OC_ACR_OPERATOR"), Grant("SOC")))
ORGANISATION = Actor("ro", (Grant("RO_ACR", "ro:AAA"),))
ACTORS = st.sampled_from([EVERYTHING, EVERYTHING, AUTHORITY, SECOND, ORGANISATION])
NAMES = st.sampled_from(["A1", "A1", "A1", "A2"])
NUMBERS = st.integers(1, 4)
OFTEN = st.sampled_from([True, True, True, False])
FUNCTIONS = st.sampled_from([("Aa", "ATHLETE"), ("Ap", "ALTERNATE"), ("Ao", "COACH"), ("Ao", "DOCTOR")])
RARELY = st.sampled_from([False] * 9 + [True])
PASSING = st.sampled_from([0, 1, HOUR, HOUR, DAY, DAY, 3 * DAY, 40 * DAY])


def snapshot(state: Any) -> Any:
    """Return the state as it comes back from its bytes."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=type(state))


class PersonMachine(RuleBasedStateMachine):
    """A person's record, whatever is asked about it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = ms("2021-06-25T00:00:00Z")  # applications are late, and cards are valid
        self.state = State()
        self.events: list[Any] = []
        self.resumed = State()  # from a snapshot in the middle
        self.cards: list[tuple[int, int]] = []  # serial and index of every card that was printed
        self.dead: set[int] = set()  # serials that were blocked for good
        self.holds: dict[str, str] = {}  # participation -> the hold that it has
        self.released: list[str] = []
        self.asked: dict[str, tuple[str, bool]] = {}  # participation -> who asked for revocation last, the authority?
        self.count = 0

    def ask(self, command: Any, by: Actor) -> None:
        """Decide, and take in what follows; a refusal changes nothing."""
        before = msgspec.msgpack.encode(self.state)
        decided = decide(self.state, Received("c", "per:P1", command, by, self.now), T20)
        assert msgspec.msgpack.encode(self.state) == before
        for event in [] if isinstance(decided, Refusal) else decided:
            evolve(self.state, event)
            evolve(self.resumed, event)
            self.events.append(event)
            self.learn(event, by)

    def learn(self, event: Any, by: Actor) -> None:
        """Keep the model."""
        match event:
            case CardProduced():
                self.cards.append((event.serial, event.index))
            case Submitted() | FunctionChanged():
                self.holds[event.participation] = event.hold
            case QuotaReleased():
                self.released.append(event.hold)
                if self.holds.get(event.participation) == event.hold:
                    del self.holds[event.participation]
            case RevocationRequested():
                self.asked[event.participation] = (by.id, by is AUTHORITY)
            case Revoked():
                first, authority = self.asked[event.participation]
                assert (event.requested_by, event.approved_by) == (first, by.id)
                assert first != by.id
                assert authority or by is AUTHORITY
        self.dead |= {card.serial for card in self.state.cards.values() if card.status not in LIVE}

    def hold(self, category: str) -> HoldGrant:
        """Return a hold that nobody has."""
        self.count += 1
        return HoldGrant(f"H{self.count}", "AAA", category, self.now + 1)

    @initialize(what=FUNCTIONS, cards=st.sampled_from([0, 1, 2, 2, 2]))
    def begin(self, what: tuple[str, str], cards: int) -> None:
        """Begin somewhere along the usual way, so that the rules are about something."""
        self.apply("A1", what, straight=True)
        self.clear(EVERYTHING, "CLEAR")
        if cards > 0:
            self.produce(EVERYTHING, "A1", 1, 1)
        if cards > 1:
            self.validate(EVERYTHING, 1, matches=True)

    @rule(name=NAMES, what=FUNCTIONS, straight=OFTEN)
    def apply(self, name: str, what: tuple[str, str], straight: bool) -> None:
        self.ask(OpenApplication(name, "AAA", *what), ORGANISATION)
        form = msgspec.structs.replace(FORM, participation=name, hold=self.hold(what[0]), late=True)
        self.ask(form, ORGANISATION)
        self.ask(Verify(name) if straight else Return(name, ("X",)), EVERYTHING)

    @rule(by=ACTORS, name=NAMES, well=OFTEN)
    def check(self, by: Actor, name: str, well: bool) -> None:
        self.ask(Verify(name) if well else Return(name, ("X",)), by)

    @rule(by=ACTORS, verdict=st.sampled_from(["CLEAR", "CLEAR", "CLEAR", "REFER", "REFUSE"]))
    def clear(self, by: Actor, verdict: Any) -> None:
        self.ask(RecordClearance(verdict, "POLICE", CLEAR_UNTIL), by)

    @rule(by=ACTORS, name=NAMES, what=FUNCTIONS)
    def change_function(self, by: Actor, name: str, what: tuple[str, str]) -> None:
        self.ask(ChangeFunction(name, *what, hold=self.hold(what[0])), by)

    @rule(by=ACTORS, name=NAMES)
    def change_entitlement(self, by: Actor, name: str) -> None:
        self.ask(ChangeEntitlement(name, (Override("GRANT", by.id, self.now + DAY, "SWC"),), requested_by="x"), by)

    @rule(by=ACTORS, name=NAMES, until=st.sampled_from([None, HOUR, 2 * DAY]))
    def suspend(self, by: Actor, name: str, until: int | None) -> None:
        self.ask(Warn(name, "X"), by)
        self.ask(Suspend(name, "X", None if until is None else self.now + until), by)

    @rule(by=ACTORS, name=NAMES, command=st.sampled_from([ConfirmSuspension, Reinstate]))
    def settle(self, by: Actor, name: str, command: Any) -> None:
        self.ask(command(name), by)

    @rule(first=ACTORS, others=st.permutations([EVERYTHING, SECOND, AUTHORITY, ORGANISATION]), name=NAMES)
    def revoke(self, first: Actor, others: list[Actor], name: str) -> None:
        """One asks for revocation, tries to approve it, and then others try."""
        self.ask(Suspend(name, "X"), SECOND)
        self.ask(RequestRevocation(name, "X"), first)
        for second in (first, *others[:2]):
            self.ask(ApproveRevocation(name), second)

    @rule(by=ACTORS, name=NAMES, really=RARELY)
    def withdraw(self, by: Actor, name: str, really: bool) -> None:
        if really:
            self.ask(Withdraw(name), by)

    @rule(by=ACTORS, name=NAMES, serial=NUMBERS, index=NUMBERS)
    def produce(self, by: Actor, name: str, serial: int, index: int) -> None:
        self.ask(Produce(name, serial, index, photo=True), by)

    def validate(self, by: Actor, serial: int, matches: bool) -> None:
        self.ask(Validate(serial, "OLV", bearer_present=True, document_matches=matches), by)

    @rule(by=ACTORS, serial=NUMBERS, command=st.sampled_from([ReportLost, ReportStolen, ReportDamaged]))
    def report(self, by: Actor, serial: int, command: Any) -> None:
        back = {"old_card_back": True} if command is ReportDamaged else {}
        self.ask(command(serial, identity_checked=True, **back), by)

    @rule(by=ACTORS, serial=NUMBERS, command=st.sampled_from([ReportFound, ReturnCard]))
    def hand_in(self, by: Actor, serial: int, command: Any) -> None:
        self.ask(command(serial), by)

    @rule(by=ACTORS, serial=NUMBERS, index=NUMBERS)
    def reissue(self, by: Actor, serial: int, index: int) -> None:
        for blocked in [one.serial for one in self.state.cards.values()]:
            self.ask(Reissue(blocked, serial, index, photo=True), by)

    @rule(by=ACTORS, matches=OFTEN)
    def validate_all(self, by: Actor, matches: bool) -> None:
        for serial in [one.serial for one in self.state.cards.values()]:
            self.validate(by, serial, matches)

    @rule(passing=PASSING)
    def tick(self, passing: int) -> None:
        """Let time pass; in one step or in two is the same."""
        halfway, self.now = self.now + passing // 2, self.now + passing
        stepped = snapshot(self.state)
        for until in (halfway, self.now):
            decided = decide(stepped, Received("t", "per:P1", Tick(until), EVERYTHING, until), T20)
            for event in [] if isinstance(decided, Refusal) else decided:
                evolve(stepped, event)
        first = due(self.state)
        fired = len(self.events)
        self.ask(Tick(self.now), EVERYTHING)
        assert stepped == self.state
        assert (len(self.events) > fired) == (first is not None and first <= self.now)

    @rule(by=ACTORS, really=RARELY)
    def end(self, by: Actor, really: bool) -> None:
        if really:
            self.ask(CloseGames(), by)
            self.ask(MergePerson("P2"), by)

    @rule()
    def restart(self) -> None:
        self.resumed = snapshot(self.state)

    @invariant()
    def a_participation_has_at_most_one_live_card(self) -> None:
        live = Counter(card.participation for card in self.state.cards.values() if card.status in LIVE)
        assert [name for name, cards in live.items() if cards > 1] == []

    @invariant()
    def only_an_approved_participation_has_a_card_that_opens_gates(self) -> None:
        opening = [one.participation for one in self.state.cards.values() if list_status(one) == VALID]
        assert {self.state.participations[name].status for name in opening} <= {"APPROVED"}

    @invariant()
    def a_serial_and_an_index_are_one_card_and_what_was_blocked_stays_so(self) -> None:
        for numbers in zip(*self.cards, strict=True):
            assert len(set(numbers)) == len(numbers)
        assert {list_status(self.state.cards[str(serial)]) for serial in self.dead} <= {REVOKED}

    @invariant()
    def the_status_list_says_of_every_card_what_its_record_says(self) -> None:
        folded = CardList()
        for event in self.events:
            folded.take("per:P1", event)
        assert folded.statuses == {one.index: list_status(one) for one in self.state.cards.values()}
        assert folded.disputed == set()

    @invariant()
    def a_place_in_the_quota_is_had_by_one_and_released_once(self) -> None:
        assert {one.id: one.hold for one in self.state.participations.values() if one.hold} == self.holds
        assert len(set(self.released)) == len(self.released)
        assert not set(self.released) & set(self.holds.values())
        for one in self.state.participations.values():
            if one.status != "CLOSED" and one.status not in ("DRAFT", "RETURNED", "REVOKED"):
                assert bool(one.hold) == (one.status not in ("REFUSED", "WITHDRAWN"))

    @invariant()
    def a_tick_fires_from_the_deadline_on_and_not_before(self) -> None:
        first = due(self.state)
        for until in [] if first is None else [first - 1, first]:
            decided = decide(self.state, Received("t", "per:P1", Tick(until), EVERYTHING, self.now), T20)
            assert (decided == []) == (until != first)

    @invariant()
    def the_log_alone_gives_the_state_and_so_does_a_snapshot_with_the_rest(self) -> None:
        again = State()
        for event in self.events:
            evolve(again, event)
        assert again == self.state
        assert self.resumed == self.state


class PassMachine(RuleBasedStateMachine):
    """The passes of an organisation, whatever is asked about them."""

    first_day = date(2021, 7, 28)
    guests = st.sampled_from(["G1", "G2"])
    hosts = st.sampled_from(["P1", "P2"])
    numbers = st.integers(0, 5)

    def __init__(self) -> None:
        super().__init__()
        self.now = JULY
        self.state = Passes()
        self.resumed = Passes()
        self.events: list[Any] = []
        self.out: set[str] = set()  # passes that were ever given out

    def ask(self, command: Any, by: Actor = EVERYTHING) -> None:
        """Decide, and take in what follows."""
        decided = decide_pass(self.state, Received("c", "dp:AAA", command, by, self.now), T20)
        for event in [] if isinstance(decided, Refusal) else decided:
            evolve_pass(self.state, event)
            evolve_pass(self.resumed, event)
            self.events.append(event)
        self.out |= {name for name, one in self.state.passes.items() if one.status == "ISSUED"}

    @rule(number=numbers, guest=guests, host=hosts, ahead=st.integers(0, 9), approved=OFTEN)
    def request(self, number: int, guest: str, host: str, ahead: int, approved: bool) -> None:
        day = self.first_day + timedelta(days=ahead)
        self.ask(RequestPass(f"D{number}", guest, host, day, "OLV", ("V",), ("V",), "CLEAR"), ORGANISATION)
        if approved:
            self.ask(ApprovePass(f"D{number}"))

    @rule(number=numbers, waits=OFTEN)
    def issue(self, number: int, waits: bool) -> None:
        """Give a pass out, having waited until the noon of its day."""
        found = self.state.passes.get(f"D{number}")
        if found and waits:
            self.tick(max(0, T20.day_first(found.day) + 12 * HOUR - self.now))
        self.ask(IssuePass(f"D{number}", id_deposit=True, standing="CLEAR", serial=number, index=number))

    @rule(number=numbers, by=ACTORS)
    def cancel(self, number: int, by: Actor) -> None:
        self.ask(CancelPass(f"D{number}"), by)

    @rule(by=ACTORS, command=st.sampled_from([ReturnPass, CancelPass]))
    def take_back(self, by: Actor, command: Any) -> None:
        """Take back or cancel the pass that was given out last."""
        given_out = [name for name, one in self.state.passes.items() if one.status in ("ISSUED", "OVERDUE")]
        self.ask(command(given_out[-1] if given_out else "D0"), by)

    @rule(passing=st.sampled_from([0, HOUR, HOUR, 9 * HOUR]))
    def tick(self, passing: int) -> None:
        self.now += passing
        self.ask(Tick(self.now))
        first = pass_due(self.state)
        assert first is None or first > self.now

    @rule()
    def restart(self) -> None:
        self.resumed = snapshot(self.state)

    @invariant()
    def the_counts_are_those_of_the_passes(self) -> None:
        passes = self.state.passes.values()
        counting = [one for one in passes if one.status != "CANCELLED" or one.id in self.out]
        assert self.state.on_day == Counter(one.day.isoformat() for one in counting)
        days: dict[str, Counter[str]] = {}
        for one in counting:
            days.setdefault(one.person, Counter())[one.day.isoformat()] += 1
        assert self.state.days_of == days
        assert self.state.overdue_of == Counter(one.host for one in passes if one.status == "OVERDUE")
        assert max(self.state.on_day.values(), default=0) <= T20.day_passes.daily["NOC"]
        assert max(map(len, days.values()), default=0) <= T20.day_passes.max_days

    @invariant()
    def the_earliest_pass_that_is_out_is_due(self) -> None:
        ends = [one.return_by for one in self.state.passes.values() if one.status == "ISSUED" and one.return_by]
        assert pass_due(self.state) == min(ends, default=None)

    @invariant()
    def the_log_alone_gives_the_state_and_so_does_a_snapshot_with_the_rest(self) -> None:
        again = Passes()
        for event in self.events:
            evolve_pass(again, event)
        assert again == self.state
        assert self.resumed == self.state


TestPerson = PersonMachine.TestCase
TestPerson.settings = settings(stateful_step_count=40)
TestPasses = PassMachine.TestCase
TestPasses.settings = settings(stateful_step_count=40)


# -- the decision at a gate -----------------------------------------------------------------------------------------

REASONS = (
    *("WRONG_GAMES", "CLOCK_UNTRUSTED", "EXPIRED", "REVOKED", "STATUS_STALE", "VENUE", "ZONE"),
    *("TIME", "NEEDS_DEVICE", "ESCORT", "PASSBACK", "FULL"),
)
KEEPS_IN = 7  # so many of them are asked of who goes out


def spoilt(wrong: set[str], direction: Any) -> Access:
    """Decide about a card with which certain things are wrong."""
    denials = tuple(
        Override("DENY", "sup-a", JULY + 1, "SWC", zone)
        for reason, zone in (("VENUE", ""), ("ZONE", "2"))
        if reason in wrong
    )
    entitlement = msgspec.structs.replace(SWIMMER, overrides=denials)
    token = card(
        games="T24" if "WRONG_GAMES" in wrong else "T20",
        exp=JULY if "EXPIRED" in wrong else JULY + 1,
        index=11 if "REVOKED" in wrong else 10,
        escorted="ESCORT" in wrong,
        entitlement=entitlement,
    )
    way = gate(
        device="TICKET" if "NEEDS_DEVICE" in wrong else "",
        passback="DENY" if "PASSBACK" in wrong else "OFF",
        capacity=0 if "FULL" in wrong else None,
    )
    known: dict[str, Any] = {"entitlements": {1: entitlement}, "passages": {1: (Passage("SWC", "SWC", "IN", SPRING),)}}
    known |= {"clock_error": None} if "CLOCK_UNTRUSTED" in wrong else {}
    known |= {"list_at": SPRING} if "STATUS_STALE" in wrong else {}
    known |= {"operating": {}} if "TIME" in wrong else {}
    return at(token, way, direction=direction, **known)


@given(st.sets(st.sampled_from(REASONS)), st.sampled_from(["IN", "OUT"]))
def test_the_reason_is_the_first_of_all_that_is_wrong(wrong: set[str], direction: str) -> None:
    asked = REASONS if direction == "IN" else REASONS[:KEEPS_IN]
    expected = next((reason for reason in asked if reason in wrong), "OK")
    verdict = {"OK": "ALLOW", "CLOCK_UNTRUSTED": "REFER"}.get(expected, "DENY")
    found = spoilt(wrong, direction)
    assert (found.verdict, found.reason, found.show_photo) == (verdict, expected, expected == "OK")


@given(st.integers(0, 2**41), st.integers(0, 2**41))
def test_a_window_of_time_is_half_open_wherever_it_lies(nbf: int, t: int) -> None:
    span = 1000
    found = at(card(nbf=nbf, exp=nbf + span), GATE, t, list_at=t).reason
    expected = "NOT_YET_VALID" if t < nbf else "EXPIRED" if t >= nbf + span else None
    assert (found if found in ("NOT_YET_VALID", "EXPIRED") else None) == expected
