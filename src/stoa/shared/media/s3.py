"""Pictures as objects of S3 or a store that speaks like it. Keys are secrets and go nowhere but to that store."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from stoa.shared.errors import Unavailable
from stoa.shared.settings_parts import MediaSettings

from .images import EncodedImage, StoredImage
from .names import MediaName, parse_address, parse_name
from .store import FOR_EVER, Opened

log = structlog.get_logger("stoa.media")
_NOT_THERE = (NotFoundError, FileNotFoundError)  # the library raises the one or the other
_SILENT = timedelta(seconds=10)
_LONGEST = timedelta(seconds=60)


class ObjectStore:
    """Objects at `<prefix>/ab/cdef…-640x480.webp`, each with its type and the promise never to change."""

    def __init__(self, settings: MediaSettings) -> None:
        self.public_url = settings.s3_public_url.rstrip("/") if settings.s3_public_url else None
        self._place = f"in the bucket {settings.s3_bucket} at {settings.s3_endpoint or 'AWS'}"
        self._prefix = f"{settings.s3_prefix.strip('/')}/" if settings.s3_prefix.strip("/") else ""
        self._store = _made(settings)

    def keep(self, image: EncodedImage) -> StoredImage:
        with _answering():
            if not self.has(image.name):
                for name, content in (*image.smaller, (image.name, image.content)):  # the largest last: then all are
                    self._put(name, content)
        return image.stored

    def read(self, url: str) -> bytes | None:
        name = parse_address(url)
        if name is None:
            return None
        with _answering():
            try:
                return bytes(obstore.get(self._store, self._key(name.text)).bytes())
            except _NOT_THERE:
                return None

    def remove(self, url: str) -> None:
        name = parse_address(url)
        with _answering():
            for each in (name.largest, *name.forms) if name else ():
                self._delete(each)

    def has(self, name: str) -> bool:
        with _answering():
            try:
                obstore.head(self._store, self._key(name))
            except _NOT_THERE:
                return False
            return True

    async def open(self, name: str) -> Opened | None:
        if parse_name(name) is None:
            return None
        with _answering():
            try:
                found = await obstore.get_async(self._store, self._key(name))
            except _NOT_THERE:
                return None
            return Opened(found.meta["size"], pieces=_pieces(aiter(found.stream(min_chunk_size=256 * 1024))))

    def check(self) -> str:
        name = f"check-{secrets.token_hex(4)}"
        with _answering():
            obstore.put(self._store, self._key(name), b"stoa")
            obstore.get(self._store, self._key(name)).bytes()
            self._delete(name)
        return self._place

    def _put(self, name: str, content: bytes) -> None:
        parsed = parse_name(name)
        kind = parsed.type if isinstance(parsed, MediaName) else "application/octet-stream"
        attributes = {"Content-Type": kind, "Cache-Control": FOR_EVER}
        obstore.put(self._store, self._key(name), content, attributes=attributes, use_multipart=False)

    def _delete(self, name: str) -> None:
        try:
            obstore.delete(self._store, self._key(name))
        except _NOT_THERE:
            return

    def _key(self, name: str) -> str:
        return self._prefix + name


def _made(settings: MediaSettings) -> S3Store:
    access, secret = settings.s3_access_key, settings.s3_secret_key
    return S3Store(
        settings.s3_bucket,
        config={
            "region": settings.s3_region,
            "access_key_id": access,
            "secret_access_key": secret.get_secret_value() if secret else "",
            "virtual_hosted_style_request": not settings.s3_path_style,
            **({"endpoint": settings.s3_endpoint} if settings.s3_endpoint else {}),
        },
        client_options={
            "allow_http": (settings.s3_endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=3),
            "read_timeout": _SILENT,
            "timeout": _LONGEST,
        },
        retry_config={"max_retries": 2, "retry_timeout": _SILENT},
    )


@contextmanager
def _answering() -> Iterator[None]:
    """What the library says may hold addresses and parts of requests: only its kind is logged."""
    try:
        yield
    except (BaseError, OSError) as error:
        log.warning("the store of pictures does not answer", error=type(error).__name__)
        raise Unavailable("The store of pictures does not answer. Try again in a few seconds.") from None


async def _pieces(stream: AsyncIterator[object]) -> AsyncIterator[bytes]:
    with _answering():
        async for piece in stream:
            yield bytes(piece)  # type: ignore[call-overload] # the library's buffer
