"""Which broker leads a topic: the one to kill."""

from __future__ import annotations

from confluent_kafka.admin import AdminClient

__all__ = ["leader_of"]


def leader_of(address: str, topic: str) -> int:
    """Return the number of the broker that leads a topic's first partition."""
    found = AdminClient({"bootstrap.servers": address, "log_level": 0}).list_topics(timeout=30)
    return found.topics[topic].partitions[0].leader
