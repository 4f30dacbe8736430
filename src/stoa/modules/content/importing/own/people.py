"""The lists of an export: authors with their public faces, and tags. An import gives nobody a role or a password."""

from typing import Any

from stoa.modules.content.importing.items import SourceAuthor, SourceTag
from stoa.modules.content.importing.own.yaml_list import Mapping, mappings
from stoa.modules.content.importing.values import exact_line_of, web_address_of
from stoa.shared.slugs import make_slug

_MOST_LINKS = 10
_LONGEST_NAME = 100
_LONGEST_BIO = 500
_MOST_FORMER = 100


def read_authors(content: bytes) -> list[SourceAuthor]:
    """Raises SourceRefused."""
    authors: dict[str, SourceAuthor] = {}
    for one in mappings("authors.yaml", content) if content else ():
        username = exact_line_of(one.get("username"), 40)
        if username and username not in authors:
            authors[username] = _author(username, one)
    return list(authors.values())


def read_tags(content: bytes) -> list[SourceTag]:
    """Raises SourceRefused."""
    tags: dict[str, SourceTag] = {}
    for one in mappings("tags.yaml", content) if content else ():
        slug = make_slug(_line(one, "slug", 300), fallback="tag")
        former = tuple(make_slug(name[:300], fallback="tag") for name in _list(one, "former_slugs")[:_MOST_FORMER])
        tags.setdefault(slug, SourceTag(slug, slug, _line(one, "name", 80) or slug, former_slugs=former))
    return list(tags.values())


def _author(username: str, one: Mapping) -> SourceAuthor:
    bio = one.get("bio", "")
    links = [address for link in _list(one, "social_links") if (address := web_address_of(link))]
    return SourceAuthor(
        key=username,
        name=_line(one, "display_name", _LONGEST_NAME) or username,
        username=username,
        bio=bio.replace("\0", "")[:_LONGEST_BIO] if isinstance(bio, str) else "",
        website=web_address_of(one.get("website")),
        social_links=tuple(links[:_MOST_LINKS]),
        is_exact=True,
        is_active=one.get("is_active") != "false",
    )


def _line(one: Mapping, name: str, longest: int) -> str:
    return exact_line_of(one.get(name), longest) or ""


def _list(one: Mapping, name: str) -> list[str]:
    value: Any = one.get(name, [])
    return value if isinstance(value, list) else []
