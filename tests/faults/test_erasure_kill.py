"""An erasure whose process is killed at each of its steps: the next one finishes it, and its certificate says the same.

The process is a fork of this one, and kills itself with SIGKILL before the n-th thing that it would do to the store of
keys, to a store or to the log. What it leaves behind is opened here.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from desks.key_store import KeyStore
from desks.privacy.certificate import Certificate
from desks.privacy.stores import SealedFiles
from desks.vault import Erased
from engine.sqlite_log import SqliteLog
from management.function_change import Withdraw
from management.person_record import ErasePerson, RequestErasure
from tests.desks.privacy.office import PrivateOffice
from tests.management.accredited import DPO, RO, SUPERVISOR

pytestmark = pytest.mark.faults

STEPS: list[tuple[type, str]] = [
    (KeyStore, "_destroy"),
    (KeyStore, "_cut"),
    (KeyStore, "count"),
    (KeyStore, "certify"),
    (SealedFiles, "purge"),
    (SqliteLog, "append"),
]


async def _with_office(folder: Path, work: Callable[[PrivateOffice], Awaitable[Any]]) -> Any:
    log = SqliteLog.open(folder / "games.podium")
    office = await PrivateOffice.open(log, folder)
    try:
        return await work(office)
    finally:
        await office.close()
        await log.close()


async def _order(office: PrivateOffice) -> None:
    await office.accredit("P1")
    await office.accredit("P2")
    asked = ((Withdraw("A1"), RO), (RequestErasure("WISH"), SUPERVISOR), (ErasePerson(), DPO))
    await office.writer.save()
    # Decided and on the log; but nobody has acted upon it yet, since the process ends here.
    office.readers._readers = ()
    await office.done("per:P1", *asked)


async def _finish(office: PrivateOffice) -> tuple[list[Certificate], set[Any], int]:
    await office.eraser.catch_up()
    await office.eraser.purge_again()
    left = sum(store.count(["P1"]) for store in office.eraser.stores)
    assert office.eraser._store.wrapped_by_others("") != []  # somebody else has keys still
    return office.certificates(), await office.opened("P1"), left


def _die_at(step: int) -> None:
    """Have this process kill itself before the step of that number."""
    done = iter(range(1, step + 1))

    def dying(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            if next(done, step) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return method(*args, **kwargs)

        return call

    for owner, name in STEPS:
        setattr(owner, name, dying(getattr(owner, name)))


def _killed_at(step: int, folder: Path) -> bool:
    """Carry out the erasure in a process that is killed before a step; False where it was done before."""
    child = os.fork()
    if not child:
        try:
            _die_at(step)
            asyncio.run(_with_office(folder, _finish))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_an_erasure_is_finished_wherever_its_process_was_killed(tmp_path: Path) -> None:
    (ordered := tmp_path / "ordered").mkdir()
    asyncio.run(_with_office(ordered, _order))
    killed, outcomes = 0, []
    while True:
        folder = shutil.copytree(ordered, tmp_path / f"step-{killed + 1}")
        if not _killed_at(killed + 1, folder):
            break
        killed += 1
        outcomes.append(asyncio.run(_with_office(folder, _finish)))
    assert killed >= 8
    for certificates, opened, left in outcomes:
        (certificate,) = certificates
        assert (certificate.keys, certificate.stores) == (1, {"photos": 1, "badges": 1, "search": 18})
        assert opened == {Erased("P1", certificate.ordered)}
        assert left == 0
