"""The importer of WordPress: a WXR file, alone or with wp-content/uploads beside it. Never writes."""

import hashlib
import io
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar, Self
from xml.sax.saxutils import quoteattr

from stoa.modules.content.importing.bundles import Bundle
from stoa.modules.content.importing.errors import ItemRefused, SourceRefused
from stoa.modules.content.importing.html.converter import plain_words
from stoa.modules.content.importing.items import Outline, Picture, SourceArticle, Survey
from stoa.modules.content.importing.links import targets
from stoa.modules.content.importing.progress import Progress
from stoa.modules.content.importing.sources import Readable
from stoa.modules.content.importing.values import line_of
from stoa.modules.content.importing.weblinks import WebLinks
from stoa.shared.slugs import make_slug

from . import posts
from .comments import comments_of
from .content import body_of
from .survey import Surveyor
from .wxr import Element, WxrReader

_USUAL_TAGS = 20
_STEPS = 100


class WordPressImporter:
    """One article for each post, a page for each page; the key is the type with the number it has there."""

    kind: ClassVar[str] = "wordpress"

    def __init__(self, path: Path, *, old_site: str | None = None) -> None:
        self._bundle = Bundle(path, ".xml", is_wxr)
        self._links = WebLinks(self._bundle.picture)
        self._surveyor = Surveyor(self._links, lambda url: self._bundle.picture(url) is not None)
        self._envelope = b""
        self._old_site = old_site
        self._language: str | None = None
        self.title = path.stem

    @classmethod
    def accepts(cls, path: Path) -> bool:
        return Bundle(path, ".xml", is_wxr).holds_export()

    def __enter__(self) -> Self:
        self._bundle.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._bundle.__exit__()

    def survey(self, progress: Progress) -> Survey:
        reader = WxrReader(self._surveyor.take)
        size = self._bundle.file.seek(0, io.SEEK_END)
        if self._bundle.file.seek(0) == 0 and self._bundle.file.read(2) in {b"\xff\xfe", b"\xfe\xff"}:
            raise SourceRefused("The file is written in UTF-16. Save it as UTF-8.")
        self._bundle.file.seek(0)
        progress.begin("reading", _STEPS)
        reader.read(self._bundle.file, _Steps(progress, size).to)
        if "wxr_version" not in reader.head:
            raise SourceRefused("The file says no wxr_version: it is RSS, but no export of WordPress.")
        self._note(reader)
        return self._surveyor.finish()

    def read(self, outline: Outline, slugs: Mapping[str, str]) -> SourceArticle:
        content = self._slice(outline.key)
        item = self._item(content)
        number = item.get("post_id")
        made = body_of(item.get("content:encoded"), lambda ids: self._surveyor.library.gallery(ids, number))
        found, told = comments_of(item.comments)
        is_draft, warnings = posts.state(item)
        cover, alt, pictures, why = self._cover(item)
        resolved = self._links.resolve(targets(made.text), self._surveyor.places[outline.key].path, slugs)
        return SourceArticle(
            key=outline.key,
            digest=hashlib.sha256(content).hexdigest(),
            title=posts.title_of(item) or posts.title_from(plain_words(item.get("content:encoded"))),
            body=made.text,
            kind=outline.kind,
            published_at=posts.published_at(item),
            updated_at=posts.changed_at(item),
            is_draft=is_draft,
            has_comments=item.get("comment_status") != "closed",
            meta_title=posts.meta_of(item, "_yoast_wpseo_title", "rank_math_title"),
            meta_description=posts.meta_of(item, "_yoast_wpseo_metadesc", "rank_math_description"),
            comments=found,
            tags=_tags(item),
            author=self._surveyor.authors.get(posts.creator_of(item)),
            excerpt=posts.teaser(item.get("excerpt:encoded")),
            cover=cover,
            cover_alt=alt,
            language=self._language,
            old_paths=tuple(path for path in posts.old_paths(item) if self._links.owns(outline.key, path)),
            links=resolved.links,
            pictures=resolved.pictures | pictures,
            warnings=(*warnings, *why, *told, *self._circle(number), *_many(item), *made.warnings, *resolved.warnings),
        )

    def open_picture(self, picture: Picture) -> AbstractContextManager[Readable]:
        return self._bundle.open_picture(picture)

    def _note(self, reader: WxrReader) -> None:
        head = reader.head
        for site in (head.get("base_blog_url"), head.get("link"), self._old_site):
            self._links.at(site)
        self.title = line_of(head.get("title", ""), 200) or self.title
        told = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in reader.namespaces.items())
        version = f"<wp:wxr_version>{head['wxr_version']}</wp:wxr_version>"
        self._envelope = f"<rss{told}><channel>{version}".encode()

    def _slice(self, key: str) -> bytes:
        place = self._surveyor.places[key]
        self._bundle.file.seek(place.start)
        return self._bundle.file.read(place.end - place.start)

    def _item(self, content: bytes) -> Element:
        found: list[Element] = []
        WxrReader(found.append, keeps_content=True).feed(self._envelope + content + b"</item></channel></rss>")
        if not found:
            raise ItemRefused("The item cannot be read a second time: the file was changed meanwhile.")
        return found[0]

    def _cover(self, item: Element) -> tuple[str | None, str, dict[str, Picture], tuple[str, ...]]:
        """The featured image: its file when it is at hand, else its address when a page may show that."""
        image = self._surveyor.library.images.get(item.metas.get("_thumbnail_id", "").strip())
        if image is None:
            return None, "", {}, ()
        if picture := self._bundle.picture(image.url):
            return image.url, image.alt, {image.url: picture}, ()
        if image.url.startswith("https://"):
            return image.url, image.alt, {}, ()
        return None, "", {}, (f"the cover '{image.url[:120]}' is not taken: its file is not beside the XML",)

    def _circle(self, number: str) -> tuple[str, ...]:
        parents, here, seen = self._surveyor.parents, number, set[str]()
        while here in parents and here not in seen:
            seen.add(here)
            here = parents[here]
        return ("the pages above it lead in a circle",) if here in seen else ()


class _Steps:
    """Tells a hundredth of the file at a time."""

    def __init__(self, progress: Progress, size: int) -> None:
        self._progress = progress
        self._size = max(size, 1)
        self._told = 0

    def to(self, place: int) -> None:
        while self._told < place * _STEPS // self._size:
            self._told += 1
            self._progress.step()


def is_wxr(head: bytes) -> bool:
    return b"<rss" in head and (b"wordpress.org/export" in head or b"wxr_version" in head)


def _tags(item: Element) -> tuple[str, ...]:
    found = (make_slug(slug, fallback=make_slug(name, fallback="tag")) for slug, name in posts.terms(item))
    return tuple(dict.fromkeys(found))


def _many(item: Element) -> tuple[str, ...]:
    count = len(_tags(item))
    return (f"it has {count} tags; who edits it here has to choose {_USUAL_TAGS}",) if count > _USUAL_TAGS else ()
