"""What an operator does about a venue's source: skip."""

from __future__ import annotations

from typing import Annotated

import httpx
import msgspec
import typer

from podium.errors import OperatorError

__all__ = ["add_to"]

source = typer.Typer(help="Act on a venue's source.", no_args_is_help=True)


class _Problem(msgspec.Struct):
    message: str


class _Failure(msgspec.Struct):
    error: _Problem


@source.command()
def skip(
    name: Annotated[str, typer.Argument(metavar="SOURCE", help="The source.")],
    session: Annotated[str, typer.Argument(help="Its session.")],
    first: Annotated[int, typer.Argument(help="The first serial that will never come.")],
    last: Annotated[int, typer.Argument(help="The last one.")],
    to: Annotated[str, typer.Option(help="The running server.")] = "http://127.0.0.1:8080",
    by: Annotated[str, typer.Option(help="Who says so.")] = "operator",
) -> None:
    """Declare serials lost: the source goes on behind them, and what they may touch shows as incomplete."""
    loss = {"session": session, "first": first, "last": last, "by": by}
    try:
        answer = httpx.post(f"{to.rstrip('/')}/v1/venue/{name}/lost", json=loss, timeout=30)
    except httpx.HTTPError as error:
        raise OperatorError(f"{to} does not answer: {error}") from error
    if answer.is_error:
        raise OperatorError(_sentence(answer))
    print(f"{name}/{session}: serials {first} to {last} are lost; {last + 1} is next")


def _sentence(answer: httpx.Response) -> str:
    try:
        return msgspec.json.decode(answer.content, type=_Failure).error.message
    except msgspec.DecodeError:
        return f"the server answers {answer.status_code}"


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(source, name="source")
