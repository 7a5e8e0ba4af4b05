"""A disk that is full: a small file system of its own, for the processes that are started in it.

It is a tmpfs in a mount namespace, which Linux lets an ordinary user have beside a user namespace. Where neither is
allowed, a limit on the size of files stands in for it, that can be lifted while the process runs.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

__all__ = ["SmallDisk", "started_on"]

SIZE = 12 << 20  # bytes
FREE = 3 << 19  # of them, at first
BALLAST = "ballast"  # a file that can be removed to make room
MOUNT = 'mount -t tmpfs -o size="$1" none "$2" && head -c "$3" /dev/zero >"$2/ballast" && shift 3 && exec "$@"'

LIMIT = 'ulimit -S -f "$1" && shift && exec "$@"'


@cache
def _own_mounts() -> tuple[str, ...]:
    """Return the command that gives a process mounts of its own, () where there is none."""
    words = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user", "--mount")
    try:
        tried = subprocess.run([*words, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    except FileNotFoundError:
        return ()
    return words if tried.returncode == 0 else ()


class SmallDisk:
    """A process and the disk that it writes to."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, *, mounted: bool) -> None:
        self.process = process
        self._folder = folder
        self._mounted = mounted

    @property
    def folder(self) -> Path:
        """Where the process writes, as this process sees it: while that one lives."""
        return Path(f"/proc/{self.process.pid}/root{self._folder}") if self._mounted else self._folder

    def copy(self, into: Path) -> None:
        """Copy what is on the disk at one moment."""
        self.process.send_signal(signal.SIGSTOP)
        for file in self.folder.iterdir():
            if file.is_file() and not file.name.endswith("-shm"):
                shutil.copy(file, into / file.name)
        self.process.send_signal(signal.SIGCONT)

    def make_room(self) -> None:
        """Let more be written than is there already."""
        if self._mounted:
            (self.folder / BALLAST).unlink()
        else:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def started_on(folder: Path, command: Sequence[str], *, ballast: int = SIZE - FREE) -> Iterator[SmallDisk]:
    """Start a program whose folder is on a small disk, a part of which is taken already; end it behind the block."""
    words = [sys.executable, *command]
    if own := _own_mounts():
        words = [*own, "sh", "-c", MOUNT, "sh", str(SIZE), str(folder), str(ballast), *words]
    else:
        words = ["sh", "-c", LIMIT, "sh", str((SIZE - ballast) // 512), *words]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    with process:
        try:
            yield SmallDisk(process, folder, mounted=bool(own))
        finally:
            process.kill()
