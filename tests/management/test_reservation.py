"""Reservations: the first claimant of a value has it, now or for ever."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import schemas.policy
from management.command import Actor, Grant, Received, Refusal, Tick
from management.reservation import (
    BANNED,
    Claim,
    ClaimConfirmed,
    Claimed,
    ClaimLapsed,
    ClaimPassed,
    ClaimReleased,
    Command,
    ConfirmClaim,
    Event,
    Holder,
    PassClaim,
    ReleaseClaim,
    State,
    decide,
    due,
    evolve,
)
from schemas.policy.reservation import decode

T20 = decode(Path(schemas.policy.__path__[0], "t20", "reservation.toml").read_bytes())
SYSTEM = Actor("accreditation", (Grant("SYSTEM"),))
DOC, SERIAL = "uq:doc:7f", "uq:serial:7f"
AT = 1_000_000
QUARTER = 900_000
V = "7f00aa"


def given(*events: Event) -> State:
    state = State()
    for event in events:
        evolve(state, event)
    return state


def when(state: State, command: Command, key: str = DOC, at: int = AT, by: Actor = SYSTEM) -> list[Event] | Refusal:
    """Decide, and see that nothing changed by that."""
    before = msgspec.msgpack.encode(state)
    decided = decide(state, Received("c9", key, command, by, at), T20)
    assert msgspec.msgpack.encode(state) == before
    return decided


def refused(decided: list[Event] | Refusal) -> str:
    assert isinstance(decided, Refusal)
    return decided.code


CLAIMED = Claimed(V, "per:P1", AT + QUARTER)
KEPT = (CLAIMED, ClaimConfirmed(V))


def test_the_first_claimant_has_it() -> None:
    assert when(State(), Claim(V, "per:P1")) == [CLAIMED]
    assert given(CLAIMED).holders == {V: Holder("per:P1", AT + QUARTER)}


@pytest.mark.parametrize("events", [(CLAIMED,), KEPT], ids=["in flight", "kept"])
def test_the_second_is_told_who_has_it(events: tuple[Event, ...]) -> None:
    assert when(given(*events), Claim(V, "per:P2")) == Refusal(
        "DUPLICATE_DOCUMENT", "Somebody else has this already.", {"existing_ref": "per:P1"}
    )


@pytest.mark.parametrize("events", [(CLAIMED,), KEPT], ids=["in flight", "kept"])
def test_the_same_claim_again_changes_nothing(events: tuple[Event, ...]) -> None:
    assert when(given(*events), Claim(V, "per:P1")) == []


def test_a_claim_is_kept_until_its_last_millisecond() -> None:
    assert when(given(CLAIMED), ConfirmClaim(V, "per:P1"), at=AT + QUARTER) == [ClaimConfirmed(V)]
    assert refused(when(given(CLAIMED), ConfirmClaim(V, "per:P1"), at=AT + QUARTER + 1)) == "CLAIM_LAPSED"
    assert when(given(*KEPT), ConfirmClaim(V, "per:P1"), at=AT + QUARTER + 1) == []


def test_what_somebody_else_has_is_not_kept_and_not_given_up() -> None:
    assert refused(when(given(CLAIMED), ConfirmClaim(V, "per:P2"))) == "STATE"
    assert refused(when(State(), ConfirmClaim(V, "per:P1"))) == "STATE"
    assert when(given(CLAIMED), ReleaseClaim(V, "per:P2")) == []
    assert when(State(), ReleaseClaim(V, "per:P1")) == []


def test_a_claim_lapses_by_a_tick() -> None:
    state = given(CLAIMED, Claimed("7f01", "per:P2", AT + 1), Claimed("7f02", "per:P3", AT + 2), ClaimConfirmed("7f02"))
    assert due(state) == AT + 1
    assert when(state, Tick(AT)) == []
    assert when(state, Tick(AT + QUARTER)) == [ClaimLapsed("7f01"), ClaimLapsed(V)]
    evolve(state, ClaimLapsed("7f01"))
    evolve(state, ClaimLapsed(V))
    assert due(state) is None
    assert list(state.holders) == ["7f02"]


def test_a_claim_that_was_given_up_does_not_make_the_next_one_lapse() -> None:
    state = given(Claimed("7f01", "per:P1", 10), Claimed(V, "per:P2", 20), ClaimReleased(V), Claimed(V, "per:P3", 30))
    assert when(state, Tick(25)) == [ClaimLapsed("7f01")]
    evolve(state, ClaimLapsed("7f01"))
    assert due(state) == 30


def test_unique_now_is_free_once_given_up() -> None:
    state = given(*KEPT)
    assert when(state, ReleaseClaim(V, "per:P1")) == [ClaimReleased(V)]
    evolve(state, ClaimReleased(V))
    assert when(state, Claim(V, "per:P2")) == [Claimed(V, "per:P2", AT + QUARTER)]


def test_unique_ever_stays_with_its_first_holder() -> None:
    state = given(*KEPT)
    assert when(state, ReleaseClaim(V, "per:P1"), SERIAL) == [ClaimReleased(V, kept=True)]
    evolve(state, ClaimReleased(V, kept=True))
    assert refused(when(state, Claim(V, "per:P2"), SERIAL)) == "DUPLICATE_DOCUMENT"
    assert when(state, ReleaseClaim(V, "per:P1"), SERIAL) == []
    assert refused(when(state, ConfirmClaim(V, "per:P1"), SERIAL)) == "STATE"
    assert when(state, Claim(V, "per:P1"), SERIAL) == [Claimed(V, "per:P1", AT + 60_000)]


def test_unique_ever_and_never_kept_is_free_again() -> None:
    state = given(Claimed(V, "per:P1", AT + 60_000))
    assert when(state, ReleaseClaim(V, "per:P1"), SERIAL) == [ClaimReleased(V)]
    evolve(state, ClaimLapsed(V))
    assert when(state, Claim(V, "per:P2"), SERIAL) == [Claimed(V, "per:P2", AT + 60_000)]


def test_claimed_again_and_not_confirmed_it_still_stays_with_its_first_holder() -> None:
    back = (*KEPT, ClaimReleased(V, kept=True), Claimed(V, "per:P1", AT + 60_000))
    assert when(given(*back), ReleaseClaim(V, "per:P1"), SERIAL) == [ClaimReleased(V, kept=True)]
    lapsed = given(*back, ClaimLapsed(V))
    assert refused(when(lapsed, Claim(V, "per:P2"), SERIAL)) == "DUPLICATE_DOCUMENT"


def test_a_value_passes_on_to_who_is_the_same_person() -> None:
    state = given(*KEPT)
    assert when(state, PassClaim(V, "per:P1", "per:P2")) == [ClaimPassed(V, "per:P2")]
    evolve(state, ClaimPassed(V, "per:P2"))
    assert when(state, PassClaim(V, "per:P1", "per:P2")) == []
    assert refused(when(state, PassClaim(V, "per:P1", "per:P3"))) == "STATE"
    assert refused(when(State(), PassClaim(V, "per:P1", "per:P2"))) == "STATE"


@pytest.mark.parametrize("key", ["uq:doc:80", "uq:doc", "uq:shoes:7f", "uq"])
def test_what_is_not_of_this_key_is_refused(key: str) -> None:
    assert refused(when(State(), Claim(V, "per:P1"), key)) == "KIND"


def test_only_the_system_reserves() -> None:
    person = Actor("ann", (Grant("OC_ACR_SUPERVISOR"),))
    assert refused(when(State(), Claim(V, "per:P1"), by=person)) == "NOT_AUTHORISED"


def test_a_policy_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="a claim lasts for some seconds"):
        decode(b'[kinds]\ndoc = { unique = "now", claim_s = 0 }')
    with pytest.raises(msgspec.ValidationError, match="Invalid enum value 'always'"):
        decode(b'[kinds]\ndoc = { unique = "always", claim_s = 1 }')


def test_what_is_on_the_ban_list_is_nobodys_again() -> None:
    state = given(*KEPT, ClaimPassed(V, BANNED))
    assert refused(when(state, Claim(V, "per:P2"))) == "BANNED"
    assert when(state, ReleaseClaim(V, "per:P1")) == []
