"""Topics of a log in Kafka: made as the promise needs them, and refused where they were made otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it forgot them
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)
from confluent_kafka.cimpl import NewTopic

from engine.epochs import topic_of
from engine.errors import TopicMismatch
from engine.kafka_log import KafkaLog
from engine.kafka_topics import settings_for
from engine.log import Record
from engine.saved_state import SAVED
from schemas.layout import Layout, Spread

GOOD = settings_for(1)
Makes = Callable[[str, int, dict[str, str]], None]


@pytest.fixture
def url(kafka: str) -> str:
    """The address of a log that nobody has made yet."""
    return f"kafka://{kafka}/{uuid4().hex}"


@pytest.fixture
def admin(kafka: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": kafka, "log_level": 0})


@pytest.fixture
def make(admin: AdminClient, url: str) -> Makes:
    """Make a topic of the log as a stranger would."""

    def made(topic: str, partitions: int, settings: dict[str, str]) -> None:
        new = NewTopic(f"{url.rpartition('/')[2]}.{topic}", partitions, 1, config=settings)
        for one in admin.create_topics([new]).values():
            one.result(30)

    return made


def test_a_topic_is_made_as_the_promise_needs_it(url: str, admin: AdminClient) -> None:
    with KafkaLog.open(url, layout=Layout({"games.events": Spread(3)})) as log:
        log.append_now([Record("venue.raw", "SWM", b"x", 1), Record("games.events", "SWM", b"x", 1)])
        assert log.topics() == ["games.events", "venue.raw"]
    prefix = url.rpartition("/")[2]
    for topic, partitions in (("venue.raw", 1), ("games.events", 3), ("podium.log", 1)):
        name = f"{prefix}.{topic}"
        assert len(admin.list_topics(timeout=30).topics[name].partitions) == partitions
        (configured,) = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name)]).values()
        found = configured.result(30)
        assert {setting: found[setting].value for setting in GOOD} == GOOD


@pytest.mark.parametrize(
    ("setting", "bad", "wanted"),
    [
        ("cleanup.policy", "compact", "delete"),
        ("retention.ms", "604800000", "-1"),
        ("retention.bytes", "1000000", "-1"),
        ("max.message.bytes", "1048588", f"at least {GOOD['max.message.bytes']}"),
        ("message.timestamp.type", "LogAppendTime", "CreateTime"),
        ("message.timestamp.after.max.ms", "3600000", f"at least {2**63 - 1}"),
        ("flush.messages", str(2**63 - 1), "1"),
        ("unclean.leader.election.enable", "true", "false"),
    ],
)
def test_a_topic_with_another_setting_is_refused_and_the_setting_named(
    url: str, make: Makes, setting: str, bad: str, wanted: str
) -> None:
    make("venue.raw", 1, {**GOOD, setting: bad})
    with KafkaLog.open(url) as log:
        with pytest.raises(TopicMismatch) as refused:
            log.append_now([Record("other", "", b"lost", 1), Record("venue.raw", "SWM", b"lost", 1)])
        name = f"{url.rpartition('/')[2]}.venue.raw"
        assert str(refused.value) == f"{url}: topic {name} has {setting} {bad}, and it must be {wanted}"
        assert [log.read(topic) for topic in ("venue.raw", "other")] == [[], []]
        log.append_now([Record("other", "", b"kept", 1)])  # the log stays usable
        assert [one.value for one in log.read("other")] == [b"kept"]


def test_a_topic_with_other_partitions_is_refused(url: str, make: Makes) -> None:
    make("games.events", 2, GOOD)
    with KafkaLog.open(url, layout=Layout({"games.events": Spread(3)})) as log:
        sentence = r"games\.events has partitions 2, and it must be 3$"
        with pytest.raises(TopicMismatch, match=sentence):
            log.append_now([Record("games.events", "SWM", b"x", 1)])


def test_a_topic_that_its_broker_does_not_know_yet_is_asked_for_again(
    url: str, make: Makes, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("venue.raw", 1, GOOD)
    asked: list[Future[Any]] = []

    def describe(admin: AdminClient, resources: list[ConfigResource]) -> dict[ConfigResource, Future[Any]]:
        if len(asked) == 2:
            return asking(admin, resources)
        asked.append(Future())
        asked[-1].set_exception(KafkaException(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART)))
        return dict.fromkeys(resources, asked[-1])

    with KafkaLog.open(url) as log:
        asking = AdminClient.describe_configs
        monkeypatch.setattr(AdminClient, "describe_configs", describe)
        assert log.append_now([Record("venue.raw", "SWM", b"x", 1)]) == [1]
    assert len(asked) == 2


def test_a_topic_that_allows_more_than_it_must_is_welcome(url: str, make: Makes) -> None:
    make("venue.raw", 1, {**GOOD, "max.message.bytes": "90000000"})
    with KafkaLog.open(url) as log:
        log.append_now([Record("venue.raw", "SWM", b"x", 1)])
        assert [one.value for one in log.read("venue.raw")] == [b"x"]


def test_of_what_workers_save_a_broker_keeps_the_newest_value_of_each_key(
    url: str, admin: AdminClient, make: Makes
) -> None:
    topic = topic_of(SAVED, "e")
    with KafkaLog.open(url) as log:
        log.append_now([Record(topic, "a", b"", 1)])
        name = f"{url.rpartition('/')[2]}.{topic}"
        soon = ConfigEntry("segment.bytes", str(1 << 20), incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[soon])
        for altered in admin.incremental_alter_configs([resource]).values():
            altered.result(30)
        for number in range(20):  # brokers clean what lies behind the file that is written
            values = [Record(topic, key, b"%06d" % number * 20_000, 1) for key in "abc"]
            log.append_now([*values, Record(topic, f"void {number}", b"", 1)])
        give_up, held = time.monotonic() + 120, 7_200_000
        while held > 3_600_000:
            assert time.monotonic() < give_up
            time.sleep(0.2)
            held = sum(len(one.value) for one in log.read(topic, limit=10**6))
        newest = {one.key: one.value[:6] for one in log.read(topic, limit=10**6) if one.value}
        assert newest == dict.fromkeys("abc", b"%06d" % number)


def test_a_topic_of_what_workers_save_that_keeps_everything_is_refused(url: str, make: Makes) -> None:
    make(topic_of(SAVED, "e"), 1, GOOD)
    with KafkaLog.open(url) as log, pytest.raises(TopicMismatch, match="policy delete, and it must be compact"):
        log.append_now([Record(topic_of(SAVED, "e"), "a", b"x", 1)])


def test_three_brokers_have_three_copies_of_which_two_acknowledge() -> None:
    assert [settings_for(copies)["min.insync.replicas"] for copies in (1, 2, 3)] == ["1", "2", "2"]
    assert [settings_for(copies).get("flush.messages") for copies in (1, 2, 3)] == ["1", None, None]


def test_the_layout_of_a_log_is_the_one_that_it_was_made_with(url: str) -> None:
    made = Layout({"games.events": Spread(3, {"ATH": 2})})
    with KafkaLog.open(url, layout=made) as log:
        assert (log.partitions("games.events"), log.partition_of("games.events", "ATH")) == (3, 2)
    with KafkaLog.open(url, layout=Layout({"games.events": Spread(7)})) as log:
        assert (log.partitions("games.events"), log.partition_of("games.events", "ATH")) == (3, 2)


def test_logs_on_the_same_brokers_know_nothing_of_each_other(kafka: str) -> None:
    short = uuid4().hex
    with KafkaLog.open(f"kafka://{kafka}/{short}") as one, KafkaLog.open(f"kafka://{kafka}/{short}-2") as two:
        one.append_now([Record("a", "", b"1", 1)])
        two.append_now([Record("a", "", b"2", 1), Record("b", "", b"2", 1)])
        assert one.id != two.id
        assert (one.topics(), two.topics()) == (["a"], ["a", "b"])
        assert [one.value for one in one.read("a")] == [b"1"]
        assert (one.fence_now("gateway").number, two.fence_now("gateway").number) == (1, 1)
