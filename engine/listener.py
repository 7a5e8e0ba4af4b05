"""The socket that a server listens at."""

from __future__ import annotations

from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket

__all__ = ["listen_at"]


def listen_at(host: str, port: int) -> socket:
    """Return a bound socket, port 0 being any free one; uvicorn would end the process where it cannot have the port.

    Raises ``OSError``, which names the address.
    """
    listener = socket(AF_INET6 if ":" in host else AF_INET)
    listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno, error.strerror, f"{host}:{port}") from error
    return listener
