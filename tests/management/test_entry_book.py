"""The two state machines of the entry book, as tables."""

from __future__ import annotations

from typing import get_args

from management.command import Refusal
from management.entry_book import (
    ENTRY_TRANSITIONS,
    LIVE_ENTRIES,
    LIVE_PLACES,
    PLACE_TRANSITIONS,
    EntryStatus,
    EntryVerb,
    PlaceStatus,
    PlaceVerb,
    joined,
    refuse,
)


def test_every_status_of_a_place_has_its_line_and_every_verb_its_use() -> None:
    assert set(PLACE_TRANSITIONS) == set(get_args(PlaceStatus))
    assert {verb for line in PLACE_TRANSITIONS.values() for verb in line} == set(get_args(PlaceVerb))
    assert [status for status, line in PLACE_TRANSITIONS.items() if not line] == ["VACANT"]


def test_a_place_that_somebody_has_can_be_returned_and_no_other() -> None:
    assert {status for status, line in PLACE_TRANSITIONS.items() if "return" in line} == LIVE_PLACES


def test_every_status_of_an_entry_has_its_line_and_every_verb_its_use() -> None:
    assert set(ENTRY_TRANSITIONS) == {None, *get_args(EntryStatus)}
    assert {verb for line in ENTRY_TRANSITIONS.values() for verb in line} == set(get_args(EntryVerb))


def test_a_live_entry_can_end_and_one_that_was_replaced_is_not_made_anew() -> None:
    for verb in ("withdraw", "replace", "bar"):
        assert {status for status, line in ENTRY_TRANSITIONS.items() if verb in line} == LIVE_ENTRIES
    assert set(ENTRY_TRANSITIONS["REPLACED"]) == {"come", "come_confirmed"}


def test_a_refusal_has_its_code_its_sentence_and_its_facts() -> None:
    assert refuse("AGE", "too young", athlete="A1") == Refusal("AGE", "too young", {"athlete": "A1"})
    assert joined("A1", "M100") == "A1/M100"
