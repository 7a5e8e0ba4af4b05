"""What goes wrong with brokers, in one sentence each."""

from __future__ import annotations

import socket
from uuid import uuid4

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from engine.errors import LogError, LogFailed, LogForbidden, LogNotFound, LogReadOnly, LogUnreachable, NotALog
from engine.kafka_client import Client, passes
from engine.kafka_ledger import LEDGER
from engine.kafka_log import KafkaLog, parse
from engine.log import Record


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("kafka://127.0.0.1:9092", ("127.0.0.1:9092", "")),
        ("kafka://127.0.0.1:9092/", ("127.0.0.1:9092", "")),
        ("kafka://a:1,b.example:2/paris", ("a:1,b.example:2", "paris")),
    ],
)
def test_an_address_says_where_and_under_which_prefix(url: str, place: tuple[str, str]) -> None:
    assert parse(url) == place


@pytest.mark.parametrize(
    "url", ["kafka://a", "kafka://:1", "kafka://a:x", "http://a:1", "kafka://a:1/b/c", "kafka://a:1?b"]
)
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(NotALog) as refused:
        parse(url)
    assert refused.value.log == url


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (
            KafkaError.TOPIC_AUTHORIZATION_FAILED,
            LogForbidden,
            "L: appending is not allowed: Broker: Topic authorization failed",
        ),
        (KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, LogForbidden, None),
        (KafkaError.CLUSTER_AUTHORIZATION_FAILED, LogForbidden, None),
        (KafkaError._AUTHENTICATION, LogForbidden, "L: appending is not allowed: Local: Authentication failure"),
        (KafkaError._TIMED_OUT, LogFailed, "L: appending failed: no answer within 10 s"),
        (KafkaError._MSG_TIMED_OUT, LogFailed, "L: appending failed: no answer within 10 s"),
        (KafkaError.NOT_ENOUGH_REPLICAS, LogFailed, "L: appending failed: Broker: Not enough in-sync replicas"),
    ],
)
def test_each_failure_has_its_kind_and_its_sentence(
    kafka: str, code: int, kind: type[LogError], sentence: str | None
) -> None:
    failure = Client("L", kafka, "", {}).failure("appending", KafkaException(KafkaError(code)))
    assert type(failure) is kind
    assert sentence in (None, str(failure))


def test_where_nobody_answers_that_is_the_reason_for_a_timeout() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"  # and nobody listens
        failure = Client("L", address, "", {}).failure("appending", KafkaError(KafkaError._TIMED_OUT))
        assert (type(failure), str(failure)) == (LogUnreachable, f"L: no broker answers: {address}: Connection refused")


def test_what_passes_is_told_from_what_does_not() -> None:
    codes = (KafkaError._ALL_BROKERS_DOWN, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.TOPIC_AUTHORIZATION_FAILED)
    assert [passes(KafkaError(code)) for code in codes] == [True, True, False]


def test_whoever_is_not_let_in_is_told_so(kafka: str) -> None:
    settings = {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "a",
        "sasl.password": "b",
    }
    with pytest.raises((LogForbidden, LogFailed)):
        KafkaLog.open(f"kafka://{kafka}/x", readonly=True, settings=settings, patience=2.0)


def test_there_is_no_log_where_nobody_made_one_and_none_is_made_by_looking(kafka: str) -> None:
    url = f"kafka://{kafka}/{uuid4().hex}"
    for _ in range(2):
        with pytest.raises(LogNotFound):
            KafkaLog.open(url, readonly=True)


def test_whoever_opened_a_log_for_reading_does_not_write(kafka: str) -> None:
    url = f"kafka://{kafka}/{uuid4().hex}"
    with KafkaLog.open(url) as log, KafkaLog.open(url, readonly=True) as reader:
        log.append_now([Record("a", "", b"1", 1)])
        with pytest.raises(LogReadOnly):
            reader.append_now([Record("a", "", b"2", 1)])
        with pytest.raises(LogReadOnly):
            reader.fence_now("gateway")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (b"{}", r"not a Podium log: its topic \w+\.podium\.log says Object missing required field `id`$"),
        (b'{"id": "x", "format": 2}', r"log format 2 is newer than 1, the newest that this Podium knows$"),
    ],
)
def test_what_another_program_or_a_newer_one_has_made_is_no_log_of_ours(
    kafka: str, value: bytes, sentence: str
) -> None:
    prefix = uuid4().hex
    admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})
    (made,) = admin.create_topics([NewTopic(f"{prefix}.{LEDGER}", 1, 1)]).values()
    made.result(30)
    stranger = Producer({"bootstrap.servers": kafka, "log_level": 0})
    stranger.produce(f"{prefix}.{LEDGER}", value)
    assert stranger.flush(30) == 0
    for readonly in (True, False):
        with pytest.raises(LogError, match=sentence):
            KafkaLog.open(f"kafka://{kafka}/{prefix}", readonly=readonly)
