"""A whole Games in Kafka on this machine as plain processes: broker, gateway, people, workers, edges, historian."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import httpx
import structlog

from engine import broker
from engine.raw import RAW
from engine.shares import SHARES
from engine.stages import EVENTS
from podium.config import variable
from podium.departure import at_signal, end
from podium.errors import OperatorError
from podium.historian_process import HISTORY
from podium.orphans import guarded
from podium.passphrase import passphrase
from podium.settings import Settings
from podium.supervisor import Child, end_all
from podium.topology import Part, parts

__all__ = ["Wanted", "run"]

HOST = "127.0.0.1"
READY = 180.0  # seconds in which all of it has to be ready
LOOK_EVERY = 0.25
GRACE = 15.0  # seconds that a process may take to end, beside what it has to wait for

_log = structlog.get_logger()


class Wanted(NamedTuple):
    """What is to run."""

    folder: Path | None = None  # where everything is kept; None: one that is removed at the end
    brokers: int = 3
    workers: int = 1  # in each of the two sets
    edges: int = 2
    partitions: int = 4  # of a new log
    history: str | None = None  # None: a folder, where the database is installed


async def run(wanted: Wanted, settings: Settings, config: Path | None) -> None:
    """Run it until a signal comes. Raises ``OperatorError`` where it does not become ready, ``BrokerFailed``."""
    with _folder(wanted.folder) as folder:
        async with AsyncExitStack() as stack:
            stopped = asyncio.Event()
            stack.enter_context(at_signal(_nothing, stopped.set))
            stack.enter_context(guarded(folder, _patience(settings), remove=wanted.folder is None))
            url = settings.kafka.log or f"kafka://{await _broker(stack, folder, wanted.brokers)}/games"
            up = _Up(folder, url, wanted, settings, config)
            await up.run(stopped)


async def _nothing() -> None:
    pass


def _patience(settings: Settings) -> float:
    """Return the seconds in which a process has to leave."""
    drain = settings.drain
    return drain.notice + drain.finish + drain.spread + GRACE


@contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="podium-up-") as folder:
        yield Path(folder)


async def _broker(stack: AsyncExitStack, folder: Path, brokers: int) -> str:
    """Return the address of a broker: the one that PODIUM_KAFKA names, or one that lasts as long as the block."""
    if named := os.environ.get("PODIUM_KAFKA"):
        return named
    at = folder / "kafka"
    stack.push_async_callback(asyncio.to_thread, broker.stop, at)
    started = await asyncio.to_thread(broker.start, at, brokers, say=lambda what: print(f"podium: {what}", flush=True))
    return started.address


def _free_ports(count: int) -> list[int]:
    """Return ports that are free now; held at the same time, so that they differ."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


class _Running(NamedTuple):
    part: Part
    child: Child
    port: int  # 0: none
    lines: int
    operations: int

    @property
    def addresses(self) -> str:
        """Where it is."""
        said = [f"http://{HOST}:{self.port}"] if self.port else []
        said += [f"venue lines at {HOST}:{self.lines}"] if self.lines else []
        return ", ".join([*said, f"operations at http://{HOST}:{self.operations}"])


class _Up:
    """The processes of one Games."""

    def __init__(self, folder: Path, url: str, wanted: Wanted, settings: Settings, config: Path | None) -> None:
        self._folder = folder
        self._url = url
        self._settings = settings
        self._config = config
        history = wanted.history or (str(folder / "history") if _has_history() else None)
        self._history = history
        chosen = parts(wanted.workers, wanted.edges, history=history is not None, people=_has_people())
        ports = iter(_free_ports(3 * len(chosen)))
        common = self._common(wanted)
        self._running = [self._prepared(part, common, ports) for part in chosen]

    def _common(self, wanted: Wanted) -> dict[str, str]:
        """Return what the environment says to all of them."""
        said = {variable("kafka.log"): self._url, variable("operations.host"): HOST}
        if self._config is not None:
            said["PODIUM_CONFIG"] = str(self._config.resolve())
        if self._history is not None:
            said[HISTORY] = self._history
        if self._settings.people.keys is None and _has_people():
            said[variable("people.keys")] = str(_keys(self._folder / "keys"))
        if self._settings.gateway.games is None:
            file = self._folder / "games.toml"
            if not file.exists():
                file.write_text(_layout(wanted.partitions))
            said[variable("gateway.games")] = str(file)
        return said

    def _prepared(self, part: Part, common: Mapping[str, str], ports: Iterator[int]) -> _Running:
        port = next(ports) if part.port else 0
        lines = next(ports) if part.lines else 0
        operations = next(ports)
        own = {variable("operations.port"): str(operations)}
        own |= {variable(key): str(value) for key, value in ((part.port, port), (part.lines, lines)) if key}
        child = Child(part.name, part.words, {**common, **own}, self._folder / f"{part.name}.log")
        return _Running(part, child, port, lines, operations)

    async def run(self, stopped: asyncio.Event) -> None:
        """Run all of them until told to stop, and then have them leave in the order of a message."""
        async with AsyncExitStack() as stack:
            for one in self._running:
                stack.push_async_callback(end, asyncio.create_task(one.child.run()))
            stack.push_async_callback(self._leave)
            if await self._become_ready(stopped):
                self._tell()
                _log.info("up", log=self._url, processes=len(self._running))
                await stopped.wait()
            _log.info("leaving")
        _log.info("stopped")

    async def _become_ready(self, stopped: asyncio.Event) -> bool:
        """Return once all of them are ready; False where the signal comes first."""
        waiting = {one.part.name: one for one in self._running}
        give_up = time.monotonic() + READY
        reason = ""
        async with httpx.AsyncClient(timeout=5) as web:
            while waiting and not stopped.is_set():
                for one in list(waiting.values()):
                    reason = await _reason(web, one.operations)
                    if not reason:
                        del waiting[one.part.name]
                if waiting and time.monotonic() > give_up:
                    names = ", ".join(waiting)
                    raise OperatorError(f"not ready within {READY:.0f} s: {names}; {reason}; see {self._folder}/*.log")
                await asyncio.sleep(LOOK_EVERY)
        return not waiting

    def _tell(self) -> None:
        print(f"podium: log {self._url}", flush=True)
        if self._history is None:
            print("podium: no historian: it needs the extra: pip install 'podium-games[analytics]'", flush=True)
        if not _has_people():
            print("podium: no people side: it needs the extra: pip install 'podium-games[people]'", flush=True)
        for one in self._running:
            print(f"podium: {one.part.name} {one.addresses}", flush=True)
        print(f"podium: all is ready; what they write is in {self._folder}", flush=True)

    async def _leave(self) -> None:
        """Have them leave: first whoever takes, then whoever folds, then whoever shows, then whoever keeps."""
        within = _patience(self._settings)
        for process in dict.fromkeys(one.part.process for one in self._running):
            children = [one.child for one in self._running if one.part.process == process]
            for name in await end_all(children, within):
                _log.warning("left_badly", process=name)


async def _reason(web: httpx.AsyncClient, port: int) -> str:
    """Return why a process is not ready; empty where it is."""
    try:
        answer = await web.get(f"http://{HOST}:{port}/readyz")
    except httpx.HTTPError:
        return "it does not answer"
    return "" if answer.status_code == 200 else str(answer.json()["error"]["message"])


def _has_history() -> bool:
    return find_spec("chdb") is not None and find_spec("clickhouse_connect") is not None


def _has_people() -> bool:
    return find_spec("webauthn") is not None and find_spec("cbor2") is not None


def _keys(folder: Path) -> Path:
    """Return the folder of keys of a Games, made where it is not there."""
    from desks.keyring import PEPPER, make_keys  # noqa: PLC0415 - the extra

    if not (folder / PEPPER).exists():
        make_keys(folder, passphrase())
    return folder


def _layout(partitions: int) -> str:
    """Return the configuration of a Games whose log is spread over so many partitions."""
    topics = (RAW, EVENTS, SHARES)
    return "".join(f'[layout.topics."{topic}"]\npartitions = {partitions}\n\n' for topic in topics)
