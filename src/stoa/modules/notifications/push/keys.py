"""The key pair by which push services know this site (VAPID, RFC 8292). Made once: browsers are bound to it."""

import base64
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.push.models import PushKey
from stoa.modules.notifications.push.repository import PushRepository
from stoa.shared.database import Database
from stoa.shared.keyring import Keyring

_PURPOSE: Final = "push key"
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """`public` is the `applicationServerKey` of browsers, in base64url."""

    public: str
    private: ec.EllipticCurvePrivateKey


class PushKeys:
    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    async def public(self) -> str:
        """The public half; the pair is made when there is none."""
        return (await self._database.transact(self._kept)).public_key

    async def pair(self) -> KeyPair:
        """Both halves, sealed anew by the newest key, to outlast the one before. Raises CannotOpen."""

        async def read(session: AsyncSession) -> tuple[str, bytes]:
            kept = await self._kept(session)
            raw = self._keyring.open(_PURPOSE, kept.private_key)
            kept.private_key = self._keyring.seal(_PURPOSE, raw)
            return kept.public_key, raw

        public, raw = await self._database.transact(read)
        return KeyPair(public, ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1()))

    async def _kept(self, session: AsyncSession) -> PushKey:
        push = PushRepository(session)
        kept = await push.key()
        if kept is None:
            made = ec.generate_private_key(ec.SECP256R1())
            raw = made.private_numbers().private_value.to_bytes(_BYTES)
            await push.add_key(_public_of(made), self._keyring.seal(_PURPOSE, raw))
            kept = await push.key()
        if kept is None:
            raise RuntimeError("the push key was deleted while it was made")
        return kept


def _public_of(private: ec.EllipticCurvePrivateKey) -> str:
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
