"""How every list is asked for and answered: limit, skip, sort, order, cursor, count."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from stoa.shared.clock import in_utc
from stoa.shared.errors import MalformedInput

DEFAULT_LIMIT = 20
MOST_PER_PAGE = 100
DEEPEST_SKIP = 10_000
LONGEST_CURSOR = 512

Order = Literal["asc", "desc"]
Item = TypeVar("Item")


class PageQuery(BaseModel):
    """The part of a list's query string that all lists share."""

    model_config = ConfigDict(frozen=True)

    limit: Annotated[int, Field(ge=1, le=MOST_PER_PAGE, description="Items in one answer.")] = DEFAULT_LIMIT
    skip: Annotated[
        int,
        Field(
            ge=0,
            le=DEEPEST_SKIP,
            description="Items to leave out first. To read deeper, follow `next_cursor`.",
        ),
    ] = 0
    cursor: Annotated[
        Annotated[str, Field(max_length=LONGEST_CURSOR)] | None,
        BeforeValidator(lambda value: value or None),
        Field(description="The `next_cursor` of the page before; empty: the first page."),
    ] = None
    count: Annotated[bool, Field(description="Also answer `total`, the number of all matching items.")] = False


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    limit: int
    skip: int
    next_cursor: str | None = Field(description="Send it as `cursor` to get the next page; null on the last one.")
    total: int | None = Field(default=None, description="Only when `count=true` was asked.")


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of encoded items, as repositories hand it up."""

    items: list[str]
    next_cursor: str | None
    total: int | None = None


def page_json(page: Slice, *, limit: int, skip: int, **extra: object) -> bytes:
    """The documented answer of a list, from items that are JSON already."""
    tail: dict[str, object] = {"limit": limit, "skip": skip, "next_cursor": page.next_cursor, **extra}
    if page.total is not None:
        tail["total"] = page.total
    return b'{"items":[' + ",".join(page.items).encode() + b"]," + orjson.dumps(tail)[1:]


def encode_cursor(kind: str, *values: object) -> str:
    """An opaque place in a list: `kind` names the sort it belongs to."""
    return base64.urlsafe_b64encode(orjson.dumps([kind, *values], default=str)).rstrip(b"=").decode()


def decode_cursor(cursor: str, kind: str, *types: type) -> tuple[Any, ...]:
    """The values of a cursor, each read as its type. Raises MalformedInput for anything not made here."""
    broken = MalformedInput(
        "The cursor cannot be read. Send the `next_cursor` of an answer unchanged, with the same sort and filters."
    )
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(types) + 1 or values[0] != kind:
            raise broken
        return tuple(_read(value, wanted) for value, wanted in zip(values[1:], types, strict=True))
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise broken from None


def _read(value: object, wanted: type) -> object:
    if wanted is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return in_utc(moment)
    if wanted is UUID and isinstance(value, str):
        return UUID(value)
    if wanted is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
        return value
    if wanted is str and isinstance(value, str) and "\0" not in value:
        return value
    raise ValueError(value)
