"""The importer of Ghost: its JSON, alone or with content/images beside it. Never writes and knows no database."""

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, ClassVar, Self

from stoa.modules.content.importing.bundles import Bundle
from stoa.modules.content.importing.errors import ItemRefused
from stoa.modules.content.importing.items import Outline, Picture, SourceArticle, SourceComment, Survey
from stoa.modules.content.importing.links import targets
from stoa.modules.content.importing.progress import Progress
from stoa.modules.content.importing.sources import Readable
from stoa.modules.content.importing.values import line_of, path_of, web_address_of
from stoa.modules.content.importing.weblinks import WebLinks

from . import posts
from .content import body_of
from .spool import Spool
from .survey import WANTED, Surveyor
from .tables import Tables

_BEGINS = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"(?:db|meta|data)"\s*:')
_USUAL_TAGS = 20


class GhostImporter:
    """One article for each post, a page for each page; the key is the id it has there."""

    kind: ClassVar[str] = "ghost"

    def __init__(self, path: Path, *, old_site: str | None = None) -> None:
        self._bundle = Bundle(path, ".json", is_ghost)
        self._links = WebLinks(self._bundle.picture)
        self._links.at(old_site)
        self._open = ExitStack()
        self._spool: Spool
        self._surveyor: Surveyor
        self.title = path.stem

    @classmethod
    def accepts(cls, path: Path) -> bool:
        return Bundle(path, ".json", is_ghost).holds_export()

    def __enter__(self) -> Self:
        self._open.enter_context(self._bundle)
        self._spool = self._open.enter_context(Spool())
        self._surveyor = Surveyor(self._spool, self._links)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def survey(self, progress: Progress) -> Survey:
        progress.begin("reading", 1)
        self._bundle.file.seek(0)
        Tables(self._bundle.file, WANTED, self._surveyor.take).read()
        progress.step()
        return self._surveyor.finish()

    def read(self, outline: Outline, slugs: Mapping[str, str]) -> SourceArticle:
        post = self._spool.get(self._surveyor.numbers[outline.key])
        number = str(post.get("id"))
        meta = self._meta(number)
        made = body_of(post)
        is_draft, said = posts.state(post)
        visibility, also = posts.visibility(post)
        tags, authors = self._surveyor.tags_of(number), self._surveyor.authors_of(number, post.get("author_id"))
        path = path_of(f"/{post.get('slug')}/") or ""
        cover = str(post.get("feature_image") or "").replace("__GHOST_URL__", "")
        resolved = self._links.resolve(dict.fromkeys([*targets(made.text), *([cover] if cover else [])]), path, slugs)
        has_cover = cover.startswith("https://") or cover in resolved.pictures
        return SourceArticle(
            key=outline.key,
            digest=hashlib.sha256(json.dumps([post, meta], sort_keys=True).encode()).hexdigest(),
            title=line_of(post.get("title"), 200) or posts.first_words(str(post.get("html") or "")),
            body=made.text,
            kind=outline.kind,
            published_at=posts.moment(post.get("published_at")),
            created_at=posts.moment(post.get("created_at")),
            updated_at=posts.moment(post.get("updated_at")),
            is_draft=is_draft,
            visibility=visibility,
            meta_title=posts.teaser(post.get("meta_title") or meta.get("meta_title")),
            meta_description=posts.teaser(post.get("meta_description") or meta.get("meta_description")),
            comments=self._comments(number),
            tags=tags,
            author=authors[0] if authors else None,
            excerpt=posts.teaser(post.get("custom_excerpt")),
            cover=cover if has_cover else None,
            cover_alt=line_of(meta.get("feature_image_alt") or post.get("feature_image_alt"), 1000) or "",
            canonical_url=_https(post.get("canonical_url")),
            language=_language(post.get("locale")),
            old_paths=(path,) if path and self._links.owns(outline.key, path) else (),
            links=resolved.links,
            pictures=resolved.pictures,
            warnings=(
                *said,
                *also,
                *_told(tags, authors, cover, has_cover=has_cover),
                *made.warnings,
                *resolved.warnings,
            ),
        )

    def open_picture(self, picture: Picture) -> AbstractContextManager[Readable]:
        return self._bundle.open_picture(picture)

    def _meta(self, number: str) -> dict[str, Any]:
        found = self._surveyor.metas.get(number)
        return {} if found is None else self._spool.get(found)

    def _comments(self, number: str) -> tuple[SourceComment, ...]:
        rows = [self._spool.get(place) for place in self._surveyor.comments.get(number, ())]
        try:
            return tuple(posts.comment_of(row, self._surveyor.names) for row in rows)
        except ItemRefused as error:
            raise ItemRefused(f"One of its comments cannot be read: {error.detail}") from None


def is_ghost(head: bytes) -> bool:
    return _BEGINS.match(head) is not None and any(
        mark in head for mark in (b'"version"', b'"posts"', b'"exported_on"')
    )


def _told(tags: tuple[str, ...], authors: list[str], cover: str, *, has_cover: bool) -> list[str]:
    found = []
    if len(tags) > _USUAL_TAGS:
        found.append(f"it has {len(tags)} tags; who edits it here has to choose {_USUAL_TAGS}")
    if len(authors) > 1:
        found.append(f"it has {len(authors)} authors; the first one is its author now")
    if cover and not has_cover:
        found.append(f"the cover '{cover[:120]}' is not taken: its file is not beside the JSON")
    return found


def _https(value: Any) -> str | None:
    address = web_address_of(value)
    return address if address and address.startswith("https://") else None


def _language(value: Any) -> str | None:
    text = line_of(value, 35)
    return text if text and re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}", text) else None
