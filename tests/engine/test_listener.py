"""A server's socket: any free port or the one that is wanted, and who could not have it is told which."""

from __future__ import annotations

import pytest

from engine.listener import listen_at


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_is_any_free_one_or_the_one_that_is_wanted(host: str) -> None:
    with listen_at(host, 0) as listener:
        port = listener.getsockname()[1]
    with listen_at(host, port) as again:
        assert again.getsockname()[:2] == (host, port)


def test_a_port_that_is_taken_is_named() -> None:
    with listen_at("127.0.0.1", 0) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(OSError, match="Address already in use") as refused:
            listen_at("127.0.0.1", port)
    assert refused.value.filename == f"127.0.0.1:{port}"
