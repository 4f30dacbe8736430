"""Comments that come from another site, as whoever imports hands them over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from stoa.shared.markdown.document import Rendered


@dataclass(frozen=True, slots=True)
class ImportedComment:
    """`key` is the source's own. One with `known_id` is here already: with `rendered` it is changed, without it stays.

    With `author_id` it is an account's, else the guest's of that name.
    """

    key: str
    parent_key: str | None
    known_id: UUID | None
    author_id: UUID | None
    guest_name: str | None
    guest_url: str | None
    body: str
    rendered: Rendered | None
    created_at: datetime
    status: Literal["visible", "held", "rejected"] = "visible"
    edited_at: datetime | None = None
