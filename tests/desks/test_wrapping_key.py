"""The key that wraps the keys of persons is replaced, and destroyed once nothing needs it any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desks.errors import BadKeys, BadSecret
from desks.facts import Facts
from desks.key_store import KeyStore
from desks.keyring import KEK, make_keys
from desks.vault import Place, Vault
from desks.wrapping_key import OLD, Wrapping, renew, rewrap

SECRET = b"secret"
PLACE = Place("per:P1", "c1")
ANN = Facts(given_name="Ann")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder of keys."""
    make_keys(tmp_path / "keys", SECRET)
    return tmp_path / "keys"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KeyStore]:
    """The keys of persons."""
    found = KeyStore.open(tmp_path / "persons.db")
    yield found
    found.close()


def sealed(keys: Path, store: KeyStore, person: str) -> bytes:
    """Seal as a process does that is started now, and ends."""
    wrapping = Wrapping(keys, SECRET)
    data = Vault(store, wrapping.wrapper, wrapping.others).seal(person, PLACE, ANN)
    wrapping.close()
    return data


def test_what_was_sealed_before_is_opened_by_the_new_key_alone(keys: Path, store: KeyStore) -> None:
    before = sealed(keys, store, "P1")
    renew(keys, SECRET)
    between = sealed(keys, store, "P2")
    assert rewrap(keys, store, SECRET) == 1
    assert not (keys / OLD).exists()
    wrapping = Wrapping(keys, SECRET)
    assert wrapping.others == []
    vault = Vault(store, wrapping.wrapper)
    assert [vault.open("P1", PLACE, before), vault.open("P2", PLACE, between)] == [ANN, ANN]
    wrapping.close()
    renew(keys, SECRET)  # and so next year
    assert rewrap(keys, store, SECRET) == 2


def test_the_old_key_stays_while_a_process_wraps_with_it(keys: Path, store: KeyStore) -> None:
    running = Wrapping(keys, SECRET)
    renew(keys, SECRET)
    late = Vault(store, running.wrapper).seal("P3", PLACE, ANN)
    with pytest.raises(BadKeys, match="wraps with it: start that anew"):
        rewrap(keys, store, SECRET)
    running.close()
    started_since = Wrapping(keys, SECRET)  # it wraps with the new one, and does not stand in the way
    assert rewrap(keys, store, SECRET) == 1
    vault = Vault(store, started_since.wrapper, started_since.others)
    assert vault.open("P3", PLACE, late) == ANN
    started_since.close()


def test_one_key_is_replaced_at_a_time(keys: Path, store: KeyStore) -> None:
    with pytest.raises(BadKeys, match="there is no old key"):
        rewrap(keys, store, SECRET)
    renew(keys, SECRET)
    with pytest.raises(BadKeys, match="is there still: rewrap first"):
        renew(keys, SECRET)
    with pytest.raises(BadSecret, match="the passphrase is another one"):
        rewrap(keys, store, b"another")
    assert (keys / OLD).exists()
    (keys / KEK).unlink()
    with pytest.raises(BadSecret, match="No such file"):
        Wrapping(keys, SECRET)
