"""No secret is logged: marked ones go through a real process, and every place in which one could lie is searched."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyotp

from tests.podium.conftest import run_podium
from tests.podium.people_process import bearer, serving_people, token

STEP = 30
LOGIN = "MARKED-login-7c1f@example.org"
PASSWORD = "MARKED-password-9b3e staple"
WRONG = "MARKED-wrong-0d2a guess"
INVITATION = "MARKED-invitation-5e8c"
SCANNER = "MARKED-scanner-code-4411"
FORGED = "MARKED-token-aaaa"
STRANGE = "MARKED-strange-bbbb"


class Session:
    """Everything that somebody does at the doors, and what he was answered."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.errors: list[str] = []  # answers that are none of the secrets' own

    def post(self, path: str, body: Any, shown: str = "", status: int = 200) -> Any:
        headers = bearer(shown) if shown else {}
        answer = self.client.post(f"/v1{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        if status >= 400:
            self.errors.append(answer.text + str(answer.headers))
        return answer.json() if status == 200 else None

    def command(self, key: str, command: Any, shown: str, status: int = 200) -> str:
        name = str(uuid4())
        self.post("/commands", {"id": name, "key": key, "command": command}, shown, status)
        return name


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def act(doors: Session, supervisor: str) -> list[str]:
    """Go through every door with secrets, right and wrong; return those that the process made itself."""
    doors.command("acct:P1", {"type": "open_account"}, supervisor)
    doors.command("acct:P1", {"type": "invite_holder", "digest": digest(INVITATION)}, supervisor)
    doors.post("/sign-in/invitation", {"account": "P1", "secret": WRONG}, status=401)
    making = doors.post("/sign-in/invitation", {"account": "P1", "secret": INVITATION})["token"]
    doors.post("/credentials/password", {"login": WRONG, "password": WRONG}, making, 400)
    offer = doors.post("/credentials/password", {"login": LOGIN, "password": PASSWORD}, making)
    doors.post("/credentials/password/confirm", {"code": WRONG}, making, 401)
    codes = pyotp.TOTP(offer["secret"])
    made = doors.post("/credentials/password/confirm", {"code": codes.now()}, making)["recovery"]
    doors.post("/sign-in", {"login": LOGIN, "password": WRONG, "code": made[0]}, status=401)
    doors.post("/sign-in", {"login": PASSWORD, "password": LOGIN, "code": WRONG}, status=401)  # in the wrong fields
    doors.post("/sign-in", {"login": LOGIN, "password": PASSWORD, "code": 7, "x": STRANGE}, status=400)
    session = doors.post("/sign-in", {"login": LOGIN, "password": PASSWORD, "code": made[1]})["token"]
    doors.post("/session/proof", {"code": WRONG}, session, 401)
    doors.post(
        "/sign-in/passkey", {"credential": {"rawId": STRANGE, "response": {"clientDataJSON": STRANGE}}}, status=401
    )
    doors.command("acct:P1", {"type": "redeem_invitation", "secret": WRONG}, session, 409)
    doors.command("acct:P1", {"type": STRANGE}, session, 400)
    doors.command("acct:P1", {"type": "open_account"}, FORGED, 401)
    doors.command("dev:SCAN-1", {"type": "invite_device", "venue": "STA", "digest": digest(SCANNER)}, supervisor)
    doors.post("/devices/SCAN-1/enrolment", {"key": "00", "secret": SCANNER}, status=409)
    doors.post("/devices/SCAN-1/enrolment", {"key": "0a" * 32, "secret": WRONG}, status=409)
    doors.post("/devices/SCAN-1/enrolment", {"key": "0a" * 32, "secret": SCANNER})
    return [offer["secret"], making, session, *made]


def told(folder: Path) -> str:
    """Return what the security operations centre has been told so far."""
    return run_podium("soc", "--log", "games.db", cwd=folder).stdout


def test_no_secret_lies_anywhere(tmp_path: Path) -> None:
    supervisor = token(tmp_path, "P-SUE", "OC_ACR_SUPERVISOR", "SYSADMIN", "VENUE_ACR@venue:STA")
    said: list[str] = []
    with serving_people(tmp_path, said=said) as client:
        doors = Session(client)
        secrets = [LOGIN, PASSWORD, WRONG, INVITATION, SCANNER, FORGED, STRANGE, supervisor, *act(doors, supervisor)]
        while '"class_uid":3004' not in (printed := told(tmp_path)):  # the scanner, which came last
            time.sleep(0.2)
    places = {"what the process wrote": "\n".join(said).encode(), "its answers": "\n".join(doors.errors).encode()}
    places |= {str(file): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    found = [(secret, place) for secret in secrets for place, text in places.items() if secret.encode() in text]
    assert found == []
    assert len([place for place in places if "games.db" in place]) > 0
    classes = {json.loads(line)["class_uid"] for line in printed.splitlines()}
    assert {3001, 3002, 3004, 6003} - classes == set()
    assert [secret for secret in secrets if secret in printed] == []
    events = next(text for place, text in places.items() if place.endswith("games.db"))
    assert all(
        mark in events for mark in (b"account_opened", b"credential_added", b"sign_in_tried", b"device_enrolled")
    )
