"""The machine that a figure was measured on, and how much of it others took meanwhile."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

__all__ = [
    "LOAD_CORE",
    "SERVER_CORE",
    "Machine",
    "Meanwhile",
    "cpu_seconds",
    "describe",
    "let_go",
    "on_core",
    "pin",
    "prefer",
    "rss",
]

PACKAGES = ("msgspec", "uvloop", "websockets", "picows", "orjson", "litestar", "uvicorn")
_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SERVER_CORE = _CORES[0]  # what is measured runs here, alone
LOAD_CORE = _CORES[-1]  # load generators and everything else run here
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Machine(msgspec.Struct, frozen=True):
    """What a figure depends on beside the code."""

    cpu: str
    cores: int
    memory: int  # bytes
    system: str
    python: str
    versions: dict[str, str]


def describe() -> Machine:
    """Return this machine."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "absent"
    memory = os.sysconf("SC_PHYS_PAGES") * _PAGE
    return Machine(_cpu(), len(_CORES), memory, platform.platform(terse=True), platform.python_version(), versions)


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def pin(core: int) -> None:
    """Keep this process, and those that it starts, on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def let_go() -> None:
    """Let this process, and those that it starts, run on any core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count() or 1))


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Have what is started within the block start on a core, with all its threads."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def prefer(pid: int) -> None:
    """Let a process that leads its session go before other people's work, where we may: only root may."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, -20)
        Path(f"/proc/{pid}/autogroup").write_text("-20")  # where Linux groups by session, only this counts


def cpu_seconds(pid: int) -> float:
    """Return the processor seconds that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def rss(pid: int | str = "self") -> int:
    """Return the bytes of memory that a process has resident."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


class Meanwhile(msgspec.Struct):
    """What the processors did beside us while something was measured: a busy neighbour spoils a figure."""

    seconds: float = 0.0
    steal: float = 0.0  # part of the time that the hypervisor gave to others
    idle: float = 0.0  # part of the time that nobody wanted
    load: float = 0.0  # of the last minute, at the end

    @classmethod
    def begin(cls) -> Meanwhile:
        """Begin to watch."""
        return cls(time.monotonic(), *_stat())

    def end(self) -> Meanwhile:
        """Return what was seen since."""
        steal, idle = _stat()
        seconds = time.monotonic() - self.seconds
        whole = seconds * (os.cpu_count() or 1) or 1.0
        return Meanwhile(seconds, (steal - self.steal) / whole, (idle - self.idle) / whole, os.getloadavg()[0])


def stolen() -> float:
    """Return the processor seconds that the hypervisor has given to others since the system started."""
    return _stat()[0]


def _stat() -> tuple[float, float]:
    """Return the seconds stolen and idle since the start of the system."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    except OSError:
        return 0.0, 0.0
    return int(fields[8]) / _TICK, int(fields[4]) / _TICK
