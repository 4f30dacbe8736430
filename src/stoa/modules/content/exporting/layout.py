"""How an export looks: which file holds what. Pure; the same site gives the same bytes. Docs: docs/exporting.md."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

FORMAT: Final = "stoa"
VERSION: Final = 1
_FIELDS = (
    "slug", "title", "kind", "status", "publish_at", "published_at", "created_at", "updated_at", "author", "tags",
    "excerpt", "summary", "cover_url", "cover_alt", "language", "visibility", "has_comments", "canonical_url",
    "meta_title", "meta_description", "aliases",
)  # fmt: skip
_TIMES = {"date", "publish_at", "published_at", "created_at", "updated_at"}
_UNSAFE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class ExportedFile:
    path: str
    content: bytes

    @property
    def is_packed(self) -> bool:
        """Pictures are as small as they get."""
        return self.path.startswith("media/")


def article_file(article: Mapping[str, Any]) -> ExportedFile:
    """Front matter that static site generators read too (`date`, `draft`, `aliases`), then the text as written."""
    lines = [_line(name, article[name]) for name in _FIELDS if article[name] is not None]
    date = article["published_at"] or article["publish_at"]
    if date:
        lines.append(_line("date", date))
    lines.append(_line("draft", article["status"] != "published"))
    folder = "pages" if article["kind"] == "page" else "articles"
    text = f"---\n{''.join(lines)}---\n{article['body']}"
    return ExportedFile(f"{folder}/{article['slug']}.md", text.encode())


def comments_file(slug: str, comments: Sequence[Mapping[str, Any]]) -> ExportedFile | None:
    """The comments below an article, oldest first; what answers a deleted one answers the one above it."""
    by_id = {comment["id"]: comment for comment in comments}
    living = [one for one in comments if not one["is_deleted"]]
    parents = {one["id"]: _living_parent(one, by_id) for one in living}
    answers = Counter(parents.values())
    living.sort(key=lambda one: (*_age(one), -answers[one["id"]]))
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for one in living:
        keys[one["id"]] = _key(one, taken)
    told = [_comment(one, keys[one["id"]], keys.get(parents[one["id"]] or "")) for one in living]
    return ExportedFile(f"comments/{slug}.json", _json(told)) if told else None


def list_file(path: str, items: Iterable[Mapping[str, Any]]) -> ExportedFile:
    """A YAML list of mappings; empty values are left out."""
    lines = []
    for item in items:
        filled = [_line(name, value) for name, value in item.items() if value not in (None, "", [])]
        lines.append("- " + "  ".join(filled))
    return ExportedFile(path, "".join(lines).encode() or b"[]\n")


def site_file(site_name: str, language: str, counts: Mapping[str, int]) -> ExportedFile:
    about = {"format": FORMAT, "version": VERSION, "site": site_name, "language": language, "counts": dict(counts)}
    return ExportedFile("stoa.json", _json(about))


def _comment(one: Mapping[str, Any], key: str, parent: str | None) -> dict[str, Any]:
    told = {
        "key": key, "parent": parent, "author": one["username"], "guest": one["guest_name"], "url": one["guest_url"],
        "status": one["status"], "created_at": one["created_at"], "edited_at": one["edited_at"], "body": one["body"],
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def _living_parent(one: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> str | None:
    parent = by_id.get(one["parent_id"])
    while parent is not None and parent["is_deleted"]:
        parent = by_id.get(parent["parent_id"])
    return parent["id"] if parent else None


def _age(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return one["created_at"], one["username"] or one["guest_name"], one["body"]


def _key(one: Mapping[str, Any], taken: set[str]) -> str:
    """The same in every export and on every site: made of when and by whom, not of where it stands."""
    writer = f"@{one['username']}" if one["username"] else one["guest_name"]
    base = re.sub(r"[^0-9]", "", one["created_at"]) + "-" + hashlib.sha256(writer.encode()).hexdigest()[:8]
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    taken.add(key)
    return key


def _line(name: str, value: Any) -> str:
    return f"{name}: {value if name in _TIMES else _scalar(value)}\n"


def _scalar(value: Any) -> str:
    """JSON is YAML, but for characters that YAML takes for line ends."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
