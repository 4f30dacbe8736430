"""Opaque secrets that we hand out: made at random, kept only as hashes, known by how they begin."""

import hashlib
import re
import secrets
from typing import Final

KEY_BEGINS: Final = "stoa_"
_KEY = re.compile(r"stoa_[A-Za-z0-9_-]{40,64}")
_OPAQUE = re.compile(r"[A-Za-z0-9_-]{32,128}")


def new_secret() -> str:
    """43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def new_api_key() -> str:
    return f"{KEY_BEGINS}{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> bytes:
    """SHA-256 is enough for what is random: nobody can guess it, so nothing need be slow."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def looks_like_api_key(value: str) -> bool:
    return _KEY.fullmatch(value) is not None


def looks_opaque(value: str) -> bool:
    return _OPAQUE.fullmatch(value) is not None
