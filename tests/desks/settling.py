"""The people side with all that works beside it, stepped by hand until nothing more follows."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

from icalendar import Calendar

from desks.acknowledgements import Acknowledgements
from desks.codec import Codec
from desks.effects.letters import Letters
from desks.effects.outbox import Outbox
from desks.effects.rosters import Rosters
from desks.gate_facts import GateFacts
from desks.mailbox import FolderMailbox
from desks.partitions import scan
from desks.reactor import Reactor
from desks.reading import hear
from desks.topics import EVENTS
from engine.log import Log
from management.command import Recorded, Tick
from tests.desks.begun import begun
from tests.desks.people import MANAGERS, PARTITIONS, POLICIES, People

__all__ = ["Anywhere", "Mail", "Settling"]


class Mail(NamedTuple):
    """A letter, as its recipient sees it."""

    to: str
    subject: str
    method: str
    uid: str
    sequence: int
    starts: str


class Anywhere:
    """Everybody has an address."""

    def learn(self, recorded: Recorded[Any]) -> None:
        pass

    def __call__(self, recipient: str) -> str | None:
        return f"{recipient.replace(':', '.')}@t20.example"


class Settling:
    """An office in slow motion: its clock stands, and what follows is done when it is asked for."""

    def __init__(self, people: People, folder: Path, now: int) -> None:
        self.people = people
        self.folder = folder
        self.now = now  # ms
        self.read: set[str] = set()  # letters that were looked at

    @classmethod
    async def over(cls, log: Log, folder: Path, now: int) -> Settling:
        settling = cls.__new__(cls)
        people = await People.over(log, lambda: settling.now * 1000)
        settling.__init__(people, folder, now)  # type: ignore[misc]
        return settling

    def clock(self) -> int:
        return self.now * 1000

    async def settle(self) -> None:
        """Do all that follows, each part opened anew as after a restart."""
        log, writer = self.people.log, self.people.writer
        effects = (
            lambda: Rosters(POLICIES["wf"]),
            lambda: Letters("T20", FolderMailbox(self.folder, "games@t20.example"), Anywhere()),
        )
        more = True
        while more:
            reactor = await begun(Reactor(log, writer, self.clock, MANAGERS, partitions=PARTITIONS))
            more = bool(await reactor.catch_up())
            for effect in effects:
                outbox = await begun(Outbox(log, writer, self.clock, effect(), partitions=PARTITIONS))
                more = bool(await outbox.catch_up()) or more

    async def pass_time(self, until: int) -> None:
        """Let time pass, and all deadlines with it."""
        self.now = until
        await self.settle()
        while due := self.people.writer.ticks(until):
            for tick in due:
                assert isinstance(tick.command, Tick)
                await self.people.writer.submit(tick, "scheduler")
            await self.settle()

    def mails(self) -> list[Mail]:
        """Return the letters that came since the last time, by recipient."""
        fresh = [file for file in sorted(self.folder.glob("*.eml")) if file.name not in self.read]
        self.read |= {file.name for file in fresh}
        return sorted(_mail(message_from_bytes(file.read_bytes(), policy=default)) for file in fresh)

    async def read_by(self, *readers: Any) -> None:
        """Have readers take in all that happened."""
        codec = Codec(b"")
        nothing = dict.fromkeys(range(PARTITIONS.count), 0)
        found = [stored async for _, stored in scan(self.people.log, EVENTS, PARTITIONS, nothing)]
        for stored in sorted(found, key=lambda one: one.time):
            at, recorded = hear(stored, PARTITIONS, codec)
            for reader in readers:
                reader.take(recorded, at)

    async def facts(self) -> GateFacts:
        facts = GateFacts(POLICIES)
        await self.read_by(facts)
        return facts

    async def acknowledged(self) -> Acknowledgements:
        counted = Acknowledgements()
        await self.read_by(counted)
        return counted


def _mail(message: Message) -> Mail:
    (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    calendar: Any = Calendar.from_ical(data.decode())
    (entry,) = calendar.walk("VEVENT")
    starts = entry["dtstart"].dt.isoformat()
    to = message["To"].removesuffix("@t20.example").replace(".", ":")
    return Mail(to, message["Subject"], str(calendar["method"]), str(entry["uid"]), int(entry["sequence"]), starts)
