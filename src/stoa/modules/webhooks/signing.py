"""Secrets and signatures as Standard Webhooks has them. Pure."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> bytes:
    return secrets.token_bytes(_BYTES)


def written(secret: bytes) -> str:
    """The secret as people copy it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def signed_headers(message_id: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The three headers; one signature for each key, divided by spaces."""
    content = f"{message_id}.{timestamp}.".encode() + body
    made = (base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in made),
    }
