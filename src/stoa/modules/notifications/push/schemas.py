"""Push subscriptions on the wire, as browsers hand them out (Push API, PushSubscription.toJSON)."""

import base64
import binascii
from typing import Annotated
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

LONGEST_ENDPOINT = 2000
_POINT_BYTES = 65
_AUTH_BYTES = 16


def _point(value: str) -> str:
    raw = _decoded(value)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        raw = b""
    if len(raw) != _POINT_BYTES:
        raise ValueError("must be an uncompressed point of P-256: 65 bytes in base64url")
    return _plain(raw)


def _auth(value: str) -> str:
    raw = _decoded(value)
    if len(raw) != _AUTH_BYTES:
        raise ValueError("must be 16 bytes in base64url")
    return _plain(raw)


def _decoded(value: str) -> bytes:
    """Empty for what is no base64url, which then has the wrong length."""
    try:
        return base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class SubscriptionKeys(BaseModel):
    """What only this browser can read is encrypted for."""

    model_config = ConfigDict(extra="forbid")

    p256dh: Annotated[str, Field(max_length=100), AfterValidator(_point)]
    auth: Annotated[str, Field(max_length=40), AfterValidator(_auth)]


class SubscriptionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    endpoint: Annotated[str, Field(min_length=1, max_length=LONGEST_ENDPOINT, description="An https address.")]
    keys: SubscriptionKeys


class SubscriptionOut(BaseModel):
    id: UUID
    device: str = Field(description='What the browser says it is: "Firefox on Linux".')
    endpoint: str
    created_at: AwareDatetime


class SubscriptionList(BaseModel):
    items: list[SubscriptionOut]


class ServerKey(BaseModel):
    key: str = Field(description="The `applicationServerKey` that browsers subscribe with, in base64url.")
