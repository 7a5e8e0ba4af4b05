"""Letters of notices: at least once and known for copies, whatever stops the outbox, and whatever refuses them."""

from __future__ import annotations

import asyncio
import shutil
import socket
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from desks import ical
from desks.effects.letters import Letters
from desks.effects.outbox import Outbox
from desks.mailbox import FolderMailbox, Letter, SmtpMailbox, Undeliverable, message_of
from management.notice import NoticeIssued, Notify, Slot
from tests.desks.begun import begun
from tests.desks.people import PARTITIONS, People, Step, clock
from tests.desks.settling import Anywhere
from tests.desks.test_reactor import Steps, Stopped, StoppingLog, StoppingTaker
from tests.management import venue_hands as wf

SLOT = Slot("STEWARD", "STA", "BLUE", wf.at(1, 6), wf.at(1, 14))
STORY: list[Step] = [
    *((f"ntc:per:{one}", Notify("STA/a1", "REQUEST", SLOT, "D"), wf.SYSTEM, wf.at(0, 0)) for one in ("ANN", "BOB")),
    ("ntc:per:ANN", Notify("STA/a1", "CANCEL", SLOT, "D"), wf.SYSTEM, wf.at(0, 1)),
]


class SteppingMailbox:
    """A mailbox with an end before or after a letter; it keeps what came, as often as it did."""

    def __init__(self, steps: Steps) -> None:
        self.steps, self.came = steps, list[str]()

    async def send(self, letter: Letter) -> None:
        self.steps.step()
        self.came.append(letter.id)
        self.steps.step()


async def test_it_may_be_stopped_between_any_two_steps(tmp_path: Path) -> None:
    story = tmp_path / "story"
    story.mkdir()
    people = await People.open(story)
    await people.do(*STORY)
    await people.close()
    ends: list[Any] = []
    for left in (10_000, *range(100)):
        shutil.copytree(story, tmp_path / str(left))
        people = await People.open(tmp_path / str(left))
        steps, came = Steps(left), list[str]()
        log = StoppingLog(people.log)
        log.steps = steps
        for sender, stop in ((log, steps), (people.log, Steps(10_000))):
            mailbox = SteppingMailbox(stop)
            letters = Letters("T20", mailbox, Anywhere())
            with suppress(Stopped):
                taker = StoppingTaker(people.writer, stop)
                outbox = await begun(Outbox(sender, taker, clock, letters, partitions=PARTITIONS, batch=2))
                await outbox.catch_up()
            came += mailbox.came
        ends.append((sorted(set(came)), people.digests(), await people.events("effect-letters")))
        assert len(came) <= len(set(came)) + 2  # those of the batch that was not noted, once more
        await people.close()
        assert ends[-1] == ends[0]
        if steps.left >= 0 and left < 10_000:
            break
    assert len(ends) > 8
    assert len(ends[0][0]) == 3


class Nowhere(Anywhere):
    def __call__(self, recipient: str) -> str | None:
        return None


class Refusing:
    async def send(self, letter: Letter) -> None:
        raise Undeliverable("full")


@pytest.mark.parametrize(("address", "code"), [(None, "NO_ADDRESS"), ("ann@example.org", "REFUSED")])
async def test_what_cannot_be_sent_is_said(tmp_path: Path, address: str | None, code: str) -> None:
    people = await People.open(tmp_path)
    await people.do(STORY[0])
    letters = Letters("T20", Refusing(), Anywhere() if address else Nowhere())
    outbox = await begun(Outbox(people.log, people.writer, clock, letters, partitions=PARTITIONS))
    assert await outbox.catch_up() == 1
    ((key, event),) = await people.events("effect-letters")
    assert (key, event.reason) == ("ntc:per:ANN", code)
    await people.close()


def test_a_calendar_says_when_and_under_which_name() -> None:
    data = ical.encode("T20", "per:ANN", NoticeIssued("STA/a1", 3, "CANCEL", SLOT, "D"), wf.at(0, 1))
    entry: Any
    (entry,) = Calendar.from_ical(data.decode()).walk("VEVENT")
    assert {name: str(entry[name]) for name in ("uid", "sequence", "status", "location")} == {
        "uid": "STA-a1.per-ANN@t20.podium",
        "sequence": "3",
        "status": "CANCELLED",
        "location": "STA BLUE",
    }
    assert (entry["dtstart"].dt.isoformat(), entry["dtend"].dt.isoformat()) == (
        "2030-07-21T04:00:00+00:00",
        "2030-07-21T12:00:00+00:00",
    )
    assert b"METHOD:CANCEL" in data


LETTER = Letter(
    "e1", "ann@example.org", "STEWARD: changed", "Text\n", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "REQUEST"
)


async def test_a_folder_has_each_letter_once_under_its_name(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path / "mail", "games@example.org")
    await mailbox.send(LETTER)
    await mailbox.send(LETTER)
    (file,) = (tmp_path / "mail").iterdir()
    message = message_from_bytes(file.read_bytes())
    assert (file.name, message["Message-ID"], message["To"]) == ("e1.eml", "<e1@example.org>", "ann@example.org")
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/calendar"]
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Undeliverable):
        await FolderMailbox(tmp_path / "file", "games@example.org").send(LETTER)


async def test_a_mail_server_gets_it_or_it_is_undeliverable() -> None:
    got = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                got.set_result(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 well\r\n")
            if word == b"QUIT":
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        await SmtpMailbox("127.0.0.1", port, "games@example.org").send(LETTER)
        assert message_from_bytes(await got)["Message-ID"] == message_of(LETTER, "games@example.org")["Message-ID"]
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Undeliverable):
            await SmtpMailbox("127.0.0.1", nobody.getsockname()[1], "games@example.org", within=5).send(LETTER)


def test_news_that_is_nothing_for_a_calendar_comes_without_one() -> None:
    issued = NoticeIssued("per:P1/A1", 0, "REQUEST", None, "D", "CLEARANCE_REFUSED")
    assert ical.encode("T20", "ro:AAA", issued, 0) == b""
    mail = message_of(Letter("1", "a@aaa.example", "s", "t", b"", "REQUEST"), "p@t20.example")
    assert [part.get_content_type() for part in mail.walk()] == ["text/plain"]
