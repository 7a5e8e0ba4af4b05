"""A broker on this machine, without installing one: kafka start, stop, status."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from engine import broker
from engine.broker import Broker
from podium.errors import OperatorError

__all__ = ["add_to"]

kafka = typer.Typer(help="Run a Kafka broker on this machine.", no_args_is_help=True)
Folder = Annotated[Path, typer.Option("--dir", help="Where it keeps everything.", file_okay=False)]


@kafka.command()
def start(
    folder: Folder,
    brokers: Annotated[int, typer.Option(min=1, max=9, help="Several share the data, and one of them may die.")] = 1,
) -> None:
    """Start a broker that goes on until it is stopped, and print its address.

    Where PODIUM_KAFKA names one, that one is used and none started.
    """
    if named := os.environ.get("PODIUM_KAFKA"):
        print(named)
        return
    print(broker.start(folder, brokers, say=lambda what: typer.echo(what, err=True)).address)


@kafka.command()
def stop(folder: Folder) -> None:
    """Stop the broker of a folder; its data stays."""
    _broker_of(folder)
    ended = broker.stop(folder)
    print(f"{ended} stopped" if ended else "none was running")


@kafka.command()
def status(folder: Folder) -> None:
    """Print the address and what of the broker runs; exit code 1 where not all of it does."""
    known = _broker_of(folder)
    for node in known.nodes:
        alive = broker.running(node, folder.resolve())
        print(f"node {node.id} at {node.address}: {f'process {node.pid}' if alive else 'not running'}")
    if not all(broker.running(node, folder.resolve()) for node in known.nodes):
        raise typer.Exit(1)


def _broker_of(folder: Path) -> Broker:
    known = broker.status(folder)
    if known is None:
        raise OperatorError(f"there is no broker in {folder}; podium kafka start --dir {folder} makes one")
    return known


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(kafka, name="kafka")
