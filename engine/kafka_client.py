"""How to reach the brokers of one log: makes every client of it, and says in our words what went wrong with one."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient

from engine.errors import LogError, LogFailed, LogForbidden, LogUnreachable

__all__ = ["LARGEST", "PATIENCE", "Client", "broke", "error_of", "passes"]

LARGEST = 16_000_000  # bytes of a value
FRAME = 1 << 20  # bytes that a message may have beside it: key, headers, what the protocol adds
QUIET = logging.getLogger("podium.kafka")  # what there is to say is said by the errors that we raise
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False
PATIENCE = 10.0  # seconds

DENIED = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError._AUTHENTICATION,
    KafkaError._SSL,
}
HANDLE_GONE = -137  # the client let go of a broker while it asked it; older ones of confluent-kafka have no name for it
SILENT = {KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE, HANDLE_GONE}
LATE = {KafkaError._TIMED_OUT, KafkaError._MSG_TIMED_OUT, KafkaError.REQUEST_TIMED_OUT}


# What goes by: a broker is away, or a topic or its leader is so new that not every broker knows it.
PASSING = {
    *SILENT,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError._UNKNOWN_PARTITION,
    KafkaError._UNKNOWN_TOPIC,
}


def passes(error: KafkaError) -> bool:
    """Say whether the same may work in a moment."""
    return error.retriable() or error.code() in PASSING


def broke(failed: KafkaException) -> bool:
    """Say whether it was the connection that failed, which may be there again in a moment."""
    return error_of(failed).code() in SILENT


def error_of(failed: BaseException) -> KafkaError:
    """Return what a client's exception is about."""
    error: KafkaError = failed.args[0]
    return error


class Client:
    """The brokers, as one log uses them."""

    def __init__(
        self, log: str, servers: str, prefix: str, settings: Mapping[str, Any], patience: float = PATIENCE
    ) -> None:
        self.log = log  # as its user named it
        self.servers = servers
        self.prefix = prefix  # of the names of its topics and writers: several logs may share the brokers
        self.patience = patience  # seconds that brokers may take for one thing that is asked of them
        self._settings = {
            "bootstrap.servers": servers,
            "client.id": "podium",
            "log_level": 0,
            "logger": QUIET,
            "reconnect.backoff.ms": 20,
            "reconnect.backoff.max.ms": 1000,
            "retry.backoff.ms": 20,
            "topic.metadata.refresh.fast.interval.ms": 20,
            "message.max.bytes": LARGEST + FRAME,
            "error_cb": self._heard,
            **settings,
        }
        self._denied: KafkaError | None = None
        try:
            self.admin = AdminClient(self._settings)
        except KafkaException as error:
            raise self.failure("opening the log", error) from error

    def greet(self) -> None:
        """See whether anybody is there, and lets us in."""
        if reason := self._unreachable():
            raise LogUnreachable(self.log, reason)
        asking = self.consumer()
        try:
            asking.list_topics(timeout=self.patience)
        except KafkaException as error:
            asking.poll(0)  # what it heard of us being denied
            raise self.failure("opening the log", error) from error
        finally:
            asking.close()

    def name(self, topic: str) -> str:
        """Return what the brokers call a topic."""
        return f"{self.prefix}.{topic}" if self.prefix else topic

    def producer(self, transactional_id: str) -> Producer:
        """Return a producer whose every append is a transaction."""
        name = f"{self.prefix or 'podium'}.{transactional_id}"
        own = {
            "transactional.id": name,
            "transaction.timeout.ms": int(self.patience * 1000),
            "acks": "all",
            "linger.ms": 50,  # what is to go now is flushed
        }
        return Producer({**self._settings, **own})

    def loose_producer(self) -> Producer:
        """Return a producer without transactions: each message by itself, in order, at once."""
        patience = int(self.patience * 1000)
        own = {"enable.idempotence": True, "acks": "all", "linger.ms": 0, "message.timeout.ms": patience}
        return Producer({**self._settings, **own})

    def consumer(self, **own: Any) -> Consumer:
        """Return a consumer that is told what to read, and belongs to no group."""
        never = {
            "group.id": f"{self.prefix or 'podium'}.readers",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",  # holes are allowed, at the beginning too
            "fetch.error.backoff.ms": 20,
        }
        return Consumer({**self._settings, **never, **{name.replace("_", "."): value for name, value in own.items()}})

    def failure(self, doing: str, failed: KafkaException | KafkaError) -> LogError:
        """Return what went wrong as an error of ours."""
        error = failed if isinstance(failed, KafkaError) else error_of(failed)
        if error.code() in DENIED:
            return LogForbidden(self.log, doing, error.str())
        if error.code() in SILENT | LATE:
            if self._denied:  # whoever is not let in only sees connections that end
                return LogForbidden(self.log, doing, self._denied.str())
            if reason := self._unreachable():
                return LogUnreachable(self.log, reason)
        if error.code() in LATE:
            return LogFailed(self.log, doing, f"no answer within {self.patience:.0f} s")
        return LogFailed(self.log, doing, error.str())

    def _heard(self, error: KafkaError) -> None:
        if error.code() in DENIED:
            self._denied = error

    def _unreachable(self) -> str:
        """Say why no broker can be reached, "" where one can."""
        reason = ""
        for server in self.servers.split(","):
            host, _, port = server.rpartition(":")
            try:
                socket.create_connection((host, int(port)), 2).close()
            except OSError as error:
                reason = f"{server}: {error.strerror or error}"
            else:
                return ""
        return reason
