"""Signed notes and checkpoints: the vectors of their specifications, and what is none."""

from __future__ import annotations

import pytest

from desks.audit.note import Checkpoint, NoteRefused, VerifierKey, add_line, cosign, sign_note, text_of
from tests.desks.test_keys import key

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN = (  # the example of golang.org/x/mod/sumdb/note
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"  # of tlog-checkpoint
AUDIT, WITNESS = key(5), key(6)
OURS, THEIRS = VerifierKey("podium/T20", AUDIT.public), VerifierKey("witness", WITNESS.public, 4)


def test_a_note_that_somebody_else_signed_is_read() -> None:
    peter = VerifierKey.parse(PETER)
    assert peter.verify(NEUMANN) == text_of(NEUMANN) == NEUMANN.partition("\n\n")[0] + "\n"
    assert str(peter) == PETER


def test_a_checkpoint_is_that_of_the_specification() -> None:
    found = Checkpoint.decode(SOFA)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.encode() == SOFA
    assert Checkpoint.decode(SOFA + "another line\n") == found


SIZE, ROOT = "20852163", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", f"\n1\n{ROOT}\n", SOFA.replace("CsUY", "")]
    + [SOFA.replace(SIZE, other) for other in ("-1", "1 ", "x", f"0{SIZE}")],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused, match="no checkpoint"):
        Checkpoint.decode(text)


def test_a_log_signs_and_a_witness_cosigns() -> None:
    note = add_line(sign_note(SOFA, "podium/T20", AUDIT), [cosign(SOFA, "witness", WITNESS, 1_600_000_000)])
    assert OURS.verify(note) == THEIRS.verify(note) == SOFA
    assert VerifierKey.parse(str(THEIRS)) == THEIRS
    later = note.replace("20852163", "20852164")
    for signed in (OURS, THEIRS):
        with pytest.raises(NoteRefused, match="is none of this text"):
            signed.verify(later)
    with pytest.raises(NoteRefused, match="PeterNeumann has not signed it"):
        VerifierKey.parse(PETER).verify(note)


def test_a_witness_signs_the_time_too() -> None:
    first, other = (cosign(SOFA, "witness", WITNESS, at) for at in (1, 2))
    assert first != other
    note = sign_note(SOFA, "podium/T20", AUDIT)
    assert THEIRS.verify(note + other) == SOFA


BROKEN = [("— P", "- P"), ("=", "=" * 3), ("nAM=", "n=M="), ("If", "\x01f"), (".\n\n", ".\n")]


@pytest.mark.parametrize(
    "note", [SOFA, NEUMANN + "x", NEUMANN + "a line\n", "\n\n\n", *(NEUMANN.replace(*change) for change in BROKEN)]
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteRefused):
        VerifierKey.parse(PETER).verify(note)


@pytest.mark.parametrize("text", ["", "a+b+c", PETER.replace("c74f20a3", "c74f20a4"), PETER.replace("ARpc", "AhpC")])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused, match="is no key"):
        VerifierKey.parse(text)
