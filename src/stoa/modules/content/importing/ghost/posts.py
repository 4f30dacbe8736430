"""What a post of Ghost says of itself: kind, state, dates, whose it is, and its comments. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from stoa.modules.content.importing.dates import parse_date
from stoa.modules.content.importing.html.converter import plain_words, to_markdown
from stoa.modules.content.importing.items import SourceComment
from stoa.modules.content.importing.values import line_of

Row = Mapping[str, Any]
_LONGEST_TEASER = 1000
_STATES: dict[str, Literal["visible", "held", "rejected"]] = {
    "published": "visible", "hidden": "rejected",
}  # fmt: skip


def kind_of(post: Row) -> Literal["article", "page"]:
    return "page" if post.get("type") == "page" or post.get("page") in {1, "1", "true"} else "article"


def state(post: Row) -> tuple[bool, tuple[str, ...]]:
    """Whether it becomes a draft, and what is to be said of that."""
    status = str(post.get("status") or "published")
    if status in {"published", "scheduled"}:
        return False, ()
    if status == "sent":
        return True, ("it went out by mail alone: it is a draft now",)
    return True, () if status == "draft" else (f"its state '{status[:40]}' is not known here: it is a draft now",)


def moment(value: Any) -> datetime | None:
    """A date as text, or in milliseconds as old versions have it."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 32_503_680_000_000:
        return datetime.fromtimestamp(value / 1000, UTC)
    return parse_date(value)


def visibility(post: Row) -> tuple[Literal["public", "members"], tuple[str, ...]]:
    said = str(post.get("visibility") or "public")
    if said == "public":
        return "public", ()
    warning = f"it was for '{said[:60]}': it is for all members now"
    return "members", () if said == "members" else (warning,)


def teaser(value: Any) -> str | None:
    return line_of(value, _LONGEST_TEASER)


def why_no_comment(comment: Row) -> str:
    status = str(comment.get("status") or "published")
    return "" if status in _STATES else f"'{status[:40]}' in Ghost"


def comment_of(comment: Row, names: Mapping[str, str]) -> SourceComment:
    parent = comment.get("in_reply_to_id") or comment.get("parent_id")
    return SourceComment(
        key=f"comment-{comment.get('id')}",
        body=to_markdown(str(comment.get("html") or ""), is_plain=True).text,
        author=names.get(str(comment.get("member_id")), "") or "Member",
        parent=f"comment-{parent}" if parent else None,
        created_at=moment(comment.get("created_at")),
        edited_at=moment(comment.get("edited_at")),
        status=_STATES[str(comment.get("status") or "published")],
    )


def first_words(html: str) -> str:
    words = plain_words(html).split()
    return line_of(" ".join(words[:8]) + ("…" if len(words) > 8 else ""), 200) or "Untitled"
