"""Proving that a log is what it was: verify."""

from __future__ import annotations

from typing import Annotated

import typer

from engine import chain
from engine.checkpoints import manifests
from engine.log import Log
from engine.proof import prove
from engine.raw import RAW
from podium.commands.options import LogPath
from podium.errors import OperatorError
from podium.rules import rules_of
from podium.wiring import host_over, name_of, open_log, said, shown_epoch

__all__ = ["add_to"]


def verify(
    log: LogPath,
    head: Annotated[str, typer.Option(help="A head that was noted elsewhere, to compare with.")] = "",
) -> None:
    """Check every source's chain, and a re-fold against the digests recorded on the way.

    Of a log that is spread over partitions, also that what workers have written is what the raw messages give, from
    stage to stage. Exit code 1 names the first bad place.
    """
    with open_log(log) as opened:
        try:
            report = chain.verify(opened, head=head)
        except ValueError as error:
            raise OperatorError(str(error)) from error
        if report.flaw is not None:
            raise OperatorError(f"{name_of(log)}: {report.flaw.text}")
        made = _check_stages(opened, name_of(log)) if opened.partitions(RAW) > 1 else ""
        checked = _check_digests(opened)
    for found in report.found:
        print(f"{found.head} was the head after {found.name}, position {found.position}")
    sources = len(report.sources)
    name = name_of(log)
    print(f"{name}: {report.messages} messages of {sources} sources, {made}{checked} digests agree; head {report.head}")


def _check_stages(log: Log, name: str) -> str:
    """Work out all that follows from the raw messages, and compare; return what agrees, in words."""
    proof = prove(log, rules_of(shown_epoch(log, said(log))))
    if proof.flaw:
        raise OperatorError(f"{name}: {proof.flaw}")
    late = f", {proof.ahead} not written yet," if proof.ahead else ","
    return f"{proof.assertions} assertions and {proof.cuts} cuts follow from them{late} "


def _check_digests(log: Log) -> int:
    """Fold the log from its beginning, comparing digests where they were recorded; return how many there were."""
    host = host_over(log)
    checked = 0
    for _, manifest in manifests(log):
        if manifest.epoch != host.epoch:
            continue
        host.fold_until(manifest.cut)
        found = host.views.digest()
        if found != manifest.digest:
            raise OperatorError(
                f"the re-fold differs at cut {manifest.cut} ({host.topic}, position {manifest.position}): "
                f"digest {found}, recorded {manifest.digest}"
            )
        checked += 1
    host.catch_up()
    return checked


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(verify)
