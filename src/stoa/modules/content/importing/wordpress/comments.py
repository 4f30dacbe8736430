"""Comments of an item: which come along, whose answer each is, and what is never kept: mail and IP addresses. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from stoa.modules.content.importing.dates import parse_date
from stoa.modules.content.importing.errors import ItemRefused
from stoa.modules.content.importing.html.converter import to_markdown
from stoa.modules.content.importing.items import Row, SourceComment
from stoa.modules.content.importing.values import line_of, web_address_of

_LONGEST_NAME = 80
_STATES = {"1": "visible", "approve": "visible", "0": "held", "hold": "held"}
_SKIPPED = {"spam": "spam", "trash": "in the bin of WordPress", "post-trashed": "in the bin of WordPress"}


def key_of(comment: Mapping[str, str]) -> str:
    return f"comment-{comment.get('comment_id', '').strip()[:40]}"


def why_skipped(comment: Mapping[str, str]) -> str:
    """Why it stays behind, or nothing."""
    kind = comment.get("comment_type", "").strip()
    if kind in {"pingback", "trackback"}:
        return f"a {kind}, not a comment"
    if kind not in {"", "comment"}:
        return f"'{kind[:60]}' is not a comment"
    state = comment.get("comment_approved", "").strip()
    return _SKIPPED.get(state, "" if state in _STATES else f"its state '{state[:40]}' is not known")


def rows(comments: Sequence[Mapping[str, str]], *, reason: str = "") -> Iterator[Row]:
    """Rows of those that stay behind; with a reason all do."""
    for comment in comments:
        if why := reason or why_skipped(comment):
            yield Row(key_of(comment), "skipped", why, title=_author(comment), kind="comment")


def comments_of(comments: Sequence[Mapping[str, str]]) -> tuple[tuple[SourceComment, ...], tuple[str, ...]]:
    """Those that come along, and what is to be said."""
    parents = {_id(one): one.get("comment_parent", "0").strip() for one in comments}
    found, warnings = [], dict[str, None]()
    for comment in comments:
        if why_skipped(comment):
            continue
        parent = parents[_id(comment)]
        if _leads_in_circle(_id(comment), parents):
            warnings["comments that answer each other in a circle stand one by one"] = None
            parent = "0"
        found.append(_made(comment, parent))
    return tuple(found), tuple(warnings)


def _made(comment: Mapping[str, str], parent: str) -> SourceComment:
    return SourceComment(
        key=key_of(comment),
        body=_body(comment.get("comment_content", "")),
        author=_author(comment) or "Anonymous",
        author_url=web_address_of(comment.get("comment_author_url", "").strip()),
        parent=f"comment-{parent[:40]}" if parent not in {"", "0"} else None,
        created_at=parse_date(comment.get("comment_date_gmt", "")) or parse_date(comment.get("comment_date", "")),
        status="held" if _STATES.get(comment.get("comment_approved", "").strip()) == "held" else "visible",
    )


def _body(html: str) -> str:
    """Readers' Markdown knows no HTML: what only HTML can say is said in plain words there."""
    try:
        return to_markdown(html, has_breaks=True, is_plain=True).text
    except ItemRefused:
        return html


def _author(comment: Mapping[str, str]) -> str:
    name = line_of(comment.get("comment_author", ""), _LONGEST_NAME) or ""
    return name.partition("@")[0] if "@" in name and "." in name.rpartition("@")[2] else name


def _id(comment: Mapping[str, str]) -> str:
    return comment.get("comment_id", "").strip()


def _leads_in_circle(start: str, parents: Mapping[str, str]) -> bool:
    seen, here = {start}, parents.get(start, "0")
    while here in parents and len(seen) < 1000:
        if here == start:
            return True
        if here in seen:
            return False
        seen.add(here)
        here = parents[here]
    return False
