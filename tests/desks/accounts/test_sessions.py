"""Sessions: their tokens, their turns, and their ends."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from desks.accounts.sessions import Session, Sessions
from tests.management.account_hands import AT, HOUR, T20

MINUTE = 60_000
LIMITS = T20.sessions


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    sessions = Sessions(tmp_path / "sessions.db", LIMITS)
    yield sessions
    sessions.close()


def begun(sessions: Sessions, account: str = "P1", at: int = AT) -> tuple[str, Session]:
    return sessions.begin(account, "SIGNED_IN", "PASSWORD", 0, at)


def test_a_token_leads_to_its_session_and_is_kept_nowhere(sessions: Sessions, tmp_path: Path) -> None:
    token, session = begun(sessions)
    assert sessions.find(token) == (session, True)
    assert [sessions.find(other) for other in ("", token[:-1], token + "x", session.name, "é\ud800")] == [None] * 5
    assert token.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert stat.S_IMODE((tmp_path / "sessions.db").stat().st_mode) == 0o600
    assert len({begun(sessions)[0] for _ in range(20)}) == 20


def test_the_token_before_is_known_as_such_and_the_one_before_that_not_at_all(sessions: Sessions) -> None:
    first, session = begun(sessions)
    second = sessions.turn(session, AT + 1)
    assert sessions.turn(session, AT + 1) == ""  # another request was faster
    turned = sessions.named(session.name)
    assert turned is not None
    assert (sessions.find(first), sessions.find(second)) == ((turned, False), (turned, True))
    third = sessions.turn(turned, AT + 2)
    found = [sessions.find(token) for token in (first, second, third)]
    assert [one and one.current for one in found] == [None, False, True]


def test_a_fresh_proof_takes_another_token(sessions: Sessions) -> None:
    token, session = begun(sessions)
    proved = sessions.prove(session, "PASSKEY", AT + 5)
    found = sessions.find(proved)
    assert found is not None
    assert (found.session.proved, found.session.means, found.current) == (AT + 5, "PASSKEY", True)
    before = sessions.find(token)
    assert before is not None
    assert not before.current


@pytest.mark.parametrize(("idle", "whole", "cause"), [
    (LIMITS.idle_min * MINUTE - 1, 0, None),
    (LIMITS.idle_min * MINUTE, 0, "IDLE"),
    (0, LIMITS.longest_h * HOUR - 1, None),
    (0, LIMITS.longest_h * HOUR, "TOO_LONG"),
])  # fmt: skip
def test_a_session_ends_by_itself(sessions: Sessions, idle: int, whole: int, cause: str | None) -> None:
    token, session = begun(sessions)
    now = AT + whole + idle
    sessions.use(session, AT + whole)
    found = sessions.find(token)
    assert found is not None
    assert found.session.over(now, LIMITS) == cause


def test_use_is_noted_now_and_then(sessions: Sessions) -> None:
    token, session = begun(sessions)
    sessions.use(session, AT + MINUTE - 1)
    assert sessions.find(token) == (session, True)
    sessions.use(session, AT + MINUTE)
    found = sessions.find(token)
    assert found is not None
    assert found.session.used == AT + MINUTE


def test_one_ends_or_all_of_an_account_or_those_before_an_instant(sessions: Sessions) -> None:
    tokens = [begun(sessions)[0], begun(sessions, at=AT + 9)[0], begun(sessions, "P2")[0]]
    sessions.end_begun("P1", AT + 9)
    assert [sessions.find(token) is not None for token in tokens] == [False, True, True]
    assert len(sessions.end_all("P1")) == 1
    assert [sessions.find(token) is not None for token in tokens] == [False, False, True]
    found = sessions.find(tokens[2])
    assert found is not None
    assert [sessions.end(found.session.name) for _ in range(2)] == [True, False]


def test_what_is_over_is_swept(sessions: Sessions) -> None:
    begun(sessions)
    later = AT + (LIMITS.idle_min + 2) * MINUTE
    token, _ = begun(sessions, "P2", later)
    assert sessions.sweep(later) == 1
    assert sessions.find(token) is not None
