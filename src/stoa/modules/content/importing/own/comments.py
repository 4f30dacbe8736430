"""The comments file of an export, read into comments of the source. Pure."""

import json
from collections.abc import Collection
from typing import Any, Literal, cast

from stoa.modules.content.importing.errors import ItemRefused
from stoa.modules.content.importing.items import SourceComment
from stoa.modules.content.importing.own.fields import Fields
from stoa.modules.content.importing.values import exact_line_of, web_address_of

_MOST = 100_000
_LONGEST = 10_000
_LONGEST_KEY = 100


def read_comments(name: str, content: bytes, authors: Collection[str]) -> tuple[SourceComment, ...]:
    """All comments of one article. Raises ItemRefused when the file is not what an export holds."""
    try:
        listed = json.loads(content)
    except (ValueError, RecursionError):
        raise ItemRefused(f"'{name}' is no JSON.") from None
    if not isinstance(listed, list) or len(listed) > _MOST or not all(isinstance(one, dict) for one in listed):
        raise ItemRefused(f"'{name}' must be a list of at most {_MOST:,} comments.")
    return tuple(_comment(one, authors) for one in listed)


def _comment(one: dict[str, Any], authors: Collection[str]) -> SourceComment:
    fields = Fields(one)
    key, body, username = fields.line("key", _LONGEST_KEY), one.get("body"), fields.line("author", 40)
    if key is None or not isinstance(body, str) or len(body) > _LONGEST or "\0" in body:
        raise ItemRefused(f"A comment must have a key and a body of at most {_LONGEST:,} characters.")
    return SourceComment(
        key=key,
        body=body,
        author=exact_line_of(one.get("guest"), 100) or username or "Anonymous",
        author_url=web_address_of(one.get("url")),
        parent=fields.line("parent", _LONGEST_KEY),
        created_at=fields.time("created_at"),
        edited_at=fields.time("edited_at"),
        status=cast("Literal['visible', 'held', 'rejected']", fields.one_of("status", "visible", "held", "rejected")),
        account=username if username in authors else None,
    )
