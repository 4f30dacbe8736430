"""Feeds and sitemaps as text, from list items of the API. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from stoa.web.contexts import Site

Item = Mapping[str, Any]
_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEVER = "1970-01-01T00:00:00+00:00"
# What the sanitiser writes: every attribute in double quotes.
_OWN_PLACE = re.compile(r'(\s(?:href|src|poster)=")(#|/(?!/))')
_SRCSET = re.compile(r'(?<=\ssrcset=")[^"]*')


@dataclass(frozen=True, slots=True)
class Feed:
    """What is told of a feed as a whole; `path` is the page that it follows."""

    title: str
    description: str
    path: str

    def address(self, site: Site, form: str) -> str:
        return f"{site.url}{self.path.rstrip('/')}/feed.{form}"


def atom(site: Site, feed: Feed, items: Sequence[Item]) -> str:
    """An Atom feed (RFC 4287)."""
    root = Element("feed", xmlns=_ATOM, attrib={"xml:lang": site.language})
    for name, text in (("id", f"{site.url}{feed.path}"), ("title", feed.title), ("subtitle", feed.description)):
        _add(root, name, text)
    _add(root, "updated", max((item["updated_at"] for item in items), default=_NEVER))
    SubElement(root, "link", rel="self", type="application/atom+xml", href=feed.address(site, "atom"))
    SubElement(root, "link", rel="alternate", type="text/html", href=f"{site.url}{feed.path}")
    for item in items:
        _atom_entry(SubElement(root, "entry"), site, item)
    return _xml(root)


def _atom_entry(entry: Element, site: Site, item: Item) -> None:
    address = _address(site, item["slug"])
    _add(entry, "id", f"urn:uuid:{item['id']}")
    _add(entry, "title", item["title"])
    SubElement(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "published", item["published_at"])
    _add(entry, "updated", item["updated_at"])
    _add(SubElement(entry, "author"), "name", item["author"]["display_name"])
    for tag in item["tags"]:
        SubElement(entry, "category", term=tag["slug"], label=_storable(tag["name"]))
    _add(entry, "summary", item["excerpt"])
    content = _add(entry, "content", absolute(item["html"], site, address))
    content.attrib.update({"type": "html", "xml:base": address})


def rss(site: Site, feed: Feed, items: Sequence[Item]) -> str:
    """An RSS 2.0 feed."""
    root = Element("rss", version="2.0", attrib={"xmlns:content": _CONTENT, "xmlns:atom": _ATOM})
    channel = SubElement(root, "channel")
    told = {"title": feed.title, "link": f"{site.url}{feed.path}", "description": feed.description}
    for name, text in told.items():
        _add(channel, name, text)
    _add(channel, "language", site.language)
    SubElement(channel, "atom:link", rel="self", type="application/rss+xml", href=feed.address(site, "rss"))
    for item in items:
        _rss_item(SubElement(channel, "item"), site, item)
    return _xml(root)


def _rss_item(entry: Element, site: Site, item: Item) -> None:
    _add(entry, "title", item["title"])
    _add(entry, "link", _address(site, item["slug"]))
    _add(entry, "guid", f"urn:uuid:{item['id']}").set("isPermaLink", "false")
    _add(entry, "pubDate", format_datetime(datetime.fromisoformat(item["published_at"])))
    for tag in item["tags"]:
        _add(entry, "category", tag["name"])
    _add(entry, "description", item["excerpt"])
    _add(entry, "content:encoded", absolute(item["html"], site, _address(site, item["slug"])))


def json_feed(site: Site, feed: Feed, items: Sequence[Item]) -> dict[str, Any]:
    """A JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": f"{site.url}{feed.path}",
        "feed_url": feed.address(site, "json"),
        "language": site.language,
        "items": [_json_item(site, item) for item in items],
    }


def _json_item(site: Site, item: Item) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{item['id']}",
        "url": _address(site, item["slug"]),
        "title": item["title"],
        "summary": item["excerpt"],
        "content_html": absolute(item["html"], site, _address(site, item["slug"])),
        "date_published": item["published_at"],
        "date_modified": item["updated_at"],
        "authors": [{"name": item["author"]["display_name"]}],
        "tags": [tag["name"] for tag in item["tags"]],
    }


def absolute(html: str, site: Site, address: str) -> str:
    """Sanitised HTML for readers elsewhere: links, pictures and places in the text with their whole addresses."""

    def whole(found: re.Match[str]) -> str:
        return f"{found[1]}{address if found[2] == '#' else site.url}{found[2]}"

    html = _OWN_PLACE.sub(whole, html)
    return _SRCSET.sub(lambda found: re.sub(r"(^|, )/(?!/)", rf"\1{site.url}/", found[0]), html)


def sitemap_index(site: Site, names: Iterable[str]) -> str:
    """The list of the sitemaps of those names."""
    root = Element("sitemapindex", xmlns=_SITEMAP)
    for name in names:
        _add(SubElement(root, "sitemap"), "loc", f"{site.url}/sitemap-{name}.xml")
    return _xml(root)


def sitemap(site: Site, folder: str, named: Iterable[tuple[str, datetime]]) -> str:
    """One sitemap of what is in this folder of the site, each with the time of its change."""
    root = Element("urlset", xmlns=_SITEMAP)
    for name, changed in named:
        url = SubElement(root, "url")
        _add(url, "loc", f"{site.url}/{folder}/{quote(name, safe='')}")
        _add(url, "lastmod", changed.isoformat(timespec="seconds"))
    return _xml(root)


def _address(site: Site, slug: str) -> str:
    return f"{site.url}/articles/{slug}"


def _add(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, name)
    child.text = _storable(text)
    return child


def _storable(text: str) -> str:
    """Without the control characters that XML 1.0 cannot carry."""
    return "".join(character for character in text if character >= " " or character in "\t\n\r")


def _xml(root: Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")
