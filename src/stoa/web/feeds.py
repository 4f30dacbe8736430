"""What other programs read: feeds, sitemaps, robots.txt. The texts themselves are made in `syndication.py`."""

from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.content.articles.reading import ArticleReads
from stoa.shared.answers import public_page
from stoa.shared.cache import Cache
from stoa.shared.database import reads_of
from stoa.shared.errors import NotFound
from stoa.shared.security import PUBLIC
from stoa.web import syndication
from stoa.web.contexts import Site

router = APIRouter(include_in_schema=False)
_PER_SITEMAP = 10_000
_KEPT_SECONDS = 24 * 3600


@router.get("/feed.atom", **PUBLIC)
async def atom(request: Request) -> Response:
    """The newest 20 articles whole, as an Atom feed (RFC 4287)."""
    feed = syndication.atom(_site(request), await _newest(request))
    return public_page(feed, media_type="application/atom+xml; charset=utf-8")


@router.get("/feed.rss", **PUBLIC)
async def rss(request: Request) -> Response:
    """The same as RSS 2.0."""
    feed = syndication.rss(_site(request), await _newest(request))
    return public_page(feed, media_type="application/rss+xml; charset=utf-8")


@router.get("/feed.json", **PUBLIC)
async def json_feed(request: Request) -> Response:
    """The same as JSON Feed 1.1."""
    feed = syndication.json_feed(_site(request), await _newest(request))
    return public_page(orjson.dumps(feed).decode(), media_type="application/feed+json")


@router.get("/sitemap.xml", **PUBLIC)
async def sitemap_index(request: Request) -> Response:
    """The list of sitemaps, each with up to 10,000 articles."""
    count = int((await ArticleReads(reads_of(request)).newest_change()).rpartition("/")[2])
    parts = max(1, -(-count // _PER_SITEMAP))
    return public_page(syndication.sitemap_index(_site(request), parts), media_type="application/xml")


@router.get("/sitemap-{number}.xml", **PUBLIC)
async def sitemap(request: Request, number: int) -> Response:
    """The addresses of 10,000 articles; kept in Valkey until an article changes."""
    if not 1 <= number <= 10_000:
        raise NotFound("There is no such sitemap.")
    articles, site = ArticleReads(reads_of(request)), _site(request)
    cache: Cache = request.app.state.cache

    async def make() -> bytes:
        found = await articles.addresses(limit=_PER_SITEMAP, skip=(number - 1) * _PER_SITEMAP)
        return syndication.sitemap(site, found).encode()

    key = f"sitemap:{site.url}:{number}:{await articles.newest_change()}"
    body = await cache.get_or_make(key, make, seconds=_KEPT_SECONDS)
    return public_page(body.decode(), media_type="application/xml")


@router.get("/robots.txt", **PUBLIC)
async def robots(request: Request) -> Response:
    """Where robots may go."""
    text = f"User-agent: *\nDisallow: /search\nAllow: /\n\nSitemap: {_site(request).url}/sitemap.xml\n"
    return public_page(text, media_type="text/plain; charset=utf-8")


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def _newest(request: Request) -> list[dict[str, Any]]:
    return [orjson.loads(item) for item in await ArticleReads(reads_of(request)).feed()]
