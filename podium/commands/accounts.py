"""Accounts of the people side, for operators: accounts open, give, approve, invite, device, lock, show."""

from __future__ import annotations

import json
import os
import secrets
from hashlib import sha256
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer

from podium.errors import OperatorError

__all__ = ["add_to"]

TOKEN = "PODIUM_TOKEN"  # noqa: S105 - where it is, not what it is

accounts = typer.Typer(help="Accounts of the people side, their roles and invitations.", no_args_is_help=True)

Api = Annotated[
    str, typer.Option("--api", help="The people side, such as http://127.0.0.1:8070; PODIUM_TOKEN opens it.")
]
Account = Annotated[str, typer.Argument(help="Whose: the identifier of a person.")]


@accounts.command("open")
def open_account(api: Api, account: Account) -> None:
    """Open the account of a person."""
    _give(api, f"acct:{account}", {"type": "open_account"})


@accounts.command()
def give(
    api: Api,
    account: Account,
    grant: Annotated[str, typer.Option("--grant", help="ROLE or ROLE@scope, such as RO_ACR@ro:AAA.")],
    until: Annotated[int | None, typer.Option(help="The instant at which it ends, ms since 1970 UTC.")] = None,
    emergency: Annotated[bool, typer.Option("--emergency", help="It counts only while its glass is broken.")] = False,
) -> None:
    """Give a role, or ask for it where two persons are needed; print its name, which another one approves."""
    role, _, scope = grant.partition("@")
    command = {"type": "give_grant", "role": role, "scope": scope or "*", "until": until, "emergency": emergency}
    print(_give(api, f"acct:{account}", command))


@accounts.command()
def approve(
    api: Api,
    account: Account,
    name: Annotated[str, typer.Argument(help="What give or invite has printed.")],
    invitation: Annotated[bool, typer.Option("--invitation", help="It is an invitation, and no role.")] = False,
) -> None:
    """Approve a role or an invitation that another person asked for."""
    what = (
        {"type": "approve_invitation", "invitation": name} if invitation else {"type": "approve_grant", "grant": name}
    )
    _give(api, f"acct:{account}", what)


@accounts.command()
def invite(api: Api, account: Account) -> None:
    """Invite somebody to make credentials; print the invitation's name, and the code for him, which is kept nowhere."""
    code = secrets.token_urlsafe(16)
    print(_give(api, f"acct:{account}", {"type": "invite_holder", "digest": sha256(code.encode()).hexdigest()}))
    print(code)


@accounts.command()
def device(
    api: Api,
    name: Annotated[str, typer.Argument(help="Of the scanner: it is never used again.")],
    venue: Annotated[str, typer.Option(help="Where it will be.")],
) -> None:
    """Let a scanner enrol at a venue; print the code that it reads, which is kept nowhere."""
    code = secrets.token_urlsafe(16)
    digest = sha256(code.encode()).hexdigest()
    _give(api, f"dev:{name}", {"type": "invite_device", "venue": venue, "digest": digest})
    print(code)


@accounts.command()
def lock(api: Api, account: Account, reason: Annotated[str, typer.Option(help="A code.")] = "LOCKED") -> None:
    """Lock an account: nobody signs in by it, and who is signed in is not any more."""
    _give(api, f"acct:{account}", {"type": "lock_account", "reason": reason})


@accounts.command()
def show(api: Api, account: Account) -> None:
    """Print an account: its roles, and by what its holder signs in."""
    print(json.dumps(_ask(api, "GET", f"/v1/records/acct:{account}")["record"], indent=2))


def _give(api: str, key: str, command: dict[str, Any]) -> str:
    """Give a command, and return its id; raises ``OperatorError`` where it is refused."""
    name = str(uuid4())
    _ask(api, "POST", "/v1/commands", {"id": name, "key": key, "command": command})
    return name


def _ask(api: str, method: str, path: str, body: Any = None) -> Any:
    token = os.environ.get(TOKEN)
    if not token:
        raise OperatorError(f"{TOKEN} is to hold the token of an operator, or of a session")
    try:
        answer = httpx.request(method, api + path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise OperatorError(f"{api}: {error or type(error).__name__}") from error
    if answer.status_code != 200:
        raise OperatorError(f"{said['error']['code']}: {said['error']['message']}")
    return said


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(accounts, name="accounts")
