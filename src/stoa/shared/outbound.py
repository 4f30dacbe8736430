"""The one client for addresses that other people name: webhooks and push. Whoever calls it says what they make of it.

A name is resolved once, every address it has must be a public one, and the connection goes to exactly that address.
Never follows a redirect, never uses a proxy, never reads more than it was told to.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx

from stoa.shared.targets import CannotReach, IpAddress, Refused, Target, check_target, is_public
from stoa.shared.version import VERSION

_MOST_BYTES: Final = 1_048_576
_MOST_ADDRESSES: Final = 4
_CONNECT_SECONDS: Final = 5.0
_FOR_STATUS: Final = 0.95  # of the whole time; what is left ends the connection

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Unreachable(CannotReach):
    """Nobody answered, or not properly. `is_uncertain`: the receiver may have got the request all the same."""

    def __init__(self, reason: str, *, is_uncertain: bool = False) -> None:
        super().__init__(reason)
        self.is_uncertain = is_uncertain


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: names of `headers` are lower case, `body_head` is as much of the body as was read."""

    status: int
    body_head: bytes
    headers: Mapping[str, str]


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as this machine's resolver puts them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(slots=True)
class _Call:
    """One call while it lasts: `enough` is when, by the loop's clock, no more of the answer is waited for."""

    headers: Mapping[str, str]
    body: bytes
    enough: float
    has_begun: bool = False

    async def watch(self, event: str, _: Mapping[str, Any]) -> None:
        """Notes when the first byte of the request may have left."""
        if event == "http11.send_request_headers.started":
            self.has_begun = True


class Outbound:
    """`allow_private` is for development: plain http, and addresses inside. `seconds` is for a whole call."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        seconds: float = 10.0,
        most_bytes: int = _MOST_BYTES,
        resolve: Resolve = resolved,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._resolve = resolve
        self._tls = trusted or httpx.create_ssl_context()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """Send `body` there, once; the first `most_bytes` of whatever is answered. Raises Refused, Unreachable."""
        target = check_target(url, allow_private=self._allow_private)
        call = _Call(headers, body, asyncio.get_running_loop().time() + self._seconds * _FOR_STATUS)
        try:
            async with asyncio.timeout(self._seconds):
                addresses = await self._addresses(target)
                return await self._post(target, addresses, call)
        except TimeoutError:
            raise Unreachable(f"No answer within {self._seconds:g} s.", is_uncertain=call.has_begun) from None
        except httpx.HTTPError as error:
            raise Unreachable(_words(error), is_uncertain=call.has_begun) from None

    async def _addresses(self, target: Target) -> list[IpAddress]:
        """Where the connection may go. All of the name's addresses must be public: of two faces none is believed."""
        if target.address is not None:
            return [target.address]
        try:
            found = [ipaddress.ip_address(one) for one in await self._resolve(target.host, target.port)]
        except (OSError, UnicodeError, ValueError):
            raise Unreachable(f"The name {target.host} cannot be resolved.") from None
        if not found:
            raise Unreachable(f"The name {target.host} has no address.")
        inside = [address for address in found if not is_public(address)]
        if inside and not self._allow_private:
            raise Refused(f"{target.host} leads to {inside[0]}, which is not a public address.")
        return found[:_MOST_ADDRESSES]

    async def _post(self, target: Target, addresses: Sequence[IpAddress], call: _Call) -> Answered:
        """To the first of the addresses that lets us in."""
        extensions = {"sni_hostname": target.host, "trace": call.watch}
        sent = {**call.headers, "host": target.authority, "accept-encoding": "identity", "connection": "close"}
        timeout = httpx.Timeout(None, connect=_CONNECT_SECONDS)
        transport = httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False)
        async with httpx.AsyncClient(
            transport=transport, trust_env=False, timeout=timeout, headers={"user-agent": f"Stoa/{VERSION}"}
        ) as client:
            for place, address in enumerate(addresses, 1):
                url = httpx.URL(
                    scheme=target.scheme, host=str(address), port=target.port, raw_path=target.path.encode()
                )
                request = client.build_request("POST", url, headers=sent, content=call.body, extensions=extensions)
                try:
                    return await self._read(
                        await client.send(request, stream=True, follow_redirects=False), call.enough
                    )
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if place == len(addresses):
                        raise
        raise AssertionError("unreachable: the last address returns or raises")

    async def _read(self, response: httpx.Response, enough: float) -> Answered:
        """The status is what counts: a body that breaks off or does not end in time is what came of it."""
        head = bytearray()
        try:
            with suppress(TimeoutError, httpx.HTTPError):
                async with asyncio.timeout_at(enough):
                    async for part in response.aiter_raw():
                        head += part
                        if len(head) >= self._most_bytes:
                            break
        finally:
            await response.aclose()
        return Answered(response.status_code, bytes(head[: self._most_bytes]), dict(response.headers))


def _words(error: httpx.HTTPError) -> str:
    """What went wrong, without what the receiver wrote."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"The certificate is not valid: {cause.verify_message}."
        if isinstance(cause, ssl.SSLError):
            return "No secure connection could be made."
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectTimeout):
        return f"The connection was not accepted within {_CONNECT_SECONDS:g} s."
    if isinstance(error, httpx.ConnectError):
        return "The connection was refused."
    return "The connection broke before there was an answer."
