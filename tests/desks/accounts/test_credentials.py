"""The file of secrets: what is in it, what is not, and what counts once."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from desks.accounts.credentials import Codes, Credentials, Passkey, Password
from desks.accounts.keys import SignInKeys
from desks.errors import BadSecret

KEYS = SignInKeys.derived(b"pepper" * 6)
LOGIN = "anna@example.org"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Credentials]:
    store = Credentials(tmp_path / "credentials.db", KEYS)
    yield store
    store.close()


def full(store: Credentials) -> tuple[str, ...]:
    assert store.set_password("P1", LOGIN, Password("c1", "$argon2id$..."))
    store.set_codes("P1", Codes("c2", SECRET))
    assert store.add_passkey(Passkey(b"k1", "P1", "c3", b"public", 0))
    return store.set_recovery("P1", 3)


def test_what_was_kept_is_found(store: Credentials) -> None:
    full(store)
    assert store.account_of(" Anna@Example.ORG ") == "P1"
    assert store.account_of("bea@example.org") == ""
    assert (store.password("P1"), store.password("P2")) == (Password("c1", "$argon2id$..."), None)
    assert (store.codes("P1"), store.codes("P2")) == (Codes("c2", SECRET), None)
    assert store.passkey(b"k1") == Passkey(b"k1", "P1", "c3", b"public", 0)
    assert store.passkeys("P1") == [Passkey(b"k1", "P1", "c3", b"public", 0)]


def test_no_secret_and_no_login_is_in_the_file(store: Credentials, tmp_path: Path) -> None:
    recovery = full(store)
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    found = [text for text in (LOGIN, "anna", SECRET, *recovery) if text.encode() in written]
    assert (found, len(recovery), len(set(recovery))) == ([], 3, 3)
    assert stat.S_IMODE((tmp_path / "credentials.db").stat().st_mode) == 0o600


def test_a_login_is_one_account_s(store: Credentials) -> None:
    full(store)
    assert not store.set_password("P2", LOGIN, Password("c9", "x"))
    assert (store.account_of(LOGIN), store.password("P2")) == ("P1", None)
    assert store.set_password("P1", "new@example.org", Password("c8", "y"))
    assert (store.account_of(LOGIN), store.account_of("new@example.org")) == ("", "P1")


def test_a_code_counts_once_and_none_before_it(store: Credentials) -> None:
    full(store)
    assert [store.use_step("P1", step) for step in (7, 7, 6, 8)] == [True, False, False, True]
    assert not store.use_step("P2", 1)


def test_a_recovery_code_counts_once(store: Credentials) -> None:
    first, second, _ = full(store)
    assert [store.use_recovery("P1", code) for code in (first, first, second.upper(), "x")] == [
        True,
        False,
        True,
        False,
    ]
    assert not store.use_recovery("P2", second)
    again = store.set_recovery("P1", 1)
    assert not set(again) & {first, second}


def test_a_passkey_is_there_once_and_counts_on(store: Credentials) -> None:
    full(store)
    assert not store.add_passkey(Passkey(b"k1", "P2", "c9", b"other", 0))
    assert [store.count_passkey(b"k1", *counts) for counts in ((0, 4), (0, 5), (4, 5))] == [True, False, True]


def test_what_is_removed_or_forgotten_is_gone(store: Credentials, tmp_path: Path) -> None:
    full(store)
    store.set_password("P2", "bea@example.org", Password("c7", "z"))
    store.remove("P1", "c3")
    store.remove("P2", "c1")
    assert (store.passkey(b"k1"), store.password("P1")) == (None, Password("c1", "$argon2id$..."))
    store.forget("P1")
    left = (store.account_of(LOGIN), store.password("P1"), store.codes("P1"))
    assert (left, store.password("P2")) == (("", None, None), Password("c7", "z"))


def test_codes_are_opened_by_their_own_key_alone(store: Credentials, tmp_path: Path) -> None:
    full(store)
    other = Credentials(tmp_path / "credentials.db", SignInKeys.derived(b"another" * 6))
    with pytest.raises(BadSecret):
        other.codes("P1")
    assert other.account_of(LOGIN) == ""
    other.close()
