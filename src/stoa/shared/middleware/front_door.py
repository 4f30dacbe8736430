"""Refuses, before anything else looks at them, hosts we do not answer for and addresses that cannot be meant."""

from collections.abc import Collection
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import parse_options_header
from starlette.types import ASGIApp, Receive, Scope, Send

from stoa.shared.errors import InvalidInput, MalformedInput, StoaError
from stoa.shared.middleware.security_headers import SecurityHeaders
from stoa.shared.problems import send_problem

LONGEST_ADDRESS = 8192
_CHARSETS = {b"utf-8", b"utf8", b"us-ascii"}


class UnknownHost(MalformedInput):
    code = "unknown-host"
    title = "This site does not answer for that host"


class AddressTooLong(InvalidInput):
    status = 414
    code = "address-too-long"
    title = "The address is too long"


class FrontDoor:
    def __init__(self, app: ASGIApp, *, hosts: Collection[str], https: bool) -> None:
        self._app = app
        self._https = https
        self._any_host = "*" in hosts
        self._hosts = {host.lower().encode() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            fault = self._host_fault(scope) or _address_fault(scope) or _charset_fault(scope)
            if fault is not None:
                await self._refuse(fault)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refuse(self, fault: StoaError) -> ASGIApp:
        """A problem document under the same protective headers as every other answer."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await send_problem(scope, receive, send, fault)

        return SecurityHeaders(answer, https=self._https)

    def _host_fault(self, scope: Scope) -> StoaError | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) == 1 and (self._any_host or _without_port(hosts[0]).lower() in self._hosts):
            return None
        return UnknownHost("Use the site's own address, or add this host name to STOA_TRUSTED_HOSTS.")


def _without_port(host: bytes) -> bytes:
    name, colon, port = host.rpartition(b":")
    return name if colon and port.isdigit() else host


def _address_fault(scope: Scope) -> StoaError | None:
    query: bytes = scope["query_string"]
    if len(query) + len(scope["path"]) > LONGEST_ADDRESS:
        return AddressTooLong(f"An address has at most {LONGEST_ADDRESS} characters.")
    if b"%" in query or not query.isascii():
        try:
            query = unquote_to_bytes(query.replace(b"+", b" "))
            query.decode()
        except UnicodeDecodeError:
            return MalformedInput("The query string is not UTF-8.")
    if b"\0" in query or "\0" in scope["path"]:
        return MalformedInput("The address holds a NUL character.")
    if not _encodable(scope["path"]):
        return MalformedInput("The path is not UTF-8.")
    return None


def _charset_fault(scope: Scope) -> StoaError | None:
    """Readers of forms take any of Python's encodings, those too that fail or that make halves of characters."""
    for name, value in scope["headers"]:
        if name == b"content-type" and b"charset" in value.lower():
            charset = parse_options_header(value)[1].get(b"charset", b"utf-8")
            if charset.strip().lower() not in _CHARSETS:
                return MalformedInput("Send the body in UTF-8, and say `charset=utf-8` or nothing in Content-Type.")
    return None


def _encodable(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
