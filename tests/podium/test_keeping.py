"""``podium people serve`` forgets and signs: an erasure by two, its certificate, and a log that is what was signed."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import httpx

from tests.podium.conftest import run_podium
from tests.podium.people_process import SERVE, bearer, serving_people, token

SIGN = ("audit", "checkpoint", "--log", "games.db", "--keys", "keys", "--games", "T20", "--file", "kept.jsonl")
SOON = 60.0  # seconds: when a test gives up; nothing is asserted about less


def give(client: httpx.Client, command: str, by: str, at: str = "per:P1", **fields: str) -> httpx.Response:
    wish = {"id": str(uuid4()), "key": at, "command": {"type": command, **fields}}
    return client.post("/v1/commands", json=wish, headers=bearer(by))


def certificates(client: httpx.Client, by: str) -> list[dict[str, dict[str, object]]]:
    """Wait until there are some."""
    gives_up = time.monotonic() + SOON
    while time.monotonic() < gives_up:
        if found := client.get("/v1/erasures/P1", headers=bearer(by)).json():
            return list(found)
        time.sleep(0.05)
    raise AssertionError("no certificate came")


def test_a_person_is_erased_by_two_and_everything_is_signed(tmp_path: Path) -> None:
    supervisor, officer = token(tmp_path, "sup", "OC_ACR_SUPERVISOR"), token(tmp_path, "dpo", "DPO")
    (tmp_path / "podium.toml").write_text('[people]\ncheckpoints = "kept.jsonl"\n')
    with serving_people(tmp_path, words=(*SERVE, "--config", "podium.toml")) as client:
        assert give(client, "erase_person", officer).json()["error"]["code"] == "NOT_REQUESTED"
        assert give(client, "request_erasure", supervisor, reason="WISH").status_code == 200
        assert client.get("/v1/erasures/P1", headers=bearer(officer)).json() == []
        assert give(client, "erase_person", officer).status_code == 200
        (found,) = certificates(client, officer)
        certificate = found["certificate"]
        assert (certificate["person"], certificate["ordered_by"], certificate["keys"]) == ("P1", "dpo", 0)
        assert certificate["stores"] == {"photos": 0, "badges": 0, "search": 0}
        assert "participant.birth_date" in str(certificate["outside"])
        refused = client.get("/v1/erasures/P1", headers=bearer(supervisor))
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_authorised")
        key = client.get("/v1/audit/key", headers=bearer(officer)).json()["key"]
        assert give(client, "plan_retention", officer, at="ret:T20").status_code == 200
        plan = client.get("/v1/records/ret:T20", headers=bearer(officer)).json()
        assert "born" in plan["record"]["until"]
    done = run_podium(*SIGN, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    held = run_podium("audit", "verify", "--log", "games.db", "--key", key, "--kept", "kept.jsonl", cwd=tmp_path)
    assert held.returncode == 0, held.stderr + held.stdout
    assert "agree with" in held.stdout
