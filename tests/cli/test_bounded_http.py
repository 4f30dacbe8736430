"""The head of a request comes to an end, or the connection does."""

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.running_site import served


@pytest.fixture
def connection(own_database_url: str, redis_url: str, tmp_path: Path) -> Iterator[socket.socket]:
    with (
        served(own_database_url, redis_url, tmp_path) as address,
        socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=30) as made,
    ):
        yield made


def answered(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    said = b""
    try:
        while part := connection.recv(65_536):
            said += part
    except ConnectionResetError:
        pass
    return said


def test_endless_headers_are_cut(connection: socket.socket) -> None:
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ")
    sent = 0
    try:
        for _ in range(200):
            sent += connection.send(b"x" * 65_536)
    except (ConnectionResetError, BrokenPipeError):
        pass
    assert not answered(connection).startswith(b"HTTP/1.1 200")
    assert sent < 200 * 65_536


@pytest.mark.slow
def test_headers_that_trickle_in_are_cut(connection: socket.socket) -> None:
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    assert answered(connection) == b""


def test_requests_one_after_the_other_are_answered(connection: socket.socket) -> None:
    host, port = connection.getpeername()
    site = HTTPConnection(host, port, timeout=30)
    for _ in range(3):
        site.request("GET", "/healthz", headers={"Host": "localhost", "X-Some": "x" * 30_000})
        answer = site.getresponse()
        assert (answer.status, b"alive" in answer.read()) == (200, True)
    site.request("POST", "/api/v1/token", body=b"x" * 200_000, headers={"Host": "localhost"})
    assert site.getresponse().status == 400
    site.close()
