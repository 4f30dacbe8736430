"""A browser as a push service and a site know it: its keys, and what it makes of a push message."""

import base64
import secrets
from typing import Any

import http_ece  # type: ignore[import-untyped] # it has none
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class TestBrowser:
    """Only what is encrypted for its keys can be read."""

    __test__ = False

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._auth = secrets.token_bytes(16)

    def subscription(self, endpoint: str) -> dict[str, Any]:
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": endpoint, "keys": {"p256dh": plain(point), "auth": plain(self._auth)}}

    def read(self, body: bytes) -> Any:
        """The JSON of a push message. Raises for what is for somebody else."""
        return orjson.loads(
            http_ece.decrypt(body, private_key=self._private, auth_secret=self._auth, version="aes128gcm")
        )


def plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
