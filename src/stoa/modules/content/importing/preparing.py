"""From an outline to all that is to be written: read, compared, images kept, links rewritten, rendered. No database."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from stoa.shared.errors import StoaError, Unavailable
from stoa.shared.markdown.document import ARTICLE, Rendered, RenderOptions
from stoa.shared.media import MediaStore, encode_image

from .errors import ItemRefused
from .items import Importer, Outline, Picture, Row, SourceArticle
from .links import rewrite
from .repository import Record


class Renderer(Protocol):
    def render_many(self, items: Iterable[tuple[str, RenderOptions]]) -> AsyncIterator[Rendered | StoaError]: ...


@dataclass(frozen=True, slots=True)
class Changed:
    """An article that is new or changed, its links and images at their new addresses."""

    article: SourceArticle
    fingerprint: str
    body: str
    cover_url: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A changed article, ready to be written."""

    changed: Changed
    rendered: Rendered

    @property
    def article(self) -> SourceArticle:
        return self.changed.article

    @property
    def key(self) -> str:
        return self.article.key


@dataclass(slots=True)
class Batch:
    """What a few outlines became: articles to write, and rows of those where nothing is to be written."""

    prepared: list[Prepared] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


class Preparer:
    """`options` is what else decides how an article looks, so that other options mean a changed article."""

    def __init__(
        self,
        importer: Importer,
        renderer: Renderer,
        media: MediaStore,
        *,
        slugs: Mapping[str, str],
        options: tuple[str | None, ...],
        is_trial: bool,
    ) -> None:
        self._importer = importer
        self._renderer = renderer
        self._media = media
        self._slugs = slugs
        self._options = options
        self._is_trial = is_trial
        self._kept: dict[str, str | StoaError] = {}

    async def prepare(self, outlines: Sequence[Outline], records: Mapping[str, Record]) -> Batch:
        """Read and render these items. One that cannot be is a failed row. Raises SourceRefused, Unavailable."""
        batch = Batch()
        changed = await asyncio.to_thread(self._read_changed, outlines, records, batch)
        results = [made async for made in self._renderer.render_many((one.body, ARTICLE) for one in changed)]
        for one, made in zip(changed, results, strict=True):
            if isinstance(made, Rendered):
                batch.prepared.append(Prepared(one, made))
            elif isinstance(made, Unavailable):
                raise made
            else:
                batch.rows.append(Row(one.article.key, "failed", made.detail, title=one.article.title))
        return batch

    def _read_changed(self, outlines: Sequence[Outline], records: Mapping[str, Record], batch: Batch) -> list[Changed]:
        changed = []
        for outline in outlines:
            try:
                article = self._importer.read(outline, self._slugs)
            except ItemRefused as error:
                batch.rows.append(Row(outline.key, "failed", error.detail))
                continue
            record, fingerprint = records.get(article.key), article.fingerprint(*self._options)
            if record and record.content_hash == fingerprint:
                batch.rows.append(Row(article.key, "unchanged", title=article.title, slug=record.slug))
            else:
                changed.append(self._resolved(article, fingerprint))  # images one by one: each may need 200 MB
        return changed

    def _resolved(self, article: SourceArticle, fingerprint: str) -> Changed:
        new, warnings = self._addresses(article)
        cover = article.cover or ""
        return Changed(
            article=article,
            fingerprint=fingerprint,
            body=rewrite(article.body, new),
            cover_url=new.get(cover) or (cover if "://" in cover else None),
            warnings=(*article.warnings, *warnings),
        )

    def _addresses(self, article: SourceArticle) -> tuple[dict[str, str], list[str]]:
        new, warnings = dict(article.links), []
        for target, picture in article.pictures.items():
            kept = self._keep(picture)
            if isinstance(kept, str):
                new[target] = kept
            else:
                warnings.append(f"the image '{picture.name}' is not taken: {kept.detail}")
        return new, warnings

    def _keep(self, picture: Picture) -> str | StoaError:
        if picture.name not in self._kept:
            try:
                with self._importer.open_picture(picture) as file:
                    image = encode_image(file)
                self._kept[picture.name] = image.stored.url if self._is_trial else self._media.keep(image).url
            except StoaError as error:
                self._kept[picture.name] = error
        return self._kept[picture.name]
