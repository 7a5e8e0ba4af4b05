"""``podium accounts``: from operators with tokens to somebody who signs in, by as many persons as it takes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from desks.api.server import running
from management.command import Actor, Grant, Role
from podium.commands import command_line
from podium.errors import OperatorError
from tests.desks.accounts.door import door
from tests.desks.api_hands import ACTORS

WHO: dict[str, Role] = {
    "sue": "OC_ACR_SUPERVISOR",
    "anna": "GAMES_AUTHORITY",
    "bea": "GAMES_AUTHORITY",
    "ada": "SYSADMIN",
}


class Operators:
    """Operators at their terminals."""

    def __init__(self, port: int) -> None:
        self.api = f"http://127.0.0.1:{port}"

    async def run(self, who: str, *words: str) -> Result:
        command = ["accounts", words[0], "--api", self.api, *words[1:]]
        return await asyncio.to_thread(lambda: CliRunner().invoke(command_line(), command, env={"PODIUM_TOKEN": who}))

    async def said(self, who: str, *words: str) -> list[str]:
        done = await self.run(who, *words)
        assert done.exit_code == 0, done.exception
        return done.stdout.split()

    async def refused(self, who: str, *words: str) -> str:
        done = await self.run(who, *words)
        assert isinstance(done.exception, OperatorError), done.output
        return str(done.exception).partition(":")[0]


async def test_the_first_authority_comes_in_by_three_operators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, role in WHO.items():
        monkeypatch.setitem(ACTORS, name, Actor(name, (Grant(role),)))
    async with door(tmp_path) as at, running(at.app) as port:
        operators = Operators(port)
        await operators.said("sue", "open", "P1")
        (grant,) = await operators.said("anna", "give", "P1", "--grant", "GAMES_AUTHORITY")
        assert await operators.refused("anna", "approve", "P1", grant) == "SAME_PERSON"
        await operators.said("bea", "approve", "P1", grant)
        invitation, code = await operators.said("sue", "invite", "P1")
        redeem = {"account": "P1", "secret": code}
        assert (await at.post("/sign-in/invitation", redeem)).status_code == 401  # one of two has spoken
        assert await operators.refused("sue", "approve", "P1", invitation, "--invitation") == "SAME_PERSON"
        await operators.said("ada", "approve", "P1", invitation, "--invitation")
        token = (await at.post("/sign-in/invitation", redeem)).json()["token"]
        assert "GAMES_AUTHORITY" in (await operators.run("sue", "show", "P1")).stdout
        await operators.said("ada", "lock", "P1")
        assert (await at.get("/session", token)).status_code == 401
        assert await operators.refused("sue", "give", "P1", "--grant", "SYSADMIN") == "NOT_AUTHORISED"
        assert await operators.refused("ada", "device", "SCAN-9", "--venue", "") == "NOT_AUTHORISED"
        assert len(await operators.said("ada", "device", "SCAN-9", "--venue", "STA")) == 1
        assert (
            await operators.refused("", "open", "P2")
            == "PODIUM_TOKEN is to hold the token of an operator, or of a session"
        )
        operators.api = "http://127.0.0.1:1"
        assert "127.0.0.1" in str((await operators.run("sue", "open", "P2")).exception)
