"""Every route that the OpenAPI document lists, of the process as it is served, is sent anything at all."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from random import Random
from typing import get_args
from uuid import uuid4

import msgspec

import schemas
from desks.api.answers import ErrorAnswer
from management.command import Role
from tests.podium.people_process import SERVE, bearer, serving_people, token
from tests.podium.wire_schema import asks_of

NAME = "Qvx-Marked-7731"  # what is known of P1, and is nobody's business here
INSIDE = re.compile(r"Traceback|site-packages|\.py\b|/tmp/|sqlite3?\.|msgspec\.")  # of what answers are made by
OPEN = {"type": "open_application", "participation": "A1", "ro": "AAA", "category": "Aa", "function": "ATHLETE"}


def without_rates(folder: Path) -> Path:
    """Return the rules of T20, under which everybody may ask as often as he likes."""
    policy = folder / "policy"
    shutil.copytree(Path(schemas.__file__).parent / "policy" / "t20", policy)
    accounts = policy / "accounts.toml"
    accounts.write_text(re.sub(r'= "\d+/(minute|hour)[^"]*"', '= "1000000/minute"', accounts.read_text()))
    return policy


def test_no_route_fails_and_none_tells_what_it_should_not(tmp_path: Path, seed: int) -> None:
    everything = token(tmp_path, "all", *(role for role in get_args(Role) if role != "SYSTEM"))
    outsider = token(tmp_path, "out", "AUDITOR")
    words = (*SERVE, "--policy", str(without_rates(tmp_path)))
    wrong, codes = [], set[str]()
    with serving_people(tmp_path, words=words) as client:
        wish = {"id": str(uuid4()), "key": "per:P1", "command": OPEN, "personal": {"family_name": NAME}}
        opened = client.post("/v1/commands", json=wish, headers=bearer(everything))
        assert opened.status_code == 200, opened.text
        document = client.get("/v1/openapi.json", headers=bearer(everything)).json()
        for number, (method, path, headers, body) in enumerate(asks_of(document, Random(seed), 6)):
            shown = (everything, outsider, "")[number % 3]
            own = headers | (bearer(shown) if shown else {}) | {"Content-Type": "application/json"}
            answer = client.request(method, path, content=body, headers=own)
            text = answer.text
            if answer.status_code >= 400:
                codes.add(msgspec.json.decode(answer.content, type=ErrorAnswer).error.code)
            failed = answer.status_code >= 500 and '"not_yet"' not in text
            told = INSIDE.search(text) or (shown != everything and NAME in text)
            if failed or told:
                wrong.append((method, path, body[:200], answer.status_code, text[:300]))
    assert wrong == []
    assert codes >= {"not_found", "not_signed_in"}
