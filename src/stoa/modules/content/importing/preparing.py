"""From an outline to all that is to be written: read, compared, images kept, links rewritten, rendered. No database."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from stoa.shared.errors import StoaError, Unavailable
from stoa.shared.markdown.document import ARTICLE, COMMENT, Rendered, RenderOptions

from .errors import ItemRefused
from .items import Importer, Outline, Row, SourceArticle, SourceComment
from .links import rewrite
from .pictures import Pictures
from .repository import Record


class Renderer(Protocol):
    def render_many(self, items: Iterable[tuple[str, RenderOptions]]) -> AsyncIterator[Rendered | StoaError]: ...


@dataclass(frozen=True, slots=True)
class Changed:
    """An article that is new or changed, its links and images at their new addresses."""

    fingerprint: str
    body: str
    cover_url: str | None
    warnings: tuple[str, ...]


@dataclass(slots=True)
class PreparedComment:
    """A comment of the source; `rendered` when it is to be written, `fault` when it cannot be."""

    comment: SourceComment
    record_key: str
    fingerprint: str
    record: Record | None = None
    rendered: Rendered | None = None
    fault: str = ""


@dataclass(slots=True)
class Entry:
    """One outline on its way. `row` is its fate once that is decided without writing: unchanged or failed.

    Without one, `article`, `changed` and `rendered` are what is to be written.
    """

    outline: Outline
    record: Record | None
    article: SourceArticle | None = None
    changed: Changed | None = None
    rendered: Rendered | None = None
    row: Row | None = None
    comments: list[PreparedComment] = field(default_factory=list)

    def fail(self, reason: str) -> None:
        title = self.article.title if self.article else ""
        self.row = Row(self.outline.key, "failed", reason, title=title, kind=self.outline.kind)


class Preparer:
    """`options` is what else decides how an article looks, so that other options mean a changed article."""

    def __init__(
        self,
        importer: Importer,
        renderer: Renderer,
        pictures: Pictures,
        *,
        slugs: Mapping[str, str],
        options: tuple[str | None, ...],
    ) -> None:
        self._importer = importer
        self._renderer = renderer
        self._pictures = pictures
        self._slugs = slugs
        self._options = options

    async def read(self, outlines: Sequence[Outline], records: Mapping[str, Record]) -> list[Entry]:
        """Read these items and keep their pictures. Raises SourceRefused."""
        return await asyncio.to_thread(lambda: [self._read(one, records.get(one.key)) for one in outlines])

    async def render(self, entries: Sequence[Entry], records: Mapping[str, Record]) -> None:
        """Render what is new or changed; `records` are those of the comments. Raises Unavailable."""
        changed = [entry for entry in entries if entry.changed and not entry.row]
        for entry, made in zip(
            changed,
            await self._rendered((entry.changed.body, ARTICLE) for entry in changed if entry.changed),
            strict=True,
        ):
            if isinstance(made, Rendered):
                entry.rendered = made
            else:
                entry.fail(made.detail)
        comments = [one for entry in entries for one in entry.comments]
        for one in comments:
            one.record = records.get(one.record_key)
        wanted = [
            one
            for one in comments
            if not one.fault and (one.record is None or one.record.content_hash != one.fingerprint)
        ]
        for one, made in zip(wanted, await self._rendered((one.comment.body, COMMENT) for one in wanted), strict=True):
            if isinstance(made, Rendered):
                one.rendered = made
            else:
                one.fault = made.detail

    async def _rendered(self, texts: Iterable[tuple[str, RenderOptions]]) -> list[Rendered | StoaError]:
        made = [one async for one in self._renderer.render_many(texts)]
        for one in made:
            if isinstance(one, Unavailable):
                raise one
        return made

    def _read(self, outline: Outline, record: Record | None) -> Entry:
        entry = Entry(outline, record)
        try:
            article = entry.article = self._importer.read(outline, self._slugs)
        except ItemRefused as error:
            entry.fail(error.detail)
            return entry
        entry.comments = _prepared_all(outline.key, article.comments)
        fingerprint = article.fingerprint(*self._options)
        if record and record.content_hash == fingerprint:
            entry.row = Row(
                outline.key, "unchanged", title=article.title, slug=record.slug, kind=outline.kind
            )  # fmt: skip
        else:
            entry.changed = self._changed(article, fingerprint)  # images one by one: each may need 200 MB
        return entry

    def _changed(self, article: SourceArticle, fingerprint: str) -> Changed:
        new, warnings = self._pictures.addresses(article)
        cover = article.cover or ""
        return Changed(
            fingerprint=fingerprint,
            body=rewrite(article.body, {old: address for old, address in new.items() if old != address}),
            cover_url=new.get(cover) or (cover if "://" in cover else None),
            warnings=(*article.warnings, *warnings),
        )


def _prepared_all(article_key: str, comments: Sequence[SourceComment]) -> list[PreparedComment]:
    seen: set[str] = set()
    prepared = []
    for comment in comments:
        one = _prepared(article_key, comment)
        if comment.key in seen:
            one.fault = "the source holds this comment twice"
        seen.add(comment.key)
        prepared.append(one)
    return prepared


def _prepared(article_key: str, comment: SourceComment) -> PreparedComment:
    told = [
        comment.body, comment.author, comment.author_url, comment.parent, str(comment.created_at), comment.status,
        comment.account, str(comment.edited_at),
    ]  # fmt: skip
    fingerprint = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    name = hashlib.sha256(f"{article_key}\0{comment.key}".encode()).hexdigest()[:40]
    return PreparedComment(comment, f"comment:{name}", fingerprint)
