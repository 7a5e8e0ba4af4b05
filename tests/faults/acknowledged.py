"""What ``log_writer.py`` was acknowledged, held against what the log holds."""

from __future__ import annotations

from collections import defaultdict

from engine.log import Log, Record, Stored

__all__ = ["Lost", "Torn", "batch_of", "check", "parse"]


class Lost(AssertionError):  # noqa: N818 - as in engine/errors.py, the name says what happened
    """Something that was acknowledged is not in the log."""


class Torn(AssertionError):  # noqa: N818
    """A batch is there in part."""


def batch_of(name: str, size: int) -> list[Record]:
    """Return a batch over the topics ``a`` and ``b``, an equal part in both; ``name`` is ``run.task.number``."""
    filling = "x" * (int(name.split(".")[2]) % 700)
    return [Record(topic, "K", f"{name} {part} {size} {filling}".encode(), 1) for part in range(size) for topic in "ab"]


def parse(told: bytes) -> dict[str, int]:
    """Return the batches that a writer says were acknowledged, with their sizes."""
    lines = told.decode().splitlines()
    return {name: int(size) for name, size in (line.split() for line in lines if line != "open")}


def check(log: Log, acknowledged: dict[str, int]) -> None:
    """Raise ``Lost`` or ``Torn`` where the log does not hold what it acknowledged, whole."""
    stored = _batches(log.read("a", limit=10_000_000))
    other = _batches(log.read("b", limit=10_000_000))
    if other != stored:
        raise Torn(
            f"only in a: {sorted(stored.keys() - other.keys())}, only in b: {sorted(other.keys() - stored.keys())}"
        )
    if lost := {name for name, size in acknowledged.items() if stored.get(name) != size}:
        raise Lost(f"{len(lost)} of {len(acknowledged)} batches, as {min(lost)}")


def _batches(records: list[Stored]) -> dict[str, int]:
    """Return the sizes of the batches that are stored, each record checked against its own text."""
    positions = [stored.position for stored in records]
    assert positions == sorted(set(positions))
    parts: dict[str, list[int]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for stored in records:
        name, part, size, filling = stored.value.decode().split(" ")
        assert filling == "x" * (int(name.split(".")[2]) % 700)
        parts[name].append(int(part))
        sizes[name] = int(size)
    if torn := [name for name, size in sizes.items() if parts[name] != list(range(size))]:
        raise Torn(f"{torn[0]}: {parts[torn[0]]} of {sizes[torn[0]]}")
    return sizes
