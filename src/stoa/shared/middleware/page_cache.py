"""Public answers kept in the process, in front of the routes, with strong ETags.

Only answers marked `Cache-Control: public` to requests without credentials are kept, and only while the listener
that hears of changes is connected; so nobody is shown another's page, nor an old one. An answer with VERSION is
tagged with that version in front, public or not: its tag can be sent back in `If-Match`.
"""

import gzip
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

VERSION: Final = "x-stoa-version"
"""Header by which a route says which version it answers; it goes no further than here."""

_VERSION = VERSION.encode()
_LARGEST_ENTRY = 1_048_576
_SMALLEST_GZIP = 1024
_PRIVATE = {b"authorization", b"range"}
_SESSION = b"stoa_session="  # with or without `__Host-` in front; other cookies are no matter to the pages
_COMPRESSIBLE = (
    b"text/", b"application/json", b"application/feed+json", b"application/atom+xml", b"application/rss+xml",
    b"application/xml", b"image/svg+xml",
)  # fmt: skip
Header = tuple[bytes, bytes]


def entity_tag(body: bytes, version: int | None = None) -> str:
    """The strong tag of a body, without its quotes: `<version>-<hash>`, or the hash alone."""
    made = blake2b(body, digest_size=12).hexdigest()
    return made if version is None else f"{version}-{made}"


@dataclass(slots=True)
class Entry:
    """One kept answer: headers without lengths and tags, the body plain and, once asked for, compressed."""

    headers: list[Header]
    body: bytes
    tag: bytes
    may_compress: bool
    compressed: bytes | None = field(default=None)

    def size(self) -> int:
        return len(self.body) + len(self.compressed or b"") + 1024


class PageStore:
    """The kept answers of one process. `generation` changes whenever anything public may have changed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._bytes = 0
        self._open = False
        self.generation = 0

    def open(self) -> None:
        """Changes are heard of from now on."""
        self.clear()
        self._open = True

    def close(self) -> None:
        """Changes may go unheard: keep nothing until `open`."""
        self._open = False
        self.clear()

    @property
    def is_keeping(self) -> bool:
        """What was read at this `generation` holds until there is another."""
        return self._open and self._limit > 0

    def clear(self) -> None:
        self.generation += 1
        self._entries.clear()
        self._bytes = 0

    def get(self, key: bytes) -> Entry | None:
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: bytes, entry: Entry, generation: int) -> None:
        """Keep `entry`, unless something changed since the request that made it began."""
        if not self._open or generation != self.generation or len(entry.body) > _LARGEST_ENTRY:
            return
        old = self._entries.pop(key, None)
        self._bytes += entry.size() - (old.size() if old else 0)
        self._entries[key] = entry
        while self._bytes > self._limit and self._entries:
            self._bytes -= self._entries.popitem(last=False)[1].size()

    def compressed(self, entry: Entry) -> bytes:
        """The gzipped body, made on the second request for it."""
        if entry.compressed is None:
            entry.compressed = gzip.compress(entry.body, 6, mtime=0)
            self._bytes += len(entry.compressed)
        return entry.compressed


class PageCache:
    def __init__(self, app: ASGIApp, *, store: PageStore) -> None:
        self._app = app
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        asked = _Asked.of(scope)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        key = scope["raw_path"] + b"?" + scope["query_string"]
        entry = None if asked.private else self._store.get(key)
        if entry is not None:
            await self._answer(entry, asked, send, kept=True)
            return
        await self._app(scope, receive, _Recorder(self, key, asked, send).send)

    async def keep(self, key: bytes, entry: Entry, asked: "_Asked", send: Send, generation: int) -> None:
        if not asked.private and _is_public(dict(entry.headers)):
            self._store.put(key, entry, generation)
        await self._answer(entry, asked, send, kept=False)

    def generation(self) -> int:
        return self._store.generation

    async def _answer(self, entry: Entry, asked: "_Asked", send: Send, *, kept: bool) -> None:
        zipped = kept and asked.gzip and entry.may_compress
        tag = b'"' + entry.tag + (b"-gzip" if zipped else b"") + b'"'
        headers = [*entry.headers, (b"etag", tag)]
        if entry.may_compress:
            headers.append((b"vary", b"accept-encoding"))
        if entry.tag in asked.known_tags or b"*" in asked.known_tags:
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        body = self._store.compressed(entry) if zipped else entry.body
        if zipped:
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if asked.head else body})


@dataclass(frozen=True, slots=True)
class _Asked:
    private: bool
    gzip: bool
    head: bool
    known_tags: frozenset[bytes]

    @classmethod
    def of(cls, scope: Scope) -> "_Asked":
        private = False
        zipped = False
        known: frozenset[bytes] = frozenset()
        for name, value in scope["headers"]:
            if name in _PRIVATE or (name == b"cookie" and _SESSION in value):
                private = True
            elif name == b"accept-encoding":
                zipped = b"gzip" in value
            elif name == b"if-none-match":
                known = frozenset(_tags(value.split(b",")))
        return cls(private, zipped, scope["method"] == "HEAD", known)


def _tags(values: Iterable[bytes]) -> Iterable[bytes]:
    for value in values:
        yield value.strip().removeprefix(b"W/").strip(b'"').removesuffix(b"-gzip")


class _Recorder:
    """Holds an answer back until it is whole; then it is tagged, kept and sent. Streams pass through."""

    def __init__(self, cache: PageCache, key: bytes, asked: _Asked, send: Send) -> None:
        self._cache = cache
        self._key = key
        self._asked = asked
        self._send = send
        self._generation = cache.generation()
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_tagged(message):
            self._start = message
            return
        if self._start is None:
            await self._pass(message)
            return
        start, self._start = self._start, None
        if message.get("more_body", False):
            await self._send(start)
            await self._pass(message)
            return
        body = message.get("body", b"")
        await self._cache.keep(self._key, _entry(start, body), self._asked, self._send, self._generation)

    async def _pass(self, message: Message) -> None:
        if self._asked.head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _may_be_tagged(start: Message) -> bool:
    headers = dict(start["headers"])
    return start["status"] == 200 and b"etag" not in headers and (_is_public(headers) or _VERSION in headers)


def _is_public(headers: Mapping[bytes, bytes]) -> bool:
    return headers.get(b"cache-control", b"").startswith(b"public")


def _entry(start: Message, body: bytes) -> Entry:
    sent = dict(start["headers"])
    headers = [header for header in start["headers"] if header[0] not in {b"content-length", _VERSION}]
    version = int(sent[_VERSION]) if _VERSION in sent else None
    is_text = sent.get(b"content-type", b"").startswith(_COMPRESSIBLE)
    tag = entity_tag(body, version).encode()
    return Entry(headers, body, tag, may_compress=len(body) >= _SMALLEST_GZIP and is_text)
