"""A push message as it travels: its words for one browser alone (RFC 8291), and who sends it (RFC 8292).

The libraries are imported where they are used: they bring two more HTTP clients along, which only a worker's first
push need wait for.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from time import time
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from stoa.modules.notifications.push.keys import KeyPair
from stoa.modules.notifications.push.repository import Receiver

MOST_BYTES: Final = 3_900
"""Push services take 4,096; the encryption adds 103."""
TTL: Final = 86_400
_TOKEN_SECONDS: Final = 12 * 3600
_CUT: Final = 40


@dataclass(frozen=True, slots=True)
class Sealed:
    headers: Mapping[str, str]
    body: bytes


def sealed(receiver: Receiver, content: Mapping[str, Any], keys: KeyPair, contact: str) -> Sealed:
    """Ready to be posted to the receiver's endpoint. Takes milliseconds, the first time a second: not on the loop."""
    from py_vapid import Vapid02  # type: ignore[import-untyped] # noqa: PLC0415 # it has none; heavy, see above
    from pywebpush import WebPusher  # type: ignore[import-untyped] # noqa: PLC0415 # as above

    subscription = {"endpoint": receiver.endpoint, "keys": {"p256dh": receiver.p256dh, "auth": receiver.auth}}
    body: bytes = WebPusher(subscription).encode(payload(content), "aes128gcm")["body"]
    claims = {"aud": _origin(receiver.endpoint), "exp": int(time()) + _TOKEN_SECONDS, "sub": contact}
    signed = Vapid02(keys.private, conf={"no-strict": True}).sign(claims)
    headers = {
        "authorization": str(signed["Authorization"]),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(TTL),
        "urgency": "normal",
    }
    if tag := content.get("tag"):
        headers["topic"] = _topic(str(tag))
    return Sealed(headers, body)


def payload(content: Mapping[str, Any]) -> bytes:
    """The JSON that the service worker reads; of too many words as many as fit."""
    told = {name: str(content[name]) for name in ("title", "body", "url", "tag") if content.get(name)}
    while len(made := orjson.dumps(told)) > MOST_BYTES:
        longest = max(told, key=lambda name: len(told[name]))
        told[longest] = told[longest][: -max(_CUT, (len(made) - MOST_BYTES) // 4)].rstrip() + "..."
    return made


def _topic(tag: str) -> str:
    """What replaces an older one of the same topic that is still waiting: 32 characters of base64url at most."""
    return base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()[:24]).decode()


def _origin(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"
