"""Which broker leads a topic: the one to kill."""

from __future__ import annotations

import time

from confluent_kafka.admin import AdminClient

__all__ = ["leader_of"]

SOON = 60.0  # seconds until somebody has written to it


def leader_of(address: str, topic: str) -> int:
    """Return the number of the broker that leads a topic's first partition; of a family, that of one of an epoch."""
    admin = AdminClient({"bootstrap.servers": address, "log_level": 0})
    give_up = time.monotonic() + SOON
    while True:
        found = admin.list_topics(timeout=30).topics
        named = [name for name in sorted(found) if name == topic or name.startswith(f"{topic}.")]
        if named and found[named[0]].partitions[0].leader >= 0:
            return found[named[0]].partitions[0].leader
        assert time.monotonic() < give_up, f"there is no topic {topic}"
        time.sleep(0.1)
