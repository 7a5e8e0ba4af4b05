"""Archives: what is written comes back byte for byte, and what cannot be read is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from replay.archive import VERSION, Archive, ArchiveError, Header, Message, write
from schemas.games import Games

messages = st.builds(
    Message,
    st.text(min_size=1, max_size=8),
    st.text(min_size=1, max_size=8),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2**53),
    st.integers(0, 2**53),
    st.binary(max_size=40) | st.text(max_size=40).map(str.encode),
)


def packed(path: Path, text: bytes) -> Path:
    path.write_bytes(zstandard.ZstdCompressor().compress(text))
    return path


@given(st.lists(messages, max_size=20))
def test_what_is_written_comes_back(tmp_path_factory: pytest.TempPathFactory, said: list[Message]) -> None:
    path = tmp_path_factory.mktemp("archives") / "a.podium"
    header = Header(VERSION, Games("T20", "Trial"), "a test", synthetic=True)
    assert write(path, header, said) == len(said)
    archive = Archive(path)
    assert (archive.header, list(archive), list(archive)) == (header, said, said)


def test_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.podium", b'{"podium":2}\n')
    with pytest.raises(ArchiveError) as refused:
        Archive(path)
    assert str(refused.value) == f"{path}, line 1: version 2 of the format; this Podium reads up to 1"
    assert (refused.value.path, refused.value.line) == (path, 1)


@pytest.mark.parametrize("data", [b"", b"no archive", zstandard.ZstdCompressor().compress(b"[1]\n")])
def test_a_file_that_is_no_archive(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(ArchiveError, match="line 1: not a Podium archive"):
        Archive(tmp_path / "a")


@pytest.mark.parametrize("line", [b'["s","1",1]', b"{}", b'["s","1",1,0,0,"x"'])
def test_a_line_that_is_no_message_is_named(tmp_path: Path, line: bytes) -> None:
    good = b'["s","1",1,0,0,"x"]\n'
    path = packed(tmp_path / "a.podium", b'{"podium":1}\n' + good + line + b"\n" + good)
    with pytest.raises(ArchiveError, match="line 3: cannot be read"):
        list(Archive(path))


def test_an_archive_that_was_cut_off_gives_what_is_whole_and_then_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.podium"
    said = [Message("s", "1", n, 0, 0, bytes(str(n), "ascii") * 50) for n in range(1, 2000)]
    write(path, Header(VERSION), said)
    path.write_bytes(path.read_bytes()[:-100])
    got: list[Message] = []
    with pytest.raises(ArchiveError):
        got.extend(Archive(path))
    assert got == said[: len(got)]


def test_a_write_that_fails_leaves_the_old_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.podium"
    write(path, Header(VERSION), [Message("s", "1", 1, 0, 0, b"x")])

    def break_off() -> list[Message]:
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write(path, Header(VERSION), (message for _ in range(1) for message in break_off()))
    assert [message.data for message in Archive(path)] == [b"x"]
