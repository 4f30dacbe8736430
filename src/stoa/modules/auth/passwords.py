"""Passwords: which are taken, and argon2id in threads of its own. Never logged, never returned."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib import import_module
from typing import TypeVar

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from stoa.shared.errors import FieldFault, InvalidInput, Unavailable

T = TypeVar("T")
SHORTEST, LONGEST = 8, 256
# OWASP's minimum: 19 MiB, 2 passes, 1 lane; 18 ms here. Stored hashes with less are made anew at sign-in.
_ARGON2 = Argon2(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)


class WeakPassword(InvalidInput):
    title = "Choose another password"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(f"The password {message}.", faults=(FieldFault(field, message),))


class PasswordHasher:
    """Hashes in `threads` threads, so that the event loop goes on; `waiting` calls may stand in line."""

    def __init__(self, threads: int = 1, *, waiting: int = 100) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._waiting = 0
        self._most = waiting

    async def hash(self, password: str) -> str:
        return await self._run(partial(_hash, password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the password of that hash; without a hash False, after as long a time."""
        is_right = await self._run(partial(_is_right, stored, password))
        return is_right and stored is not None

    async def warm(self) -> None:
        """So that the first unknown address takes no longer than the others."""
        await self._run(_of_nobody)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._most:
            raise Unavailable("Too many people sign in at this moment. Try again in a few seconds.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


def needs_new_hash(stored: str) -> bool:
    """It was made with other parameters than those of now."""
    return _ARGON2.check_needs_rehash(stored)


def check_password(password: str, *personal: str | None, field: str = "body.password") -> None:
    """Raises WeakPassword for one that is too short or long, common, or one of `personal` (name, address)."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"needs at least {SHORTEST} characters", field)
    if len(password) > LONGEST:
        raise WeakPassword(f"has more than {LONGEST} characters", field)
    try:
        password.encode()
    except UnicodeEncodeError:
        raise WeakPassword("holds half a character (a lone surrogate)", field) from None
    plain = password.casefold()
    own = {part.casefold() for part in personal if part} | {
        part.partition("@")[0].casefold() for part in personal if part
    }
    if plain in own:
        raise WeakPassword("is your name or address: others would try that first", field)
    if plain in _common() or len(set(plain)) < 3:
        raise WeakPassword("is one of the most common: others would try it first", field)


@cache
def _common() -> frozenset[str]:
    """The 30,000 most common passwords of leaked lists, from the package zxcvbn; those long enough to be chosen."""
    lists = import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    return frozenset(word for word in lists["passwords"] if len(word) >= SHORTEST)


def _normal(password: str) -> bytes:
    """The same bytes whichever keyboard it was typed on. Half a character, which none has, is wrong and no fault."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _hash(password: str) -> str:
    return _ARGON2.hash(_normal(password))


@cache
def _of_nobody() -> str:
    """What is looked at where there is no account, so that it takes as long."""
    return _hash("nobody's password")


def _is_right(stored: str | None, password: str) -> bool:
    try:
        return _ARGON2.verify(stored or _of_nobody(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
