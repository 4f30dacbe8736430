"""The first pass over a WXR file: places of the items, pictures of the library, tags, authors, and rows of the rest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from stoa.modules.content.importing.html.converter import plain_words
from stoa.modules.content.importing.items import Outline, Row, SourceAuthor, SourceTag, Survey
from stoa.modules.content.importing.values import line_of
from stoa.modules.content.importing.weblinks import WebLinks
from stoa.shared.slugs import make_slug

from . import comments
from .posts import creator_of, kind_of, old_paths, title_of, why_skipped
from .shortcodes import Image
from .wxr import LARGEST_ITEM, Element


@dataclass(slots=True)
class Library:
    """The media library: pictures by id, and by the item they were put up for."""

    images: dict[str, Image] = field(default_factory=dict)
    of_item: dict[str, list[str]] = field(default_factory=dict)

    def add(self, item: Element, url: str) -> None:
        number = item.get("post_id")
        alt = item.metas.get("_wp_attachment_image_alt", "").strip()[:500]
        self.images[number] = Image(number, url, alt, item.get("excerpt:encoded")[:1000])
        self.of_item.setdefault(item.get("post_parent"), []).append(number)

    def gallery(self, ids: str, item_id: str) -> list[Image]:
        wanted = [part.strip() for part in ids.split(",")] if ids.strip() else self.of_item.get(item_id, [])
        return [self.images[number] for number in wanted[:500] if number in self.images]


@dataclass(slots=True)
class Place:
    """Where an item lies in the file."""

    start: int
    end: int
    path: str = ""


class Surveyor:
    """Takes the elements one by one; `survey` is complete when the last one was taken."""

    def __init__(self, links: WebLinks, has_picture: Callable[[str], bool]) -> None:
        self.survey = Survey()
        self.places: dict[str, Place] = {}
        self.library = Library()
        self.authors: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        self._links = links
        self._has_picture = has_picture
        self._tags: dict[str, SourceTag] = {}
        self._ids: set[str] = set()
        self._pictures: list[tuple[str, str, str]] = []
        self._count = 0

    def take(self, element: Element) -> None:
        match element.name:
            case "item":
                self._item(element)
            case "author":
                self._author(element.get("author_login"), element.get("author_display_name"))
            case "category":
                self._tag("category", element.get("category_nicename"), element.get("cat_name"))
            case "tag":
                self._tag("tag", element.get("tag_slug"), element.get("tag_name"))
            case "term":
                self._term(element)
        self.survey.check_size(others=len(self._pictures))

    def finish(self) -> Survey:
        """Rows of the pictures, now that it is known which site they were on."""
        for key, title, url in self._pictures:
            self.survey.rows.append(self._picture_row(key, title, url))
        return self.survey

    def _item(self, item: Element) -> None:
        self._count += 1
        kind, number = item.get("post_type")[:60] or "post", item.get("post_id")[:40]
        key = f"{kind}-{number}" if number else f"{kind} without a number, item {self._count}"
        title = title_of(item)
        if kind == "attachment":
            self._attachment(item, key, title)
        elif reason := why_skipped(item):
            self._leave(item, Row(key, "skipped", reason, title=title, kind=kind_of(item) or "other"))
        elif reason := self._why_failed(item, number):
            row = Row(f"{key}, item {self._count}", "failed", reason, title=title, kind=kind_of(item) or "article")
            self._leave(item, row)
        else:
            self._article(item, key, title)

    def _why_failed(self, item: Element, number: str) -> str:
        if not number:
            return "It has no post_id."
        if number in self._ids:
            return f"The export holds the post_id {number} twice; the first one is imported."
        self._ids.add(number)
        if item.is_too_large:
            return f"It is larger than {LARGEST_ITEM // 1024 // 1024} MB."
        return ""

    def _article(self, item: Element, key: str, title: str) -> None:
        number, kind = item.get("post_id"), kind_of(item) or "article"
        slug = make_slug(unquote(item.get("post_name")), fallback=make_slug(title, fallback=f"post-{number}"))
        paths = old_paths(item)
        self._links.add(key, paths, number)
        self.places[key] = Place(item.start, item.end, paths[0] if paths else "")
        if kind == "page":
            self.parents[number] = item.get("post_parent")
        self.survey.outlines.append(Outline(key, slug, item.end - item.start, kind))
        self._author(creator_of(item), "")
        self.survey.rows += comments.rows(item.comments)

    def _leave(self, item: Element, row: Row) -> None:
        self.survey.rows.append(row)
        self.survey.rows += comments.rows(item.comments, reason="the item it stands below is not imported")

    def _attachment(self, item: Element, key: str, title: str) -> None:
        url = item.get("attachment_url") or item.get("guid")
        if item.get("post_id") in self.library.images:
            self._leave(item, Row(f"{key}, item {self._count}", "failed", "The export holds its post_id twice.",
                                  title=title, kind="attachment"))  # fmt: skip
            return
        self.library.add(item, url)
        self._pictures.append((key, title, url))
        self.survey.rows += comments.rows(item.comments, reason="the item it stands below is not imported")

    def _picture_row(self, key: str, title: str, url: str) -> Row:
        if self._has_picture(url):
            return Row(
                key, "unchanged", "its picture comes with the articles that show it", title=title, kind="attachment"
            )
        reason = "the file is not in the export; put wp-content/uploads beside the XML"
        return Row(key, "skipped", reason, title=title, kind="attachment")

    def _author(self, login: str, name: str) -> None:
        if not login or login in self.authors:
            return
        is_mail = "@" in login
        shown = line_of(name or login.partition("@")[0], 80) or "Author"
        key = f"author {len(self.authors) + 1}" if is_mail else f"author-{login[:100]}"
        self.authors[login] = key
        username = None if is_mail else make_slug(login, fallback="author")
        self.survey.authors.append(SourceAuthor(key, shown.partition("@")[0] or "Author", username))

    def _tag(self, kind: Literal["tag", "category"], slug: str, name: str, *, is_told: bool = True) -> None:
        """A tag and a category of one slug are one tag. WordPress lists some of them a second time as terms."""
        shown = line_of(plain_words(name or slug), 80)
        if not shown:
            return
        clean = make_slug(unquote(slug), fallback=make_slug(shown, fallback="tag"))
        key = f"{kind}-{clean}"
        if clean not in self._tags:
            self._tags[clean] = SourceTag(key, clean, shown, kind)
            self.survey.tags.append(self._tags[clean])
        elif is_told:
            reason = f"one tag with the {self._tags[clean].kind} '{clean}'"
            self.survey.rows.append(Row(key, "skipped", reason, title=shown, slug=clean, kind=kind))

    def _term(self, term: Element) -> None:
        taxonomy, slug, name = (term.get(f"term_{part}") for part in ("taxonomy", "slug", "name"))
        if taxonomy in {"category", "post_tag"}:
            self._tag("tag" if taxonomy == "post_tag" else "category", slug, name, is_told=False)
            return
        reason = f"'{taxonomy[:60]}' is neither a tag nor a category"
        self.survey.rows.append(
            Row(f"term-{slug[:100]}", "skipped", reason, title=line_of(name, 200) or "", kind="other")
        )
