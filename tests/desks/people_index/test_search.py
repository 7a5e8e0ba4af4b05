"""Finding people by what is sealed: what was said last counts, and nothing that is opened is written down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desks.facts import Document, Facts
from desks.key_store import KeyStore
from desks.outcome import Position
from desks.people_index.search import Search
from desks.vault import Place, Vault
from management.command import Recorded
from management.long_list import AthleteLongListed
from management.participation_events import ApplicationOpened, Verified
from tests.desks.privacy.office import BLIND, KEK

PASSPORT = Document("IRL", "P", "PA1234567")


class Desk:
    """An index, and events as they come."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "people.db"
        self.store = KeyStore.open(folder / "keys.db")
        self.vault = Vault(self.store, KEK)
        self.index = Search.open(self.path, self.vault, BLIND)
        self.serial = 0

    def say(self, person: str, facts: Facts, key: str = "", event: Any = None) -> Recorded[Any]:
        self.serial += 1
        key, cause = key or f"per:{person}", str(UUID(int=self.serial))
        sealed = self.vault.seal(person, Place(key, cause), facts)
        event = event or ApplicationOpened("A1", "AAA", "Aa", "ATHLETE", "SWM", by="x")
        told = type(event)(**{name: getattr(event, name) for name in event.__struct_fields__} | {"sealed": sealed})
        recorded = Recorded(cause, key, self.serial, told, cause, "x", self.serial)
        self.index.take(recorded, Position(0, self.serial))
        return recorded

    def again(self) -> None:
        self.index.close()
        self.index = Search.open(self.path, self.vault, BLIND)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.index.close()
    desk.store.close()


def test_people_are_found_by_beginnings_of_their_names_without_case_and_accents(desk: Desk) -> None:
    desk.say("P1", Facts(family_name="Ó Súilleabháin", given_name="Ann"))
    desk.say("P2", Facts(family_name="王", given_name="Annika"))
    asked = {text: desk.index.find(text) for text in ("an", "ANN suil", "王", "annika 王", "ann xu", "", "a")}
    wanted = {"an": ["P1", "P2"], "ANN suil": ["P1"], "王": ["P2"], "annika 王": ["P2"], "ann xu": [], "": [], "a": []}
    assert asked == wanted
    assert desk.index.find("an", limit=1) == ["P1"]


def test_what_was_said_last_counts_wherever_it_was_said(desk: Desk) -> None:
    desk.say("P1", Facts(given_name="Ann", email="old@example.org", documents=(PASSPORT,)))
    desk.say("P1", Facts(email="new@example.org"), "vol:MAIN:P1")
    listed = AthleteLongListed("AAA", "P1", "W", late=False)
    desk.say("P1", Facts(print_name="SULLIVAN Ann"), "ebk:SWM", listed)
    known = Facts(given_name="Ann", email="new@example.org", documents=(PASSPORT,), print_name="SULLIVAN Ann")
    assert desk.index.facts("P1") == known
    assert desk.index.find_document(BLIND.document(PASSPORT)) == desk.index.find("sulliv") == ["P1"]
    assert desk.index.facts("P9") == Facts()
    desk.vault.destroy_fields("P1", ["documents"])
    assert desk.index.facts("P1") == Facts(
        given_name="Ann", email="new@example.org", print_name="SULLIVAN Ann", withheld=("documents",)
    )


def test_an_event_is_taken_once_and_a_restart_goes_on(desk: Desk) -> None:
    first = desk.say("P1", Facts(given_name="Ann"))
    desk.again()
    before = desk.index.count(["P1"])
    desk.index.take(first, Position(0, 1))
    desk.say("P1", Facts(given_name="Ann"))
    assert desk.index.count(["P1"]) == before + 1  # the blob; the words are there
    desk.index.take(Recorded("e", "per:P1", 3, Verified("A1", by="x"), "c", "x", 3), Position(0, 3))
    assert desk.index.count(["P1"]) == before + 1


def test_what_was_sealed_for_another_place_is_passed_over(desk: Desk) -> None:
    stolen = desk.say("P1", Facts(given_name="Ann")).event.sealed
    desk.vault.admit(["P2"])
    event = ApplicationOpened("A2", "AAA", "Aa", "ATHLETE", "SWM", by="x", sealed=stolen)
    desk.index.take(Recorded("e", "per:P2", 1, event, "c", "x", 1), Position(0, 2))
    assert desk.index.facts("P2") == Facts()


def test_nothing_that_is_opened_is_in_the_file_and_what_is_purged_is_gone(desk: Desk) -> None:
    desk.say("P1", Facts(given_name="Annabella", documents=(PASSPORT,)))
    desk.again()
    data = desk.path.read_bytes()
    assert b"P1" in data
    assert [word for word in (b"Annabella", b"annabella", b"PA1234567") if word in data] == []
    assert desk.index.count(["P1", "P2"]) == 10
    desk.index.purge(["P1", "P2"])
    assert desk.index.count(["P1"]) == 0
    assert b"P1" not in desk.path.read_bytes()


def test_processes_that_share_the_file_wait_for_nobody_who_reads(desk: Desk) -> None:
    first = desk.say("P1", Facts(given_name="Ann"))
    other = Search.open(desk.path, desk.vault, BLIND)
    try:
        other.take(first, Position(0, 1))
        desk.say("P2", Facts(given_name="Anja"))
        other.purge(["P1"])
        assert other.find("an") == desk.index.find("an") == ["P2"]
    finally:
        other.close()
