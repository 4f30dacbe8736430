"""Access tokens (RFC 9068): made and read, nothing else. Only Stoa reads them, so they are signed with HMAC.

What a token says is never enough: the session it names must still be there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from stoa.modules.auth.errors import InvalidToken
from stoa.shared.clock import utc_now
from stoa.shared.keyring import Keyring

_ALGORITHM: Final = "HS256"
_TYPE: Final = "at+jwt"
_PURPOSE: Final = "access-token"
_LONGEST: Final = 2_048
_NEEDED: Final = ["exp", "iat", "iss", "aud", "sub", "sid"]


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: UUID
    session_id: UUID


class AccessTokens:
    """`issuer` is the public URL; the audience is its API."""

    def __init__(self, keyring: Keyring, *, issuer: str, minutes: int) -> None:
        self._keyring = keyring
        self._keys = keyring.by_kid(_PURPOSE)
        self._issuer = issuer
        self._audience = f"{issuer}/api"
        self._life = timedelta(minutes=minutes)

    @property
    def seconds(self) -> int:
        return int(self._life.total_seconds())

    def make(self, user_id: UUID, session_id: UUID, now: datetime | None = None) -> str:
        key = self._keyring.newest(_PURPOSE)
        issued = now or utc_now()
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": issued,
            "exp": issued + self._life,
        }
        return jwt.encode(claims, key.secret, algorithm=_ALGORITHM, headers={"kid": key.kid, "typ": _TYPE})

    def read(self, token: str) -> Claims:
        """Raises InvalidToken for everything that was not made here, for here, a short time ago."""
        if len(token) > _LONGEST:
            raise InvalidToken
        try:
            header = jwt.get_unverified_header(token)
            claims = self._decoded(token, header)
            return Claims(UUID(claims["sub"]), UUID(claims["sid"]))
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, KeyError, RecursionError, OverflowError):
            raise InvalidToken from None

    def _decoded(self, token: str, header: dict[str, Any]) -> dict[str, Any]:
        kid = header.get("kid")
        if header.get("typ") != _TYPE or header.get("alg") != _ALGORITHM or not isinstance(kid, str):
            raise InvalidToken
        secret = self._keys.get(kid)
        if secret is None:
            raise InvalidToken
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            audience=self._audience,
            issuer=self._issuer,
            options={"require": _NEEDED},
        )
        return claims
