"""Any server that speaks OpenAI's API, by its address. Bytes are passed on as they come; only their beginning is read.

aiohttp forwards six times as many calls as httpx does. Follows no redirect, keeps no cookie, uses no proxy.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import orjson

from stoa.modules.ai.providers.protocol import Ask, FaultKind, ProviderFault
from stoa.modules.ai.providers.reading import error_of
from stoa.shared.version import VERSION

_MOST_BYTES: Final = 32 * 1_048_576
_MOST_HEAD: Final = 65_536
_WORDS: Final = 4_096
_FIELDS: Final = (b"data:", b":", b"event:", b"id:", b"retry:")
_CONNECTIONS: Final = 500


@dataclass(frozen=True, slots=True)
class WireTimes:
    """In seconds: to connect, until the first bytes of an answer, between two pieces of it."""

    connect: float = 5.0
    first: float = 60.0
    idle: float = 30.0


class WireProvider:
    """`socket` is the path of a Unix socket, for servers of this machine."""

    def __init__(
        self, name: str, kind: str, base_url: str, times: WireTimes | None = None, *, socket: str | None = None
    ) -> None:
        self.name = name
        self.kind = kind
        self._base_url = base_url.rstrip("/")
        self._times = times or WireTimes()
        self._socket = socket
        self._session: aiohttp.ClientSession | None = None

    async def open(self, ask: Ask, secret: str | None) -> "WireAnswer":
        """Raises ProviderFault; see there for what may be tried elsewhere."""
        headers = {"content-type": "application/json", "accept": "text/event-stream" if ask.streams else "*/*"}
        try:
            async with asyncio.timeout(self._times.first):
                return await self._open(ask, {**headers, **_authorization(secret)})
        except TimeoutError:
            raise ProviderFault("timeout", f"{self.name} did not begin within {self._times.first:g} s.") from None
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(error) from None

    async def models(self, secret: str | None) -> list[str]:
        try:
            async with asyncio.timeout(self._times.first):
                response = await self._connected().get(
                    f"{self._base_url}/models", headers=_authorization(secret), allow_redirects=False
                )
                async with response:
                    if response.status != 200:
                        raise await self._fault(response)
                    return _names(await response.content.read(_MOST_HEAD * 16))
        except TimeoutError:
            raise ProviderFault("timeout", f"{self.name} did not answer within {self._times.first:g} s.") from None
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(error) from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _open(self, ask: Ask, headers: dict[str, str]) -> "WireAnswer":
        response = await self._connected().post(
            f"{self._base_url}/{ask.path}", data=orjson.dumps(ask.body), headers=headers, allow_redirects=False
        )
        try:
            if response.status != 200:
                raise await self._fault(response)  # noqa: TRY301 # hung up on below
            head = await self._head(response, streams=ask.streams)
        except BaseException:
            response.close()
            raise
        return WireAnswer(self.name, response, head, self._times.idle if ask.streams else None)

    async def _head(self, response: aiohttp.ClientResponse, *, streams: bool) -> bytes:
        """Until the first event, or the first bytes of a body; comments before it do not count."""
        head = await response.content.readany()
        while streams and head and b"data:" not in head and len(head) < _MOST_HEAD and _may_be_stream(head):
            more = await response.content.readany()
            if not more:
                break
            head += more
        begin = head.lstrip()[:1]
        if begin == b"{" and not streams:
            return head
        if streams and b"data:" in head and _may_be_stream(head):
            self._check_first_event(head)
            return head
        if begin == b"{" and (told := error_of(_json(head + await response.content.read(_WORDS)))):
            raise ProviderFault("server", f"{self.name}: {told}")
        raise ProviderFault("garbage", f"{self.name} answered something that is no answer of a model.")

    def _check_first_event(self, head: bytes) -> None:
        if b'"error"' not in head:
            return
        for line in head.split(b"\n"):
            told = error_of(_json(line[5:])) if line.startswith(b"data:") else None
            if told:
                raise ProviderFault("server", f"{self.name}: {told}")

    async def _fault(self, response: aiohttp.ClientResponse) -> ProviderFault:
        head = await response.content.read(_WORDS)
        status = response.status
        kind = _kind_of(status)
        words = error_of(_json(head)) or f"status {status}"
        detail = (
            f"{self.name} refuses the site's key ({status})." if kind == "unauthorised" else f"{self.name}: {words}"
        )
        return ProviderFault(
            kind, detail, upstream_status=status, retry_after=_seconds(response.headers.get("retry-after")),
            body_head=head,
        )  # fmt: skip

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = (
                aiohttp.UnixConnector(self._socket, limit=_CONNECTIONS)
                if self._socket
                else aiohttp.TCPConnector(limit=_CONNECTIONS, ttl_dns_cache=30)
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=True,
                headers={"user-agent": f"Stoa/{VERSION}", "accept-encoding": "identity"},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._times.connect),
            )
        return self._session

    def _unreachable(self, error: BaseException) -> ProviderFault:
        return ProviderFault("unreachable", f"{self.name} cannot be reached ({type(error).__name__}).")


class WireAnswer:
    """One open answer. `idle` bounds the pause between two pieces."""

    def __init__(self, name: str, response: aiohttp.ClientResponse, head: bytes, idle: float | None) -> None:
        self.content_type = response.content_type
        self._name = name
        self._response = response
        self._head = head
        self._idle = idle

    async def chunks(self) -> AsyncIterator[bytes]:
        size = len(self._head)
        yield self._head
        content = self._response.content
        try:
            while True:
                async with asyncio.timeout(self._idle):
                    chunk = await content.readany()
                if not chunk:
                    return
                size += len(chunk)
                if size > _MOST_BYTES:
                    raise ProviderFault("cut", f"{self._name} sent more than {_MOST_BYTES // 1_048_576} MiB.")
                yield chunk
        except TimeoutError:
            raise ProviderFault("cut", f"{self._name} paused for more than {self._idle:g} s.") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderFault("cut", f"{self._name} broke off ({type(error).__name__}).") from None

    async def close(self) -> None:
        """A connection whose answer is not whole is not used again."""
        if self._response.content.is_eof():
            self._response.release()
        else:
            self._response.close()


def _authorization(secret: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"} if secret else {}


def _kind_of(status: int) -> FaultKind:
    if status in {401, 402, 403}:
        return "unauthorised"
    if status == 429:
        return "rate"
    if 300 <= status < 400:
        return "garbage"
    return "refused" if 400 <= status < 500 and status != 408 else "server"


def _may_be_stream(head: bytes) -> bool:
    """Also of its first bytes only, however few came."""
    begin = head.lstrip()
    return any(begin.startswith(mark) or mark.startswith(begin) for mark in _FIELDS)


def _json(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _names(body: bytes) -> list[str]:
    told = _json(body)
    items = told.get("data") if isinstance(told, dict) else None
    if not isinstance(items, list):
        raise ProviderFault("garbage", "The list of models is no list.")
    return [str(item["id"])[:200] for item in items[:2000] if isinstance(item, dict) and "id" in item]


def _seconds(written: str | None) -> float | None:
    try:
        return max(0.0, float(written)) if written else None
    except ValueError:
        return None
