"""SELECT statements compiled once, for connections that speak asyncpg. Only reading is accepted."""

from collections.abc import Mapping
from typing import Any, Self

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, literal_column
from sqlalchemy.dialects.postgresql import asyncpg

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves its dialects untyped


class Query:
    """A compiled SELECT: its SQL with `$1`, `$2` ... and the names of the values in that order.

    `Query(select(...).where(table.c.slug == bindparam("slug")))` is made once, at import or behind a cache keyed
    by its shape, and run many times as `reads.fetch(query, slug=...)`.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self._names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._constants: Mapping[str, Any] = {k: v for k, v in compiled.params.items() if v is not None}

    @classmethod
    def text(cls, sql: str, names: tuple[str, ...] = ()) -> Self:
        """A SELECT written by hand: `$1` is the first of `names`. Never built from a caller's words."""
        query = cls.__new__(cls)
        query.sql = sql
        query._names = names  # noqa: SLF001 # a second constructor
        query._constants = {}  # noqa: SLF001 # a second constructor
        return query

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """The values in the statement's order; a missing one is a programming error."""
        return [values[name] if name in values else self._constants[name] for name in self._names]


def containing(words: str) -> str:
    """The LIKE pattern for what holds these words; wildcards among them are plain, escaped by backslashes."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def json_object(**members: ColumnElement[Any]) -> ColumnElement[Any]:
    """JSON made by PostgreSQL. Keys are literals: as bound values they had the statement planned anew each time."""
    return json_object_of(members)


def json_object_of(members: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """As `json_object`, for members that are known as a mapping."""
    return func.json_build_object(*(part for key, column in members.items() for part in (_key(key), column)))


def _key(key: str) -> ColumnElement[str]:
    if not key.isidentifier():
        raise ValueError(f"{key!r} is not a member's name")
    return literal_column(f"'{key}'")
