"""The people's process: the office over a log, and the API on a port of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import structlog
import uvloop

from desks.acknowledgements import Acknowledgements
from desks.api import gates, notices, scans
from desks.api.app import make_app
from desks.api.server import Server, started
from desks.devices import Devices
from desks.errors import DesksError
from desks.gate_publisher import GatePublisher
from desks.issuing import open_issuing
from desks.keyring import read_pepper
from desks.office import Office
from desks.operators import Operators
from desks.owners import Owners
from desks.pages.entrance import ByCookie
from desks.partitions import Partitions
from desks.peers import Peers, Signature
from desks.people_index.index import PeopleIndex
from desks.policies import read_policies, read_policy
from desks.readers import Reader
from desks.shared_intake import SharedIntake
from desks.soc.watch import SocWatch, run_watch
from engine import about
from engine.errors import EngineError
from engine.host import Host
from engine.listener import listen_at
from engine.log import Log
from engine.sqlite_log import SqliteLog
from podium.beside import add_works, mailbox_of
from podium.departure import at_signal
from podium.errors import OperatorError
from podium.keeping import Keeping, Kept
from podium.operations_port import operations_port
from podium.pages import pages_over
from podium.passphrase import passphrase
from podium.people_vitals import vitals_of
from podium.settings import People as PeopleSettings
from podium.settings import Settings
from podium.signing_in import Secrets, SigningIn
from podium.wiring import host_over, kafka_url, name_of, open_log, policy_in, wall_clock
from schemas.policy.soc import Policy as Watching

__all__ = ["Door", "Working", "door_of", "run", "working"]

_log = structlog.get_logger()


class Door(NamedTuple):
    """What the people's side needs: its rules, its secrets, and where it listens; port 0 is any free one."""

    policy: Path
    keys: Path
    host: str = "127.0.0.1"
    port: int = 8070
    origin: str = ""  # where browsers find it; empty: at localhost
    mail: str = ""  # where letters go, smtp://HOST:PORT or a folder; empty: nowhere
    mail_from: str = ""  # the address that they come from
    advertise: str = ""  # the address under which other processes reach this one; "": where it listens
    session: float = 6.0  # seconds of silence after which others decide what this one did
    checkpoints: Path | None = None  # a file that signed checkpoints are appended to
    witnesses: tuple[str, ...] = ()  # addresses of those who cosign them
    era: int = 1  # of the signed trees


class Working(NamedTuple):
    """The people side of a process, at work."""

    office: Office
    work: asyncio.Task[None]


@asynccontextmanager
async def working(
    log: Log, door: Door, results: Host | None = None, *, folding: bool = False
) -> AsyncIterator[Working]:
    """Decide, react and serve within a block; yields what works, which ends with an error where it goes on no longer.

    ``results`` is a host of the same log, by which the news of the field comes in; ``folding`` says that nobody else in
    this process has it fold.
    """
    async with AsyncExitStack() as stack:
        opened = await _open(log, door, stack, results)
        office, server = opened.office, opened.server
        if results is not None and folding:
            office.add("the folding", results.run)
        stack.push_async_callback(office.close)
        work = asyncio.create_task(_work(office), name="the office")
        stack.push_async_callback(_ended, work)
        serving = asyncio.create_task(server.run_here(), name="the API")
        stack.push_async_callback(_served, server, serving)
        await started(server, serving)
        print(f"podium: people at http://{door.host}:{server.port}", flush=True)
        _log.info("people_serving", address=f"{door.host}:{server.port}", partitions=office.writer.partitions.count)
        yield Working(office, work)


class _Opened(NamedTuple):
    office: Office
    server: Server


async def _open(log: Log, door: Door, stack: AsyncExitStack, results: Host | None) -> _Opened:
    """Open the office and its API; what is to be closed behind them goes onto the stack."""
    partitions, peers = Partitions(), None
    owners = Owners(log, partitions)
    try:
        policies, pepper = read_policies(door.policy), read_pepper(door.keys)
        games, soc = policies["per"].games, read_policy(door.policy / "soc.toml", Watching)
        secrets, devices = Secrets.open(door.keys, pepper, policies["acct"]), Devices()
        stack.callback(secrets.close)
        keeping = await Keeping.open(log, games, Kept(door.keys, door.checkpoints, door.witnesses, door.era), pepper)
        stack.callback(keeping.close)
        vault = keeping.vault
        issuing = await asyncio.to_thread(open_issuing, door.keys, games, passphrase())
        people, acknowledgements = PeopleIndex(policies["per"], keeping.search), Acknowledgements()
        listener = listen_at(door.host, door.port)
        stack.callback(listener.close)
        address = door.advertise or f"http://{door.host}:{listener.getsockname()[1]}"
        signature = Signature(pepper, lambda: wall_clock() // 1000)
        if not isinstance(log, SqliteLog):
            peers = Peers(owners, address, signature)
            stack.push_async_callback(peers.close)
        readers: list[Reader] = [secrets.keeper, devices, *keeping.readers, people, acknowledgements]
        office = Office(log, policies, wall_clock, pepper, partitions=partitions, readers=readers, elsewhere=peers)
        operators = ByCookie(Operators(door.keys, wall_clock))
        desk = SigningIn(office, secrets, operators, games)
        pages = pages_over(
            office, operators, policies, desk, people=people, pepper=pepper, vault=vault, signer=issuing.cards
        )
        mailbox = mailbox_of(door.mail, door.mail_from) if door.mail else None
        add_works(office, policies, vault=vault, mailbox=mailbox, results=results)
        await office.begin()
    except DesksError as error:
        raise OperatorError(str(error)) from error
    if peers is not None:
        office.add("the look at the others", owners.run)
        office.add("the sharing", _sharing(log, office, address, door.session))

    async def watch() -> None:
        state = door.keys / "watch.state"
        await run_watch(await SocWatch.open(log, soc, policies["per"], wall_clock, partitions=partitions, file=state))

    office.add("the signs", desk.teller.run)
    office.add("the watch", watch, sole=True)
    office.add("the end of sessions", desk.sweep)
    intake = SharedIntake(office, games, devices, peers)
    publisher = GatePublisher(office, people.cards, issuing, policies["sch"])
    office.add("the publishing to gates", publisher.run)
    keeping.work_in(office, desk.teller.tell)
    printing = gates.router(publisher, gates.Printer(people.cards, issuing.cards, vault))
    routers = [printing, desk.router, scans.router(intake, desk.teller.tell), *pages, keeping.router]
    routers.append(notices.router(acknowledgements))
    app = make_app(office, desk.callers, routers=routers, doorkeeper=desk.doorkeeper, vault=vault, signature=signature)
    server = Server(app, listener)
    desk.serve_at(door.origin or f"http://localhost:{server.port}")
    return _Opened(office, server)


def _sharing(log: Log, office: Office, address: str, session: float) -> Callable[[], Coroutine[Any, Any, None]]:
    from engine.kafka_log import KafkaLog  # noqa: PLC0415 - the extra
    from podium.people_shares import share  # noqa: PLC0415

    assert isinstance(log, KafkaLog)
    return lambda: share(log, office, address, session)


async def _work(office: Office) -> None:
    try:
        await office.run()
    except* (DesksError, EngineError) as errors:
        raise OperatorError(f"the people side ended: {_first(errors)}") from errors


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    found: BaseException = errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


async def _ended(work: asyncio.Task[None]) -> None:
    work.cancel()
    await asyncio.wait([work])


async def _served(server: Server, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    await serving


async def _run(chosen: Path | None, settings: Settings) -> None:
    door, stop = door_of(settings.people), asyncio.Event()
    path = chosen or Path(settings.kafka.log or "")
    if path == Path():
        raise OperatorError("which log? --log FILE, or kafka.log of a Games whose processes share one")
    with open_log(path, write=True) as log:
        if chosen is None:  # one of the processes of a Games, of which the gateway says which one it is
            await about.wait(log)
        results = await asyncio.to_thread(_results_of, log) if kafka_url(path) else None  # a file has no other writer
        async with working(log, door, results, folding=True) as people, AsyncExitStack() as stack:
            vitals = vitals_of(people.office, name_of(path), settings.operations.ready_within)
            look = asyncio.create_task(vitals.watch("the look at the loop", vitals.look_at_the_loop()))
            stack.push_async_callback(_ended, look)
            await stack.enter_async_context(operations_port(vitals, settings, always=True))

            async def leave() -> None:
                vitals.leaving = True
                _log.info("leaving")
                await asyncio.sleep(settings.drain.notice)

            stack.enter_context(at_signal(leave, stop.set))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait((stopping, people.work), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if people.work.done():
                people.work.result()
    _log.info("stopped")


def _results_of(log: Log) -> Host:
    host = host_over(log)
    host.load()
    host.catch_up()
    return host


def run(path: Path | None, settings: Settings) -> None:
    """Serve the people side of a log until a signal comes, or until another process has taken it over.

    Where no log is named, it is that of a Games whose processes share one, once it says which Games it holds.
    """
    uvloop.run(_run(path, settings))


def door_of(chosen: PeopleSettings) -> Door:
    """Return the door that settings describe; the rules are those of the invented Games where they name none."""
    if chosen.keys is None:
        raise OperatorError("the people side wants its keys: --keys DIR, which podium people init-keys makes")
    return Door(
        policy_in(chosen.policy),
        Path(chosen.keys),
        host=chosen.host,
        port=chosen.port,
        origin=chosen.origin or "",
        mail=chosen.mail or "",
        mail_from=chosen.mail_from or "",
        advertise=chosen.advertise,
        session=chosen.session,
        checkpoints=Path(chosen.checkpoints) if chosen.checkpoints else None,
        witnesses=tuple(chosen.witnesses.split()),
        era=chosen.era,
    )
