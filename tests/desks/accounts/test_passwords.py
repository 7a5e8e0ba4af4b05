"""Passwords: kept as argon2id, and the same work where there is none."""

from __future__ import annotations

import msgspec
import pytest

from desks.accounts.passwords import LONGEST, Passwords
from tests.desks.accounts.door import CHEAP

POLICY = CHEAP.sign_in


async def test_the_right_one_and_no_other() -> None:
    passwords = Passwords(POLICY, b"key")
    kept = await passwords.hash("correct horse")
    assert kept.startswith("$argon2id$")
    assert await passwords.verify(kept, "correct horse")
    assert not await passwords.verify(kept, "correct horse ")
    assert kept != await passwords.hash("correct horse")


async def test_without_the_key_nobody_can_guess() -> None:
    kept = await Passwords(POLICY, b"key").hash("correct horse")
    assert not await Passwords(POLICY, b"other").verify(kept, "correct horse")


async def test_where_none_is_kept_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(POLICY, b"key")
    kept = await passwords.hash("correct horse")
    work: list[str] = []
    real = passwords._verify

    def counted(kept: str, password: str) -> bool:
        work.append(kept.rpartition("$")[0].rpartition("$")[0])  # without salt and hash
        return real(kept, password)

    monkeypatch.setattr(passwords, "_verify", counted)
    assert not await passwords.verify(kept, "guess")
    assert not await passwords.verify(None, "guess")
    known, unknown = work
    assert known == unknown  # one hash each, at the same costs


@pytest.mark.parametrize(("password", "fit"), [
    ("eleven char", False),
    ("twelve chars", True),
    ("p" * LONGEST, True),
    ("p" * (LONGEST + 1), False),
    ("Anna@Example.org", False),
])  # fmt: skip
def test_which_may_be_chosen(password: str, fit: bool) -> None:
    assert Passwords(POLICY, b"key").is_fit(password, "anna@example.org") is fit


async def test_other_costs_make_a_hash_dated() -> None:
    kept = await Passwords(POLICY, b"key").hash("correct horse")
    dearer = Passwords(msgspec.structs.replace(POLICY, argon2_passes=2), b"key")
    assert (Passwords(POLICY, b"key").is_dated(kept), dearer.is_dated(kept)) == (False, True)
    assert await dearer.verify(kept, "correct horse")
