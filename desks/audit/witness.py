"""A witness: keeps the newest head of each tree and cosigns only what goes on from it (C2SP tlog-witness).

It belongs to somebody else, on another machine, with a key of its own. It sees hashes and never a record. Whoever edits
the log, cuts off its end or shows two of them to two people needs the witness for it, and the witness will not.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

import httpx

from desks.audit.note import Checkpoint, NoteRefused, NoteSigner, VerifierKey, cosign, text_of
from desks.audit.tree import verify_consistency

__all__ = ["Answer", "AskedWitness", "FolderWitness", "HttpWitness", "request"]

SOON = 10.0  # seconds until a witness that does not answer is done without, for this time


class Answer(NamedTuple):
    """What a witness says, in the words of HTTP."""

    status: int  # 200 cosigned, 409 it has another head, 400, 403, 404, 422 it refuses
    text: str  # 200: a line of signature; 409: the size that it has; else: why


class AskedWitness(Protocol):
    """Whoever can be asked to cosign."""

    name: str

    async def ask(self, body: str) -> Answer:
        """Return the answer to a request; raises ``OSError`` where there is none."""


def request(old: int, proof: Sequence[bytes], note: str) -> str:
    """Return a request: the size that the witness has, a proof that the checkpoint goes on from there, and it."""
    return f"old {old}\n" + "".join(f"{b64encode(one).decode()}\n" for one in proof) + f"\n{note}"


class FolderWitness:
    """A witness that keeps what it saw in a folder, one file a tree."""

    def __init__(
        self, folder: Path, name: str, signer: NoteSigner, logs: Sequence[VerifierKey], clock: Callable[[], int]
    ) -> None:
        """Take the keys of the logs that it speaks for; ``clock`` gives microseconds."""
        self.name = name
        self._folder, self._signer, self._clock = folder, signer, clock
        self._logs = logs
        self._turn = Lock()

    async def ask(self, body: str) -> Answer:
        """Do as ``AskedWitness`` says."""
        return self.add(body)

    def add(self, body: str) -> Answer:
        """Cosign a checkpoint that goes on from the newest one, and keep it first."""
        head, empty, note = body.partition("\n\n")
        first, *lines = head.split("\n")
        try:
            old, proof = int(first.removeprefix("old ")), [b64decode(line, validate=True) for line in lines]
            found = Checkpoint.decode(text_of(note))
        except ValueError as error:
            return Answer(400, str(error))
        if not empty or not first.startswith("old ") or not 0 <= old <= found.size:
            return Answer(400, "it is no request")
        if not any(_signed(key, note) for key in self._logs):
            return Answer(403, "no log that is known here has signed it")
        with self._turn:
            return self._go_on(found, note, old, proof)

    def _go_on(self, found: Checkpoint, note: str, old: int, proof: Sequence[bytes]) -> Answer:
        kept = self.kept(found.origin)
        size = kept.size if kept else 0
        if old != size or (kept and found.size == size and found.root != kept.root):
            return Answer(409, str(size))
        if kept and not verify_consistency(size, found.size, proof, kept.root, found.root):
            return Answer(422, "it does not go on from what is known here")
        self._keep(found.origin, note)
        return Answer(200, cosign(text_of(note), self.name, self._signer, self._clock() // 1_000_000))

    def kept(self, origin: str) -> Checkpoint | None:
        """Return the newest head of a tree."""
        file = self._file(origin)
        return Checkpoint.decode(text_of(file.read_text())) if file.exists() else None

    def notes(self) -> list[str]:
        """Return the newest checkpoint of each tree."""
        return [file.read_text() for file in sorted(self._folder.glob("*.checkpoint"))]

    def _keep(self, origin: str, note: str) -> None:
        file = self._file(origin)
        with (new := file.with_suffix(".new")).open("w") as stream:
            stream.write(note)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(file)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _file(self, origin: str) -> Path:
        return self._folder / f"{sha256(origin.encode()).hexdigest()[:32]}.checkpoint"


class HttpWitness:
    """A witness elsewhere, ours (``podium audit witness``) or anybody's that speaks C2SP tlog-witness."""

    def __init__(self, url: str) -> None:
        """Take the address that stands before ``/add-checkpoint``."""
        self.name = url.rstrip("/")

    async def ask(self, body: str) -> Answer:
        """Do as ``AskedWitness`` says."""
        try:
            async with httpx.AsyncClient(timeout=SOON) as client:
                answer = await client.post(f"{self.name}/add-checkpoint", content=body.encode())
        except httpx.HTTPError as error:
            raise OSError(f"{self.name} does not answer: {error or type(error).__name__}") from error
        return Answer(answer.status_code, answer.text)


def _signed(key: VerifierKey, note: str) -> bool:
    try:
        return bool(key.verify(note))
    except NoteRefused:
        return False
