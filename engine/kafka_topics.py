"""The topics of a log: made with the settings that its promise needs, and checked where they are there already.

Nothing is ever deleted, and nothing compacted but what workers save of their state: of that brokers keep the newest
value of each key. A copy is acknowledged by two of three brokers, and a broker that was left behind never becomes the
one that is read. Where there is one broker only, each append is synced before it is acknowledged.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from threading import Lock

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import ConfigResource, ResourceType  # type: ignore[attr-defined]  # it forgot to say so
from confluent_kafka.cimpl import NewTopic

from engine.errors import TopicMismatch
from engine.kafka_client import FRAME, LARGEST, Client, broke, error_of, passes
from engine.saved_state import SAVED
from schemas.layout import Layout

__all__ = ["Topics"]

NEVER = 2**63 - 1
ASK_AGAIN = 0.1  # seconds
AT_LEAST = {"min.insync.replicas", "max.message.bytes", "message.timestamp.after.max.ms"}
COMPACTED = {SAVED}  # families
# How soon what is void goes: a broker cleans the files behind the one that it writes, once half of them is superseded.
CLEANING = {"segment.bytes": str(32 << 20), "delete.retention.ms": "60000"}


def compacted(topic: str) -> bool:
    """Say whether brokers keep the newest value of each key only."""
    return topic.rpartition(".")[0] in COMPACTED


def settings_for(copies: int, *, compact: bool = False) -> dict[str, str]:
    """Return the settings of a topic that so many brokers keep."""
    settings = {
        "cleanup.policy": "compact" if compact else "delete",
        "retention.ms": "-1",
        "retention.bytes": "-1",
        "min.insync.replicas": str(min(2, copies)),
        "unclean.leader.election.enable": "false",
        "max.message.bytes": str(LARGEST + 2 * FRAME),
        "message.timestamp.type": "CreateTime",
        "message.timestamp.after.max.ms": str(NEVER),  # the clock of a rehearsal may be ahead
    }
    if copies == 1:
        settings["flush.messages"] = "1"
    return settings


def _says_there_is_none(error: Exception) -> bool:
    """Say whether a topic is not there, or no topic can have that name."""
    codes = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.TOPIC_EXCEPTION)
    return isinstance(error, KafkaException) and error_of(error).code() in codes


class Topics:
    """What is known of a log's topics. Any thread may ask."""

    def __init__(self, client: Client) -> None:
        self.layout = Layout()  # the log says which one, once it is read
        self._client = client
        self._turn = Lock()
        self._partitions: dict[str, int] = {}  # of those that are there
        self._checked: set[str] = set()

    def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has, or will have."""
        return self._partitions.get(topic) or self._found([topic]).get(topic) or self.layout.spread(topic).partitions

    def exists(self, topic: str) -> bool:
        """Say whether a topic is there."""
        return topic in self._partitions or topic in self._found([topic])

    def names(self) -> list[str]:
        """Return the topics of this log that are there, sorted."""
        try:
            names = self._client.admin.list_topics(timeout=self._client.patience).topics
        except KafkaException as error:
            raise self._client.failure("reading the topics", error) from error
        prefix = self._client.name("")
        return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix) and name[:2] != "__")

    def ensure(self, topics: Collection[str]) -> None:
        """Make the topics that are missing and check the others, once; raises ``TopicMismatch``."""
        if self._checked.issuperset(topics):
            return
        with self._turn:
            unknown = sorted({*topics} - self._checked)
            there = self._found(unknown)
            copies = self._copies()
            made = [topic for topic in unknown if topic not in there and self._make(topic, copies)]
            strangers = [topic for topic in unknown if topic not in made]
            if strangers:
                self._check(strangers, copies)
            self._partitions |= {topic: self.layout.spread(topic).partitions for topic in made}
            self._checked.update(unknown)

    def _copies(self) -> int:
        try:
            return min(3, len(self._client.admin.describe_cluster().result(self._client.patience).nodes))
        except (KafkaException, TimeoutError) as error:
            raise self._failure("counting the brokers", error) from error

    def _make(self, topic: str, copies: int) -> bool:
        """Make a topic; False where another process was first."""
        settings = settings_for(copies, compact=compacted(topic)) | (CLEANING if compacted(topic) else {})
        new = NewTopic(self._client.name(topic), self.layout.spread(topic).partitions, copies, config=settings)
        (made,) = self._client.admin.create_topics([new], operation_timeout=self._client.patience).values()
        try:
            made.result(2 * self._client.patience)
        except (KafkaException, TimeoutError) as error:
            if isinstance(error, KafkaException) and error_of(error).code() == KafkaError.TOPIC_ALREADY_EXISTS:
                return False
            raise self._failure(f"making the topic {topic}", error) from error
        return True

    def _found(self, topics: Collection[str]) -> dict[str, int]:
        """Return the partitions of those topics that are there."""
        give_up = time.monotonic() + self._client.patience
        found: dict[str, int] = {}
        missing = set(topics)
        while missing:
            asked = {self._client.name(topic): topic for topic in sorted(missing)}
            for name, described in self._client.admin.describe_topics(TopicCollection(list(asked))).items():
                try:
                    found[asked[name]] = len(described.result(self._client.patience).partitions)
                except (KafkaException, TimeoutError) as error:
                    if not _says_there_is_none(error):
                        if time.monotonic() > give_up or not (isinstance(error, KafkaException) and broke(error)):
                            raise self._failure(f"looking for the topic {asked[name]}", error) from error
                        continue  # the connection was cut: ask once more
                missing.discard(asked[name])
            if missing:
                time.sleep(ASK_AGAIN)
        self._partitions |= found
        return found

    def _check(self, topics: Collection[str], copies: int) -> None:
        """Raise ``TopicMismatch`` where one was made otherwise; one that was just made not every broker knows yet."""
        give_up = time.monotonic() + self._client.patience
        while True:
            try:
                return self._check_once(topics, copies)
            except (KafkaException, TimeoutError) as error:
                lasts = isinstance(error, TimeoutError) or not passes(error_of(error))
                if lasts or time.monotonic() > give_up:
                    raise self._failure("checking the topics", error) from error
            time.sleep(ASK_AGAIN)

    def _check_once(self, topics: Collection[str], copies: int) -> None:
        asked = {self._client.name(topic): topic for topic in topics}
        admin = self._client.admin
        for name, described in admin.describe_topics(TopicCollection(list(asked))).items():
            partitions = described.result(self._client.patience).partitions
            wanted = self.layout.spread(asked[name]).partitions
            self._compare(asked[name], "partitions", str(len(partitions)), str(wanted))
            fewest = min(len(partition.replicas) for partition in partitions)
            if fewest < copies:
                raise TopicMismatch(self._client.log, name, "replication factor", str(fewest), str(copies))
            self._partitions[asked[name]] = len(partitions)
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in asked]
        for resource, configured in admin.describe_configs(resources).items():
            found = configured.result(self._client.patience)
            topic = asked[resource.name]
            for setting, value in settings_for(copies, compact=compacted(topic)).items():
                self._compare(topic, setting, str(found[setting].value), value)

    def _compare(self, topic: str, setting: str, found: str, wanted: str) -> None:
        if setting in AT_LEAST:
            if int(found) >= int(wanted):
                return
            wanted = f"at least {wanted}"
        if found != wanted:
            raise TopicMismatch(self._client.log, self._client.name(topic), setting, found, wanted)

    def _failure(self, doing: str, error: KafkaException | TimeoutError) -> Exception:
        known = KafkaError(KafkaError._TIMED_OUT) if isinstance(error, TimeoutError) else error
        return self._client.failure(doing, known)
