"""Tells a fault of the database, which passes and is nobody's failure, from a fault of a handler."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from stoa.shared.database import sqlstate

_GONE_CLASSES = ("08", "57", "53", "58")  # connection, operator's stop, no resources, system
_BUSY = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock timeout
_GONE = (PoolTimeout, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError)


class HandlerFailed(Exception):
    """A handler raised, or took longer than it may; the cause is in `__cause__`."""


def is_gone(error: BaseException) -> bool:
    """The database does not answer: wait, and do the same again."""
    if isinstance(error, DBAPIError):
        return (
            error.connection_invalidated or (sqlstate(error) or "").startswith(_GONE_CLASSES) or _is_gone_below(error)
        )
    return isinstance(error, _GONE)


def is_busy(error: BaseException) -> bool:
    """Somebody else was in the way: try again later, and count no failure."""
    return sqlstate(error.__cause__ or error) in _BUSY or sqlstate(error) in _BUSY


def _is_gone_below(error: DBAPIError) -> bool:
    below = error.orig.__cause__ if error.orig else None
    return isinstance(below, _GONE)


def words(error: BaseException) -> str:
    """The error for people, without what a database's message might quote."""
    cause = error.__cause__ if isinstance(error, HandlerFailed) and error.__cause__ else error
    if isinstance(cause, DBAPIError):
        return f"{type(cause.orig).__name__} {sqlstate(cause) or ''}".strip()
    return f"{type(cause).__name__}: {cause}"[:2000]
