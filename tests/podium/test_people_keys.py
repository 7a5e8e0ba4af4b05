"""``podium people keys``: a Games changes its keys at a terminal."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desks import card_token
from desks.card_keys import read_card_keys
from desks.issuing import open_issuing
from desks.keyring import make_keys
from desks.partitions import Partitions
from desks.writer import Writer
from engine.sqlite_log import SqliteLog
from management.command import Received
from management.gate import Token
from podium.commands.people_keys import keys as app
from podium.errors import OperatorError
from tests.desks.people import PEPPER, POLICIES, clock
from tests.management.accredited import OPERATOR, PRINT, SPRING, TO_APPROVED


def keys(folder: Path, *words: str) -> str:
    """Run a command over the keys in a folder; return what it prints."""
    done = CliRunner().invoke(app, [*words, "--keys", str(folder / "keys")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


async def with_a_card(folder: Path) -> Path:
    """Return a log on which somebody has a card."""
    log = SqliteLog.open(folder / "games.db")
    writer = await Writer.open(log, POLICIES, clock, PEPPER, partitions=Partitions())
    for number, (command, by) in enumerate([*TO_APPROVED, (PRINT, OPERATOR)]):
        received = Received(f"00000000-0000-7000-8000-{number:012}", "per:P1", command, by, SPRING)
        assert (await writer.submit(received)).accepted
    await writer.close()
    await log.close()
    return folder / "games.db"


def test_a_key_that_signs_cards_is_replaced_and_live_cards_are_signed_anew(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    open_issuing(tmp_path / "keys", "T20")
    first = read_card_keys(tmp_path / "keys").signs.hex()
    assert keys(tmp_path, "show") == f"manifest 1 of T20: gates take the cards of\n  {first}  which signs\n"
    assert keys(tmp_path, "prepare").splitlines()[1] == f"  {first}  which signs"
    assert keys(tmp_path, "use").splitlines()[1] == f"  {first}"
    with pytest.raises(OperatorError, match="16 hexadecimal digits"):
        keys(tmp_path, "drop", "nonsense")
    left = keys(tmp_path, "drop", first)
    assert first not in left
    assert left.startswith("manifest 3 of T20")


async def test_a_batch_of_cards_is_written_as_codes(tmp_path: Path) -> None:
    log, out = await with_a_card(tmp_path), tmp_path / "codes.csv"
    make_keys(tmp_path / "keys")
    issuing = open_issuing(tmp_path / "keys", "T20")
    said = await asyncio.to_thread(keys, tmp_path, "sign", "--log", str(log), "--out", str(out), "--count", "1")
    assert said == f"{out}: 1 cards\nthere may be more: --after 1\n"
    _, (person, serial, code) = csv.reader(out.read_text().splitlines())
    assert (person, serial) == ("P1", "1")
    assert isinstance(card_token.decode(code, POLICIES["per"], {issuing.cards.kid: issuing.cards.public}), Token)
    said = await asyncio.to_thread(keys, tmp_path, "sign", "--log", str(log), "--out", str(out), "--after", "1")
    assert said == f"{out}: 0 cards\n"


async def test_cards_are_signed_by_the_rules_that_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = await with_a_card(tmp_path)
    make_keys(tmp_path / "keys")
    open_issuing(tmp_path / "keys", "T20")
    monkeypatch.setenv("PODIUM_PEOPLE_POLICY", str(tmp_path / "nowhere"))
    with pytest.raises(OperatorError, match="nowhere"):
        await asyncio.to_thread(keys, tmp_path, "sign", "--log", str(log), "--out", str(tmp_path / "codes.csv"))


def test_the_key_that_wraps_is_replaced(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    assert "start every process" in keys(tmp_path, "renew-kek")
    assert keys(tmp_path, "rewrap") == "rewrapped the keys of 0 persons; the key before is destroyed\n"
    with pytest.raises(OperatorError, match="there is no old key"):
        keys(tmp_path, "rewrap")
