"""The site's secret keys: the newest signs and seals, all of them verify and open; so keys change unnoticed.

Each purpose gets a key of its own, made from the secret by HMAC: what is signed for one means nothing to another.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stoa.shared.errors import InvalidInput, Unavailable
from stoa.shared.settings import Settings

SHORTEST = 32
_FILE = "secret-keys"
_KID = 12
_NONCE = 12


class CannotOpen(Unavailable):
    """What was sealed was changed, or its key is none of ours any more."""

    title = "A kept secret cannot be read"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of one purpose; `kid` names it without telling anything of it."""

    kid: str
    secret: bytes


class Keyring:
    """`secrets_` are at least 32 characters each, newest first. Raises InvalidInput for shorter ones."""

    def __init__(self, secrets_: Sequence[str]) -> None:
        if not secrets_ or any(len(secret) < SHORTEST for secret in secrets_):
            raise InvalidInput(f"A secret key needs at least {SHORTEST} characters.")
        self._secrets = [secret.encode() for secret in secrets_]

    def newest(self, purpose: str) -> SigningKey:
        return _derived(self._secrets[0], purpose)

    def by_kid(self, purpose: str) -> Mapping[str, bytes]:
        """Every key of that purpose under its name."""
        keys = [_derived(secret, purpose) for secret in self._secrets]
        return {key.kid: key.secret for key in keys}

    def sign(self, purpose: str, message: bytes) -> str:
        """A signature of 64 hexadecimal digits."""
        return _signature(self.newest(purpose).secret, message)

    def verify(self, purpose: str, message: bytes, signature: str) -> bool:
        return any(
            hmac.compare_digest(_signature(secret, message).encode(), signature.encode())
            for secret in self.by_kid(purpose).values()
        )

    def seal(self, purpose: str, content: bytes) -> bytes:
        """`content` for nobody but this site (AES-256-GCM), with the key's name in front."""
        key = self.newest(_sealing(purpose))
        nonce = os.urandom(_NONCE)
        kid = key.kid.encode()
        return kid + nonce + AESGCM(key.secret).encrypt(nonce, content, kid)

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """What was sealed for that purpose, by any key that is still there. Raises CannotOpen."""
        kid, nonce, box = sealed[:_KID], sealed[_KID : _KID + _NONCE], sealed[_KID + _NONCE :]
        secret = self.by_kid(_sealing(purpose)).get(kid.decode("ascii", "replace"))
        if secret is None:
            raise CannotOpen(
                f"The {purpose} was sealed with a key that this site has no more. Put that key back, behind the newest."
            )
        try:
            return AESGCM(secret).decrypt(nonce, box, kid)
        except (InvalidTag, ValueError):
            raise CannotOpen(f"The {purpose} was changed since it was sealed. Set it anew.") from None


def keyring_of(settings: Settings, folder: Path) -> Keyring:
    """The keys of the settings, else those kept in the data folder."""
    chosen = settings.accounts.secret_keys
    if chosen is None:
        return kept_in(folder)
    return Keyring([key.strip() for key in chosen.get_secret_value().split(",") if key.strip()])


def kept_in(folder: Path) -> Keyring:
    """The keys kept in `folder`, one a line, newest first; made there on first use, for its owner's eyes only."""
    path = folder / _FILE
    if not path.exists():
        _write(path, [secrets.token_urlsafe(48)], replace=False)
    return Keyring(path.read_text(encoding="utf-8").split())


def rotate(folder: Path, *, keep: int = 2) -> None:
    """Put a new key before the ones in `folder`; the newest `keep` of those stay, what they signed stays valid."""
    kept_in(folder)
    path = folder / _FILE
    _write(path, [secrets.token_urlsafe(48), *path.read_text(encoding="utf-8").split()[:keep]], replace=True)


def _write(path: Path, lines: Sequence[str], *, replace: bool) -> None:
    """Whole or not at all; of two processes that make the first key at once, one wins and both read the same."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if replace:
            temporary.replace(path)
            return
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return
    finally:
        temporary.unlink(missing_ok=True)


def _sealing(purpose: str) -> str:
    """A key that signs never seals."""
    return f"{purpose}/seal"


def _derived(secret: bytes, purpose: str) -> SigningKey:
    kid = hmac.digest(secret, f"{purpose}/kid".encode(), hashlib.sha256).hex()[:12]
    return SigningKey(kid, hmac.digest(secret, purpose.encode(), hashlib.sha256))


def _signature(secret: bytes, message: bytes) -> str:
    return hmac.digest(secret, message, hashlib.sha256).hex()
