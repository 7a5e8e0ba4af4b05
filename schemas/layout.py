"""How a log spreads its topics over partitions: what every client, in whatever language, has to agree on.

A key goes to the partition that the Games' table names for it, and otherwise to the CRC-32 (that of zip and Ethernet)
of its UTF-8 bytes, modulo the number of partitions. No client's own partitioner is ever asked: they differ.
"""

from __future__ import annotations

from zlib import crc32

import msgspec

__all__ = ["PEOPLE", "PEOPLE_SHARES", "PEOPLE_TOPICS", "Layout", "Spread"]


class Spread(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The partitions of one topic."""

    partitions: int = 1
    keys: dict[str, int] = {}  # key -> partition, for those that are not left to chance: a discipline, a large venue

    def __post_init__(self) -> None:
        """Refuse what no topic can be."""
        if self.partitions < 1:
            raise ValueError(f"a topic has at least 1 partition, not {self.partitions}")
        for key, partition in self.keys.items():
            if not 0 <= partition < self.partitions:
                raise ValueError(f"{key!r} is in partition {partition} of {self.partitions}; they count from 0")

    def of(self, key: str) -> int:
        """Return the partition of a key."""
        named = self.keys.get(key)
        return crc32(key.encode()) % self.partitions if named is None else named


ONE = Spread()


PEOPLE = 12  # partitions of the people side, so many as there are divisions of its keys, on whatever log
PEOPLE_TOPICS = tuple(
    f"management.{name}"
    for name in ("commands", "events", "replies", "dlq", "snapshots", "manifests", "reactions", "scans")
)

PEOPLE_SHARES = "management.shares"  # says nothing: who works on the people side shares its partitions by it


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The partitions of a log. A log that is one file has one a topic, whatever this says."""

    topics: dict[str, Spread] = {}  # those that are not here have one partition

    def spread(self, topic: str) -> Spread:
        """Return how a topic is spread: as it says itself, or as its family, which it is named after up to a dot."""
        return self.topics.get(topic) or self.topics.get(topic.rpartition(".")[0], ONE)

    def with_people(self) -> Layout:
        """Return the same with the topics of the people side, for those that are not laid out."""
        return Layout({topic: Spread(PEOPLE) for topic in (*PEOPLE_TOPICS, PEOPLE_SHARES)} | self.topics)
