"""Operators by token: who they are, from when to when, and that the file holds no token."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desks.api.caller import Caller, Credentials
from desks.errors import BadKeys, Turned
from desks.operators import FILE, Operators, add_operator, in_utc
from management.command import Actor, Grant

GRANTS = (Grant("OC_ACR_OPERATOR"), Grant("RO_ACR", "ro:AAA"))
UNTIL = datetime(2021, 9, 1, tzinfo=UTC)


def shown(token: str) -> Credentials:
    return Credentials(token, {}, {}, "GET", "/", "127.0.0.1")


async def turned(operators: Operators, token: str) -> str:
    with pytest.raises(Turned) as away:
        await operators.find(shown(token))
    return f"{away.value.status} {away.value.code}"


async def test_a_token_is_somebody_with_grants(tmp_path: Path) -> None:
    token = add_operator(tmp_path / FILE, "op-1", GRANTS)
    assert await Operators(tmp_path, lambda: 0).find(shown(token)) == Caller(Actor("op-1", GRANTS))
    assert token not in (tmp_path / FILE).read_text()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


async def test_another_token_nobodys_and_none_get_the_same_answer(tmp_path: Path) -> None:
    operators = Operators(tmp_path, lambda: 0)
    assert {await turned(operators, token) for token in ("", "x", "é" * 99)} == {"401 not_signed_in"}


async def test_a_token_is_good_until_its_end(tmp_path: Path) -> None:
    token = add_operator(tmp_path / FILE, "op-1", GRANTS, UNTIL)
    now = [round(UNTIL.timestamp() * 1_000_000) - 1]
    operators = Operators(tmp_path, lambda: now[0])
    assert (await operators.find(shown(token))).actor.id == "op-1"
    now[0] += 1
    assert await turned(operators, token) == "401 not_signed_in"


async def test_what_is_taken_away_counts_with_the_next_request(tmp_path: Path) -> None:
    first, other = add_operator(tmp_path / FILE, "op-1", GRANTS), add_operator(tmp_path / FILE, "op-2", GRANTS)
    operators = Operators(tmp_path, lambda: 0)
    second = add_operator(tmp_path / FILE, "op-1", ())
    assert await turned(operators, first) == "401 not_signed_in"
    assert await operators.find(shown(second)) == Caller(Actor("op-1"))
    assert await operators.find(shown(other)) == Caller(Actor("op-2", GRANTS))
    (tmp_path / FILE).unlink()
    assert await turned(operators, second) == "401 not_signed_in"


@pytest.mark.parametrize(
    "text",
    [
        "[[operator]]\nid = 'x'",
        "[[operator]]\nid = 'x'\ntoken = 'plain'",
        f"[[operator]]\nid = 'x'\ntoken = '{'0' * 64}'\ngrants = [{{ role = 'SYSTEM' }}]",
        f"[[operator]]\nid = 'x'\ntoken = '{'0' * 64}'\nuntil = 2021-09-01T00:00:00",
        "nonsense",
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(BadKeys, match=FILE):
        Operators(tmp_path, lambda: 0)


def test_an_instant_without_an_offset_is_one_of_utc() -> None:
    assert in_utc(UNTIL.replace(tzinfo=None)) == UNTIL
    assert in_utc(UNTIL) == UNTIL
    assert in_utc(None) is None
