"""The settings: what an operator may choose of a process, by section.

Each default is what holds where nobody says otherwise. ``podium/config.py`` reads them, ``docs/operations.md`` explains
them one by one, and a test holds the two against each other.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from engine.limits import Limits

__all__ = [
    "SECRET",
    "Demo",
    "Drain",
    "Edging",
    "Feeding",
    "Gateway",
    "Historian",
    "Kafka",
    "Logging",
    "Operations",
    "People",
    "Replay",
    "Serve",
    "Settings",
    "Working",
]

SECRET = frozenset({"edge.history", "feed.key", "historian.history", "serve.history"})  # settings that are never shown

Port = Annotated[int, Meta(ge=0, le=65535)]  # 0: any free one
Seconds = Annotated[float, Meta(ge=0)]
Some = Annotated[float, Meta(gt=0)]  # seconds as well, and never none
Count = Annotated[int, Meta(ge=0)]
Speed = Annotated[str, Meta(pattern=r"^(max|[0-9]+(\.[0-9]+)?x?)$", examples=["max", "1x", "60x"])]


class Serve(Struct, frozen=True, forbid_unknown_fields=True):
    """``podium serve``."""

    log: str | None = None  # the file; it has to be said somewhere
    host: str = "127.0.0.1"
    port: Port = 8080
    feed_in: Port | None = None  # the TCP door; None: none
    mode: Literal["live", "replay", "rehearsal"] | None = None  # None: what the log says, and live for a new one
    history: str | None = None  # a folder, or the URL of a server, in which there may be a password; None: none


class Replay(Struct, frozen=True, forbid_unknown_fields=True):
    """``podium replay``."""

    log: str | None = None
    to: str | None = None
    speed: Speed = "max"
    venue: str = ""


class Demo(Struct, frozen=True, forbid_unknown_fields=True):
    """``podium demo``."""

    speed: Speed = "60x"
    seed: int = 7
    port: Port = 8080


class People(Struct, frozen=True, forbid_unknown_fields=True):
    """The people side: ``podium people serve``, or beside ``podium serve``."""

    policy: str | None = None  # the folder of the rules; None: those of the invented Games T20
    keys: str | None = None  # the folder of keys and secrets; None: `podium serve` has no people side
    host: str = "127.0.0.1"
    port: Port = 8070
    origin: str | None = None  # where browsers find it, such as https://people.example; None: at localhost
    mail: str | None = None  # where letters to people go, smtp://HOST:PORT or a folder; None: they wait
    mail_from: str | None = None  # the address that they come from
    advertise: str = ""  # on a log in Kafka: the URL by which other processes reach this one; "": where it listens
    session: Some = 6.0  # there, seconds of silence after which the others decide what this one did
    checkpoints: str | None = None  # a file for signed checkpoints, best on another disk than the log
    witnesses: str = ""  # addresses of those who cosign checkpoints, with spaces between
    era: Annotated[int, Meta(ge=1)] = 1  # of the signed trees: one more after a log was restored without its end


class Kafka(Struct, frozen=True, forbid_unknown_fields=True):
    """The log that gateways, workers, edges and a historian share."""

    log: str | None = None  # kafka://HOST:PORT[,HOST:PORT...][/PREFIX]; it has to be said somewhere
    client: str | None = None  # a TOML file with settings of librdkafka: how brokers know who comes


class Gateway(Limits, frozen=True, forbid_unknown_fields=True):
    """``podium gateway``; its limits are those of ``podium serve`` as well."""

    host: str = "127.0.0.1"
    port: Port = 8080
    feed_in: Port | None = None  # the TCP door; None: none
    mode: Literal["live", "replay", "rehearsal"] | None = None  # None: what the log says, and live for a new one
    games: str | None = None  # a TOML file with the configuration of the Games, for a new log; None: the default


class Working(Struct, frozen=True, forbid_unknown_fields=True):
    """``podium worker``."""

    set: Annotated[str, Meta(min_length=1)] = "a"  # each set does all the work
    session: Annotated[float, Meta(ge=1)] = 6.0  # seconds of silence after which others take a worker's shares
    save_every: Some = 10.0  # seconds between two saves of its state


class Edging(Struct, frozen=True, forbid_unknown_fields=True):
    """``podium edge``."""

    host: str = "127.0.0.1"
    port: Port = 8080
    history: str | None = None  # from which it answers: a folder, or the URL of a server; None: none


class Historian(Struct, frozen=True, forbid_unknown_fields=True):
    """``podium historian``."""

    history: str | None = None  # a folder, or the URL of a server, in which there may be a password
    every: Some = 1.0  # seconds between two inserts, at least


class Feeding(Struct, frozen=True, forbid_unknown_fields=True):
    """What subscribers get."""

    interval: Seconds = 0.008  # least time between two flushes
    hello_within: Some = 5.0
    key: str = ""  # signs resume tokens, and is to be the same on every replica; "": made from the epoch


class Drain(Struct, frozen=True, forbid_unknown_fields=True):
    """How a process leaves."""

    notice: Seconds = 0.0  # not ready, and still working: for whoever sends it traffic to see that
    finish: Some = 10.0  # most time for what was taken to become durable, folded and sent
    spread: Seconds = 0.0  # subscribers are sent away over so long
    reconnect: Seconds = 10.0  # and told to come back at some time within so long


class Operations(Struct, frozen=True, forbid_unknown_fields=True):
    """How a process looks after itself."""

    host: str = "127.0.0.1"
    port: Port | None = None  # for metrics and checks alone; None: that of the process, where it has one, else none
    ready_within: Count = 1000  # raw messages that are not folded, above which it is not ready
    save_every: Some = 10.0  # seconds between two checkpoints, where something changed


class Logging(Struct, frozen=True, forbid_unknown_fields=True):
    """What a process writes of itself on standard error."""

    format: Literal["auto", "json", "text"] = "auto"  # auto: text on a terminal, JSON elsewhere
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    serve: Serve = Serve()
    replay: Replay = Replay()
    demo: Demo = Demo()
    people: People = People()
    kafka: Kafka = Kafka()
    gateway: Gateway = Gateway()
    worker: Working = Working()
    edge: Edging = Edging()
    historian: Historian = Historian()
    feed: Feeding = Feeding()
    drain: Drain = Drain()
    operations: Operations = Operations()
    logging: Logging = Logging()
