"""The vault: what is sealed opens at its place alone, as long as its keys exist; each field has one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks.errors import BadSeal, BadSecret, KeyGone
from desks.facts import FIELDS, Document, Facts
from desks.key_store import SCHEMA, KeyStore
from desks.key_wrap import HeldWrapper
from desks.vault import Erased, Place, Vault

KEK = HeldWrapper(bytes(32))
NEXT = HeldWrapper(b"\x01" * 32)
HERE = Place("per:P1", "C1")
ANN = Facts(
    family_name="Ó Súilleabháin",
    given_name="Ann",
    born=date(1999, 5, 1),
    documents=(Document("IRL", "P", "PA1234567", date(2030, 1, 1)),),
    photo=b"\xff\xd8jpeg",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.db"


@pytest.fixture
def store(path: Path) -> Iterator[KeyStore]:
    opened = KeyStore.open(path)
    yield opened
    opened.close()


@pytest.fixture
def vault(store: KeyStore) -> Vault:
    return Vault(store, KEK)


def test_what_is_sealed_opens_again_and_shows_nothing_meanwhile(vault: Vault) -> None:
    sealed = vault.seal("P1", HERE, ANN)
    assert vault.open("P1", HERE, sealed) == ANN
    assert [part for part in (b"Ann", b"PA1234567", b"1999", b"jpeg") if part in sealed] == []


def test_the_same_again_is_the_same_bytes_and_anything_else_is_others(vault: Vault) -> None:
    vault.admit(["P1", "P2"])
    ways = [
        ("P1", HERE, ANN),
        ("P2", HERE, ANN),
        ("P1", Place("per:P1", "C2"), ANN),
        ("P1", Place("vol:MAIN:P1", "C1"), ANN),
        ("P1", HERE, Facts(family_name="Ann")),
        ("P1", HERE, Facts(given_name="Ann")),
    ]
    first = [vault.seal(*way) for way in ways]
    assert [vault.seal(*way) for way in ways] == first
    assert len(set(first)) == len(ways)


@pytest.mark.parametrize(
    ("person", "place"),
    [("P1", Place("per:P1", "C2")), ("P1", Place("per:P2", "C1"))],
)
def test_nothing_opens_at_another_place(vault: Vault, person: str, place: Place) -> None:
    with pytest.raises(BadSeal, match="P1 at per:P"):
        vault.open(person, place, vault.seal("P1", HERE, ANN))


def test_nothing_of_one_person_opens_for_another(vault: Vault) -> None:
    vault.admit(["P2"])
    assert vault.open("P2", HERE, vault.seal("P1", HERE, ANN)) == Erased("P2", None)


@given(where=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_byte_can_be_changed(where: int, flip: int) -> None:
    store = KeyStore(sqlite3.connect(":memory:", isolation_level=None), "memory")
    store._connection.executescript(SCHEMA)
    vault = Vault(store, KEK)
    sealed = bytearray(vault.seal("P1", HERE, ANN))
    sealed[where % len(sealed)] ^= flip
    try:
        found = vault.open("P1", HERE, bytes(sealed))
    except BadSeal:
        return
    finally:
        store.close()
    # The name of the keys or of a field was hit: nothing comes out, or all but that field, which is said.
    assert isinstance(found, Erased) or found.withheld


def test_who_is_erased_is_erased_for_good_and_others_are_not(vault: Vault) -> None:
    sealed, other = vault.seal("P1", HERE, ANN), vault.seal("P2", HERE, ANN)
    assert vault.destroy(["P1", "P9"], 1000, "E1") == 1
    assert vault.open("P1", HERE, sealed) == vault.erased("P1") == Erased("P1", 1000)
    assert vault.open("P2", HERE, other) == ANN
    for person in ("P1", "P9"):  # of whom nothing was ever sealed
        with pytest.raises(KeyGone, match=f"{person} was erased"):
            vault.seal(person, HERE, ANN)
    assert vault.destroy(["P1", "P9"], 1000, "E1") == 1  # again, and what it came to then
    assert vault.destroy(["P1"], 2000, "E2") == 0
    assert vault.erased("P1") == Erased("P1", 1000)  # the first one counts


def test_a_field_whose_time_is_over_is_withheld_and_the_rest_opens(vault: Vault) -> None:
    sealed = vault.seal("P1", HERE, ANN)
    assert vault.destroy_fields("P1", ["documents", "photo", "health"]) == ("documents", "health", "photo")
    assert vault.destroy_fields("P1", ["photo"]) == vault.destroy_fields("P7", ["photo"]) == ()
    rest = Facts(family_name=ANN.family_name, given_name="Ann", born=ANN.born, withheld=("documents", "photo"))
    assert vault.open("P1", HERE, sealed) == rest
    with pytest.raises(KeyGone, match="photo may be kept no longer") as gone:
        vault.seal("P1", HERE, ANN)
    assert gone.value.fields == ("documents", "photo")
    assert vault.open("P1", HERE, vault.seal("P1", HERE, Facts(email="a@b.c"))) == Facts(email="a@b.c")


def test_a_field_whose_time_is_over_is_over_for_everybody_but_those_on_hold(vault: Vault) -> None:
    sealed = {person: vault.seal(person, HERE, ANN) for person in ("P1", "P2", "P3")}
    vault.destroy(["P3"], 1000, "E1")
    assert vault.destroy_everywhere(["photo"], but={"P2"}) == 1
    assert vault.destroy_everywhere(["photo"], but={"P2"}) == 0
    found = [vault.open(person, HERE, sealed[person]) for person in ("P1", "P2", "P3")]
    assert found == [msgspec.structs.replace(ANN, photo=b"", withheld=("photo",)), ANN, Erased("P3", 1000)]
    with pytest.raises(KeyGone, match="of P4 photo may be kept no longer"):
        vault.seal("P4", HERE, ANN)  # who comes later has no key for it at all
    assert vault.destroy_everywhere(["photo"]) == 1


def test_a_field_that_is_new_in_this_version_gets_a_key(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desks.vault.FIELDS", FIELDS[:3])  # as an older version had it
    vault.admit(["P1"])
    sealed = vault.seal("P1", HERE, ANN)
    assert vault.open("P1", HERE, sealed) == ANN
    assert vault.seal("P1", HERE, ANN) == sealed


def test_keys_that_a_backup_did_not_have_are_lost_and_said_to_be(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal("P1", HERE, ANN)
    restored = Vault(other := KeyStore.open(tmp_path / "restored.db"), KEK)
    assert restored.open("P1", HERE, sealed) == Erased("P1", None)
    restored.seal("P1", HERE, ANN)  # who begins anew has other keys
    assert restored.open("P1", HERE, sealed) == Erased("P1", None)
    other.close()


def test_no_key_is_left_in_the_files_of_the_store(vault: Vault, path: Path) -> None:
    vault.seal("P1", HERE, ANN)
    vault.seal("P2", HERE, ANN)

    def wrapped(person: str) -> bytes:
        held = vault._store.find(person)
        assert held
        assert held.wrapped
        return held.wrapped

    def left(data: bytes) -> bool:
        files = [path, path.with_name(path.name + "-wal")]
        return any(data[at : at + 16] in file.read_bytes() for file in files if file.exists() for at in (0, 64, 256))

    first, second = wrapped("P1"), wrapped("P2")
    assert left(first)
    assert left(second)
    vault.destroy(["P1"], 1000, "E1")
    vault.destroy_fields("P2", ["photo"])
    assert not left(first)
    assert not left(second)
    assert left(wrapped("P2"))


def test_two_processes_that_admit_the_same_person_agree_on_the_keys(path: Path, vault: Vault) -> None:
    other = Vault(store := KeyStore.open(path), KEK)
    sealed = vault.seal("P1", HERE, ANN)
    other.admit(["P1"])
    assert other.open("P1", HERE, sealed) == ANN
    other.destroy(["P1"], 1000, "E1")
    assert vault.open("P1", HERE, sealed) == Erased("P1", 1000)  # though this one had the keys in memory
    store.close()


# -- the key that wraps


@pytest.fixture
def rotated(store: KeyStore) -> Callable[[], Vault]:
    return lambda: Vault(store, NEXT, others=[KEK])


def test_the_key_that_wraps_is_replaced_and_the_old_one_is_needed_no_more(
    vault: Vault, store: KeyStore, rotated: Callable[[], Vault]
) -> None:
    sealed = [vault.seal(f"P{number}", HERE, ANN) for number in range(5)]
    vault.destroy(["P4"], 1000, "E1")
    both = rotated()
    both.destroy_fields("P0", ["photo"])  # which wraps with the new key already
    assert both.rewrap() == 3
    assert both.rewrap() == 0
    alone = Vault(store, NEXT)
    assert alone.check() == 4
    assert [alone.open(f"P{number}", HERE, sealed[number]) == ANN for number in range(1, 4)] == [True] * 3
    assert alone.open("P4", HERE, sealed[4]) == Erased("P4", 1000)
    with pytest.raises(BadSecret, match="held:"):
        vault.check()


def test_a_key_that_is_not_at_hand_is_named(vault: Vault, store: KeyStore) -> None:
    sealed = vault.seal("P1", HERE, ANN)
    with pytest.raises(BadSecret, match=f"^{KEK.name}: no such key is at hand"):
        Vault(store, NEXT).open("P1", HERE, sealed)


def test_keys_of_one_person_are_not_another_persons(vault: Vault, store: KeyStore) -> None:
    vault.seal("P1", HERE, ANN)
    held = store.find("P1")
    assert held
    assert held.wrapped
    store.add(KEK.name, {"P2": held.wrapped})
    with pytest.raises(BadSecret, match="or they were changed"):
        vault.seal("P2", HERE, ANN)
