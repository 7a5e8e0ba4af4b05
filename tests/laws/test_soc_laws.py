"""Laws of the watch: it can be stopped anywhere, and copies of cards are found in whatever order scans come."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from management.account_events import GlassBroken
from management.participation_events import Warned
from management.soc_signs import CommandRefused, PersonalRead, SignInTried, TimePassed
from management.soc_watch import State
from tests.management.accredited import JULY
from tests.management.watch_hands import MINUTE, Watch, event, scan

SCANS = st.lists(
    st.tuples(st.integers(0, 90), st.sampled_from([1, 2]), st.sampled_from(["SCAN-1", "SCAN-2", "SCAN-3"])), max_size=12
)

THINGS = st.one_of(
    st.builds(lambda t, card: scan(JULY + t * MINUTE, card), st.integers(0, 300), st.sampled_from([1, None])),
    st.builds(lambda ok: SignInTried("P1", "PASSWORD", ok, "a1"), st.booleans()),
    st.builds(lambda people: PersonalRead("P-EVE", "export", people, "a1"), st.sampled_from([1, 150])),
    st.builds(lambda code: CommandRefused("c1", "per:P1", "P-EVE", code), st.sampled_from(["SAME_PERSON", "STATE"])),
    st.just(TimePassed()),
    st.just(event("acct:P-BERT", GlassBroken("g1", "SYSADMIN", "*", "fire", JULY + 60 * MINUTE), "P-BERT")),
    st.just(event("per:P1", Warned("x", reason="R", by="P-BERT"), "P-BERT", "e7")),
)


@given(scans=SCANS, order=st.integers(0, 1000))
def test_copies_of_cards_are_found_in_any_order(scans: list[tuple[int, int, str]], order: int) -> None:
    shown = [scan(JULY + t * MINUTE, card, device, seq=n) for n, (t, card, device) in enumerate(scans)]
    found = []
    for sequence in (shown, Random(order).sample(shown, len(shown))):
        watch = Watch()
        for one in sequence:
            watch.sees(one)
        found.append({(finding.kind, finding.about) for finding in watch.findings})
    assert found[0] == found[1]


@given(things=st.lists(st.tuples(THINGS, st.integers(0, 30)), max_size=40), stop=st.integers(0, 40))
def test_a_watch_that_was_stopped_finds_what_it_would_have_found(things: list[tuple[Any, int]], stop: int) -> None:
    whole, stopped, now = Watch(), Watch(), JULY
    for n, (what, minutes) in enumerate(things):
        now += minutes * MINUTE
        if n == stop:
            stopped.state = msgspec.msgpack.decode(msgspec.msgpack.encode(stopped.state), type=State)
        assert whole.sees(what, now) == stopped.sees(what, now)
    assert whole.state == stopped.state
