"""What other programs read: the Atom feed, the sitemap, robots.txt."""

from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.content.articles.reading import ArticleReads
from stoa.shared.answers import public_page
from stoa.shared.cache import Cache
from stoa.shared.database import ReadsDep
from stoa.shared.errors import NotFound
from stoa.shared.security import PUBLIC
from stoa.web.contexts import Site

router = APIRouter(include_in_schema=False)
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PER_SITEMAP = 10_000
_KEPT_SECONDS = 24 * 3600
_LONG_AGO = "1970-01-01T00:00:00Z"


@router.get("/feed.atom", **PUBLIC)
async def atom(request: Request, reads: ReadsDep) -> Response:
    """The newest 20 articles whole, as an Atom feed (RFC 4287)."""
    items = [orjson.loads(item) for item in await ArticleReads(reads).feed()]
    return public_page(_feed(request.app.state.site, items), media_type="application/atom+xml; charset=utf-8")


@router.get("/sitemap.xml", **PUBLIC)
async def sitemap_index(request: Request, reads: ReadsDep) -> Response:
    """The list of sitemaps, each with up to 10,000 articles."""
    site: Site = request.app.state.site
    count = int((await ArticleReads(reads).newest_change()).rpartition("/")[2])
    root = Element("sitemapindex", xmlns=_SITEMAP)
    for number in range(1, max(1, -(-count // _PER_SITEMAP)) + 1):
        SubElement(SubElement(root, "sitemap"), "loc").text = f"{site.url}/sitemap-{number}.xml"
    return public_page(_xml(root), media_type="application/xml")


@router.get("/sitemap-{number}.xml", **PUBLIC)
async def sitemap(request: Request, number: int, reads: ReadsDep) -> Response:
    """The addresses of 10,000 articles; kept in Valkey until an article changes."""
    if not 1 <= number <= 10_000:
        raise NotFound("There is no such sitemap.")
    articles = ArticleReads(reads)
    site: Site = request.app.state.site
    cache: Cache = request.app.state.cache

    async def make() -> bytes:
        found = await articles.addresses(limit=_PER_SITEMAP, skip=(number - 1) * _PER_SITEMAP)
        return _sitemap(site, found).encode()

    key = f"sitemap:{site.url}:{number}:{await articles.newest_change()}"
    body = await cache.get_or_make(key, make, seconds=_KEPT_SECONDS)
    return public_page(body.decode(), media_type="application/xml")


@router.get("/robots.txt", **PUBLIC)
async def robots(request: Request) -> Response:
    """Where robots may go."""
    site: Site = request.app.state.site
    text = f"User-agent: *\nDisallow: /search\nAllow: /\n\nSitemap: {site.url}/sitemap.xml\n"
    return public_page(text, media_type="text/plain; charset=utf-8")


def _feed(site: Site, items: list[dict[str, object]]) -> str:
    root = Element("feed", xmlns=_ATOM, attrib={"xml:lang": site.language})
    for name, text in (("id", f"{site.url}/"), ("title", site.name), ("subtitle", site.description)):
        SubElement(root, name).text = text
    SubElement(root, "updated").text = max([str(item["updated_at"]) for item in items], default=_LONG_AGO)
    SubElement(root, "link", rel="self", type="application/atom+xml", href=f"{site.url}/feed.atom")
    SubElement(root, "link", rel="alternate", type="text/html", href=f"{site.url}/")
    for item in items:
        _entry(root, site, item)
    return _xml(root)


def _entry(root: Element, site: Site, item: dict[str, object]) -> None:
    entry = SubElement(root, "entry")
    address = f"{site.url}/articles/{item['slug']}"
    author = item["author"]
    SubElement(entry, "id").text = f"urn:uuid:{item['id']}"
    SubElement(entry, "title").text = _storable(item["title"])
    SubElement(entry, "link", rel="alternate", type="text/html", href=address)
    SubElement(entry, "published").text = str(item["published_at"])
    SubElement(entry, "updated").text = str(item["updated_at"])
    if isinstance(author, dict):
        SubElement(SubElement(entry, "author"), "name").text = _storable(author["display_name"])
    for tag in item["tags"] if isinstance(item["tags"], list) else []:
        SubElement(entry, "category", term=tag["slug"], label=_storable(tag["name"]))
    SubElement(entry, "summary").text = _storable(item["excerpt"])
    content = SubElement(entry, "content", type="html")
    content.attrib["xml:base"] = address
    content.text = _storable(item["html"])


def _sitemap(site: Site, addresses: list[tuple[str, datetime]]) -> str:
    root = Element("urlset", xmlns=_SITEMAP)
    for slug, changed in addresses:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = f"{site.url}/articles/{slug}"
        SubElement(url, "lastmod").text = changed.isoformat(timespec="seconds")
    return _xml(root)


def _xml(root: Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")


def _storable(value: object) -> str:
    """Without the control characters that XML 1.0 cannot carry."""
    return "".join(c for c in str(value) if c >= " " or c in "\t\n\r")
