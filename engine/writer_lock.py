"""One process writes a log: the lock that says so, in a file beside it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from engine.errors import LogLocked

__all__ = ["WriterLock"]


class WriterLock:
    """The right to write a log, held until ``release`` or until the process is gone, however it went.

    The lock is the kernel's, on an open file; the file's content only tells who holds it. The file stays when the lock
    goes: to remove it would let two processes lock two files of the same name.
    """

    def __init__(self, log: Path) -> None:
        """Take the lock; raises ``LogLocked``, naming the holder, where it is taken."""
        # flock rather than lockf: closing any other descriptor of the file must not release it, and a second writer in
        # this same process must be refused too.
        self._file = os.open(f"{log}-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 20, 0).strip()
            os.close(self._file)
            raise LogLocked(str(log), int(holder) if holder.isdigit() else None) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        """Let the next writer in; once is enough, more does no harm."""
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = -1
