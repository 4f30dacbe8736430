"""The address of the site: whether it is free to listen on, and whether the site answers there."""

import errno
import socket
from contextlib import suppress
from dataclasses import dataclass

from .errors import BadChoice, InUse

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 # it is asked for, not chosen here


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = _ANYWHERE.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def local_url(self) -> str:
        """As people write it: `localhost`, where that is meant."""
        return self.url.replace("//127.0.0.1:", "//localhost:")

    def check_free(self) -> None:
        """Raises InUse or BadChoice with the option that helps."""
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server will
                probe.bind(address)
        except (OSError, UnicodeError) as error:
            raise self._fault(error) from None

    def answers(self, path: str) -> bool:
        """Whether GET `path` is answered with 200."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
        with suppress(OSError), socket.create_connection((host.strip("[]"), self.port), timeout=2.0) as connection:
            connection.sendall(request.encode())
            with connection.makefile("rb") as answer:
                status = answer.readline(256).split(b" ")
                answer.read()  # to the end: a connection closed before is an error in the site's log
            return status[1:2] == [b"200"]
        return False

    def _fault(self, error: Exception) -> BadChoice:
        number = getattr(error, "errno", None)
        if number == errno.EADDRINUSE:
            return InUse(f"Port {self.port} of {self.host} is in use: choose another with --port.")
        if number in {errno.EACCES, errno.EPERM}:
            return BadChoice(f"Port {self.port} is for root alone: choose one from 1024 on with --port.")
        reason = getattr(error, "strerror", None) or error
        return BadChoice(f"This machine cannot listen on {self.host}: {reason}. Choose another with --host.")
