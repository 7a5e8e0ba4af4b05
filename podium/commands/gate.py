"""A gate on this machine: gate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import msgspec
import typer

from podium.errors import OperatorError

if TYPE_CHECKING:
    from desks.gate import OfflineGate, Shown

__all__ = ["add_to"]

LONGEST = 8192  # bytes of a line that are looked at; a code is shorter, and the rest of the line is left out
ALLOWED, DENIED, REFERRED = 0, 3, 4  # exit codes; 1 and 2 are errors, as everywhere


class GateFormat(StrEnum):
    """How to show a decision."""

    text = "text"
    json = "json"


def gate(
    folder: Annotated[Path, typer.Option("--dir", help="What is published to the gate, and its spool.", exists=True)],
    settings: Annotated[Path, typer.Option("--gate", help="Device, place and pinned root, in TOML.", dir_okay=False)],
    source: Annotated[str, typer.Option("--from", help="Codes, one a line: a file, or - for pipes and scanners.")],
    form: Annotated[GateFormat, typer.Option("--format", help="text or json, a line for each code.")] = GateFormat.text,
    desk: Annotated[
        str | None, typer.Option("--fetch-from", help="The API of a desk, from which what is published is fetched.")
    ] = None,
    token: Annotated[
        Path | None, typer.Option("--token", help="The file with the token of a GATE_DEVICE.", dir_okay=False)
    ] = None,
) -> None:
    """Decide who goes through a gate, with or without a network.

    Each minute it fetches what is published from a desk, where one is named and answers, and goes on with what it has
    where not. Each decision is stored before it is shown.

    Exit code 0: all were let in; 3: somebody was denied; 4: nobody was denied, and somebody referred to a person.
    """
    verdicts = set()
    with _opened(folder, settings, desk, token) as opened, _lines(source) as stream:
        for code in _codes(stream):
            shown = opened.scan(code)
            verdicts.add(shown.verdict)
            line = msgspec.json.encode(shown) if form is GateFormat.json else _text(shown).encode()
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
    raise typer.Exit(DENIED if "DENY" in verdicts else REFERRED if "REFER" in verdicts else ALLOWED)


@contextmanager
def _opened(folder: Path, settings: Path, desk: str | None, token: Path | None) -> Iterator[OfflineGate]:
    try:
        from desks.errors import DesksError  # noqa: PLC0415 - the extra
        from desks.gate import OfflineGate  # noqa: PLC0415
        from desks.gate_clock import SystemClock  # noqa: PLC0415
        from desks.gate_settings import read_gate_settings  # noqa: PLC0415
        from podium.gate_fetching import GateFetcher  # noqa: PLC0415
    except ImportError as error:
        raise OperatorError(f"a gate needs the extra: pip install 'podium-games[people]' ({error})") from error
    if (desk is None) != (token is None):
        raise OperatorError("a gate that fetches needs both: --fetch-from URL and --token FILE")
    try:
        with ExitStack() as stack:
            known = read_gate_settings(settings)
            if desk is not None and token is not None:
                stack.enter_context(GateFetcher(desk, token, folder, known).fetching())
            yield stack.enter_context(closing(OfflineGate.open(folder, known, SystemClock())))
    except DesksError as error:
        raise OperatorError(str(error)) from error


@contextmanager
def _lines(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
    else:
        with Path(source).open("rb") as stream:
            yield stream


def _codes(stream: BinaryIO) -> Iterator[str]:
    """Yield what stands on each line that is not empty; a space may be the last character of a code."""
    while line := stream.readline(LONGEST):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(LONGEST)):
            pass
        if code := line.decode(errors="replace").rstrip("\r\n"):
            yield code


def _text(shown: Shown) -> str:
    """Return a decision as a guard reads it: the verdict and its reason first."""
    told = [f"{shown.verdict} {shown.reason}"]
    if shown.flags:
        told.append(f"AMBER {' '.join(shown.flags)}")
    if shown.serial is not None:
        told.append(f"card {shown.serial} {shown.ro} {shown.category}")
    if shown.show_photo:
        told.append("compare the photo")
    told.append("no list" if shown.list_age_s is None else f"list {shown.list_version} is {_age(shown.list_age_s)} old")
    told += ["OFFLINE"] * shown.offline
    told += shown.findings
    return "  ".join([*told, *shown.complaints])


def _age(seconds: int) -> str:
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{rest} s"


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(gate)
