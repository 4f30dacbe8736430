"""The first pass over a Ghost export: posts put aside on disk, who wrote them, their tags, and rows of the rest."""

from collections import defaultdict
from typing import Any

from stoa.modules.content.importing.errors import SourceRefused
from stoa.modules.content.importing.items import Outline, Row, SourceAuthor, SourceTag, Survey
from stoa.modules.content.importing.values import line_of, path_of, web_address_of
from stoa.modules.content.importing.weblinks import WebLinks
from stoa.shared.slugs import make_slug

from .posts import kind_of, why_no_comment
from .spool import Spool

WANTED = {"posts", "tags", "users", "posts_tags", "posts_authors", "posts_meta", "comments", "members"}
_TEXTS = {"html", "mobiledoc", "lexical"}
_LEFT = {"plaintext", "codeinjection_head", "codeinjection_foot"}
_MOST_KEPT = 2 * 1024 * 1024
_MOST_ROWS = 1_000_000


class Surveyor:
    """Takes the rows of all tables, in whatever order they come."""

    def __init__(self, spool: Spool, links: WebLinks) -> None:
        self.survey = Survey()
        self.numbers: dict[str, int] = {}
        self.tags: dict[str, SourceTag] = {}
        self.authors: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.metas: dict[str, int] = {}
        self.comments: defaultdict[str, list[int]] = defaultdict(list)
        self._tags_of: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._authors_of: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._spool = spool
        self._links = links
        self._count = self._rows = 0

    def take(self, table: str, row: dict[str, Any]) -> None:
        self._rows += 1
        if self._rows > _MOST_ROWS:
            raise SourceRefused(f"The export holds more than {_MOST_ROWS:,} rows. Import it in parts.")
        self._take(table, row)
        self.survey.check_size()

    def _take(self, table: str, row: dict[str, Any]) -> None:
        match table:
            case "posts":
                self._post(row)
            case "tags":
                self._tag(row)
            case "users":
                self._user(row)
            case "members":
                self.names[str(row.get("id"))] = (line_of(row.get("name"), 80) or "").partition("@")[0]
            case "posts_tags":
                self._tags_of[str(row.get("post_id"))].append((_order(row), str(row.get("tag_id"))))
            case "posts_authors":
                self._authors_of[str(row.get("post_id"))].append((_order(row), str(row.get("author_id"))))
            case "posts_meta":
                self.metas[str(row.get("post_id"))] = self._spool.add(row)
            case "comments":
                self._comment(row)

    def finish(self) -> Survey:
        for post, numbers in list(self.comments.items()):
            if f"post-{post}" not in self.numbers:
                self.survey.rows += [self._orphan(number) for number in numbers]
        return self.survey

    def tags_of(self, post: str) -> tuple[str, ...]:
        """Slugs in the order that Ghost shows them."""
        found = [self.tags[tag].slug for _, tag in sorted(self._tags_of.get(post, ())) if tag in self.tags]
        return tuple(dict.fromkeys(found))

    def authors_of(self, post: str, named: Any) -> list[str]:
        """Keys of the authors, the first one first."""
        ids = [author for _, author in sorted(self._authors_of.get(post, ()))] or [str(named)]
        return [self.authors[author] for author in ids if author in self.authors]

    def _post(self, row: dict[str, Any]) -> None:
        self._count += 1
        number, kind, title = str(row.get("id") or ""), kind_of(row), line_of(row.get("title"), 200) or ""
        key = f"post-{number[:60]}"
        if reason := self._why_failed(row, number, key):
            self.survey.rows.append(Row(f"{key}, post {self._count}", "failed", reason, title=title, kind=kind))
            return
        slug = make_slug(str(row.get("slug") or ""), fallback=make_slug(title, fallback="post"))
        self.numbers[key] = self._spool.add({name: value for name, value in row.items() if name not in _LEFT})
        self._links.add(key, [path for path in [path_of(f"/{row.get('slug')}/")] if path])
        self.survey.outlines.append(Outline(key, slug, _size(row), kind))

    def _why_failed(self, row: dict[str, Any], number: str, key: str) -> str:
        if not number:
            return "It has no id."
        if key in self.numbers:
            return f"The export holds the id {number[:60]} twice; the first one is imported."
        size = max(len(str(row.get(name) or "")) for name in _TEXTS)
        return f"Its text has {size:,} characters; {_MOST_KEPT:,} are allowed." if size > _MOST_KEPT else ""

    def _tag(self, row: dict[str, Any]) -> None:
        number, name = str(row.get("id")), line_of(row.get("name"), 80)
        if not name:
            return
        slug = make_slug(str(row.get("slug") or ""), fallback=make_slug(name, fallback="tag"))
        if name.startswith("#") or row.get("visibility") == "internal":
            reason = "an internal tag, which no reader sees"
            self.survey.rows.append(Row(f"tag-{number[:60]}", "skipped", reason, title=name, slug=slug, kind="tag"))
            return
        self.tags[number] = SourceTag(f"tag-{number[:60]}", slug, name)
        self.survey.tags.append(self.tags[number])

    def _user(self, row: dict[str, Any]) -> None:
        """The public face; password, mail and all else stay behind."""
        number, name = str(row.get("id")), (line_of(row.get("name"), 80) or "").partition("@")[0]
        slug = str(row.get("slug") or "")
        key = f"author-{number[:60]}"
        self.authors[number] = key
        self.survey.authors.append(
            SourceAuthor(
                key, name or slug or "Author", make_slug(slug, fallback="author") if slug else None,
                bio=line_of(row.get("bio"), 500) or "", website=web_address_of(row.get("website")),
            )
        )  # fmt: skip

    def _comment(self, row: dict[str, Any]) -> None:
        if reason := why_no_comment(row):
            self.survey.rows.append(Row(f"comment-{row.get('id')}", "skipped", reason, kind="comment"))
            return
        self.comments[str(row.get("post_id"))].append(self._spool.add(row))

    def _orphan(self, number: int) -> Row:
        key = f"comment-{self._spool.get(number).get('id')}"
        return Row(key, "skipped", "the item it stands below is not imported", kind="comment")


def _order(row: dict[str, Any]) -> int:
    value = row.get("sort_order")
    return value if isinstance(value, int) else 0


def _size(row: dict[str, Any]) -> int:
    return sum(len(str(row.get(name) or "")) for name in _TEXTS)
