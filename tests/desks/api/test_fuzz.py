"""Whatever comes to a door, the answer is one of ours: no failure, the one shape of errors, and no secret."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple, get_args
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from desks.api.answers import ErrorAnswer
from desks.facts import Facts
from management.aggregates import AGGREGATES
from management.command import Actor, Grant, Role, Tick
from tests.desks.api.wire_json import ANYTHING, fitting, kind_of, spoiled
from tests.desks.api_hands import ACTORS, Api, api
from tests.management.accredited import FORM, OPEN, RO

SOAK = bool(int(os.environ.get("PODIUM_SOAK_SEEDS", "0")))
few = settings(
    settings() if SOAK else settings(max_examples=6),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

NAME, HEALTH = "Qvx-Marked-7731", "Qvx-Healthy-7732"  # what is known of P1
WORDS = [
    "",
    "P1",
    "A1",
    "AAA",
    "BBB",
    "SWM",
    "Aa",
    "OLV",
    "T20",
    "H1",
    "ATHLETE",
    "per:P1",
    "a b/../%2e",
    "\x00",
    "é" * 300,
]
PEOPLE = sorted(set(ACTORS) - {"system"})  # whom nobody can sign in as
ALL = Actor("all", tuple(Grant(role) for role in get_args(Role)))
READ_HEALTH = {"ro-a", "dpo", ALL.id}
READ_NAME = READ_HEALTH | {"op", "sup-a", "sup-c", "auth-b", "sec", "desk-olv"}

paths = st.sampled_from(
    [
        "/v1/records/per:P1",
        "/v1/records/{}",
        "/v1/records/per:{}",
        "/v1/records/ebk:{}",
        "/v1/people/{}/facts",
        "/v1/people/P1/facts",
        "/v1/devices/{}/enrolment",
        "/v1/commands",
        "/v1/status",
        "/v1/openapi.json",
        "/v1/{}",
        "/{}",
    ]
)
tokens = st.sampled_from([*PEOPLE, "", "stranger", "x" * 5000])
headers = st.dictionaries(
    st.sampled_from(["Podium-Min-Position", "Content-Type", "Accept", "Cookie", "If-None-Match", "Origin", "X-More"]),
    st.sampled_from(
        ["", "0:1", "0:99999999999999999999", "-1:-1", "9:0", "soon", "text/xml", "application/json", "*/*"]
    )
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    max_size=3,
)


class Ask(NamedTuple):
    """A request."""

    method: str
    path: str
    token: str
    headers: dict[str, str]
    body: bytes


@st.composite
def commands(draw: st.DrawFn) -> Any:
    prefix = draw(st.sampled_from(sorted(AGGREGATES)))
    kind = draw(st.sampled_from([one for one in AGGREGATES[prefix].command.__args__ if one is not Tick] + [Tick]))
    command = fitting(kind_of(kind), WORDS)
    name = draw(st.sampled_from(["P1", "AAA", "SWM", "T20", "OLV", "T20:P1", ""]) | st.text(max_size=8))
    wish: dict[str, Any] = {
        "id": str(draw(st.uuids(version=4))),
        "key": f"{prefix}:{name}",
        "command": draw(command),
    }
    if draw(st.booleans()):
        wish |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "id": st.just(str(UUID(int=1))) | st.text(max_size=40),
                    "expected": st.none() | st.integers(-1, 3),
                    "correlation": st.sampled_from(WORDS),
                    "personal": fitting(kind_of(Facts), WORDS),
                },
            )
        )
    return wish


bodies = (
    st.one_of(
        commands(),
        spoiled(commands()),
        ANYTHING,
    ).map(msgspec.json.encode)
    | st.binary(max_size=40)
    | st.sampled_from(
        [b"", b"[" * 5000, b'{"id":"\\ud800","key":"per:P1","command":{"type":"\\ud800"}}', b"\xff\xfe", b"1e999"]
    )
)


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    method = draw(st.sampled_from(["POST", "POST", "GET", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"]))
    # most of what is posted is meant for the door of the commands
    path = "/v1/commands" if method == "POST" and draw(st.integers(0, 4)) else draw(paths)
    name = draw(st.sampled_from(WORDS) | st.text(max_size=8))
    return Ask(method, path.format(name), draw(tokens), draw(headers), draw(bodies) if method == "POST" else b"")


async def ask(people: Api, one: Ask) -> httpx.Response:
    url = httpx.URL("http://people").copy_with(raw_path=_quoted(one.path))
    shown = {"Authorization": f"Bearer {one.token}"} if one.token else {}
    return await people.client.request(one.method, url, content=one.body, headers=one.headers | shown)


def _quoted(path: str) -> bytes:
    """Return a path as it goes over the wire."""
    return quote(path, safe="/:%").encode()


def check(one: Ask, answer: httpx.Response) -> None:
    assert answer.status_code < 500, (one, answer.text)
    if answer.status_code >= 400 and one.method != "HEAD":
        msgspec.json.decode(answer.content, type=ErrorAnswer)
        assert answer.headers["Cache-Control"] == "no-store", one
    for marked, may in ((NAME, READ_NAME), (HEALTH, READ_HEALTH)):
        assert one.token in may or marked not in answer.text, (one, answer.text)


async def play(folder: Path, steps: list[Ask]) -> None:
    async with api(folder) as people:
        await people.done("per:P1", RO, OPEN)
        form = {name: value for name, value in msgspec.to_builtins(FORM).items() if name != "sealed"}
        answer = await people.command("per:P1", form, RO, personal={"family_name": NAME, "health": HEALTH})
        assert answer.status_code == 200, answer.text
        for one in steps:
            check(one, await ask(people, one))


def run(steps: list[Ask]) -> None:
    folder = Path(mkdtemp(prefix="podium-fuzz-"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(ACTORS, ALL.id, ALL)
            asyncio.run(play(folder, steps))
    finally:
        shutil.rmtree(folder)


@few
@given(st.lists(asks(), min_size=5, max_size=25))
def test_every_answer_is_one_of_ours(steps: list[Ask]) -> None:
    run(steps)


@few
@given(st.lists(commands(), min_size=10, max_size=30))
def test_no_command_that_fits_makes_an_aggregate_fail(wishes: list[Any]) -> None:
    """Whoever has every role comes past who may do what, to what is decided."""
    run([Ask("POST", "/v1/commands", ALL.id, {}, msgspec.json.encode(wish)) for wish in wishes])
