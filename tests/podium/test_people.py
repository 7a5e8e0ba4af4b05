"""``podium people``: a process that decides, keeps what it decided, and says what is wrong with what it is given."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from management.command import Grant
from podium.commands.people import _grant
from podium.errors import OperatorError
from tests.management.accredited import OPEN
from tests.podium.conftest import run_podium
from tests.podium.people_process import bearer, serving_people, token


def test_what_was_decided_beside_the_results_is_there_after_a_restart_without_them(tmp_path: Path) -> None:
    shown = bearer(token(tmp_path, "ro-a", "RO_ACR@ro:AAA"))
    wish = {"id": str(uuid4()), "key": "per:P1", "command": msgspec.to_builtins(OPEN)}
    beside = ("serve", "--port", "0", "--people", "keys", "--people-port", "0")
    with serving_people(tmp_path, words=beside) as client:
        first = client.post("/v1/commands", json=wish, headers=shown)
        assert first.status_code == 200, first.text
        record = client.get("/v1/records/per:P1", headers=shown).json()
        assert client.get("/v1/records/per:P1", headers=bearer("nobody")).status_code == 401
    assert record["record"]["participations"]["A1"]["status"] == "DRAFT"
    with serving_people(tmp_path) as client:
        assert client.get("/desk").headers["location"] == "/sign-in?next=/desk"
        assert "Day passes of AAA" in client.get("/", headers=shown).text
        assert client.post("/v1/commands", json=wish, headers=shown).json() == first.json()
        assert client.get("/v1/records/per:P1", headers=shown).json() == record
        second = run_podium("people", "serve", "--log", "games.db", "--keys", "keys", "--port", "0", cwd=tmp_path)
    assert second.returncode == 1
    assert second.stderr.startswith("podium: ")
    assert "Traceback" not in second.stderr


def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    serve = ("people", "serve", "--log", "games.db", "--port", "0")
    no_keys = run_podium(*serve, cwd=tmp_path)
    token(tmp_path, "op", "OC_ACR_OPERATOR")
    no_policy = run_podium(*serve, "--keys", "keys", "--policy", "nowhere", cwd=tmp_path)
    add = ("people", "add-operator", "--keys", "keys", "--id", "x", "--grant")
    system = run_podium(*add, "SYSTEM", cwd=tmp_path)
    for done, words in (
        (no_keys, "podium people init-keys"),
        (no_policy, "nowhere/"),
        (system, "SYSTEM is the process itself"),
    ):
        assert done.returncode == 1, done.stdout
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_a_grant_has_a_scope_or_holds_everywhere() -> None:
    with pytest.raises(OperatorError, match="'KING' is no grant"):
        _grant("KING")
    assert [_grant("SOC"), _grant("VENUE_WF@venue:STA")] == [Grant("SOC"), Grant("VENUE_WF", "venue:STA")]
