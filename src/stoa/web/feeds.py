"""What other programs read: feeds, sitemaps, robots.txt. The texts themselves are made in `syndication.py`."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, Literal

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.sitemaps.reading import Named, SitemapReads
from stoa.modules.content.tags.service import TagReads
from stoa.modules.users.service import UserReads
from stoa.shared.answers import public_page
from stoa.shared.cache import Cache
from stoa.shared.database import reads_of
from stoa.shared.errors import NotFound
from stoa.shared.parameters import SlugPath, Username
from stoa.shared.security import PUBLIC
from stoa.web import syndication
from stoa.web.contexts import Site
from stoa.web.syndication import Feed

router = APIRouter(include_in_schema=False)
_PER_SITEMAP = 10_000
_KEPT_SECONDS = 24 * 3600
_CLOSED: Final = "".join(f"Disallow: /{path}\n" for path in ("search", "studio", "settings", "admin", "preview"))
Form = Literal["atom", "rss", "json"]
_TYPES: Final[Mapping[Form, str]] = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json",
}


@router.get("/feed.{form}", **PUBLIC)
async def feed_of_site(request: Request, form: Form) -> Response:
    """The newest 20 articles whole: Atom (RFC 4287), RSS 2.0, or JSON Feed 1.1."""
    site = _site(request)
    feed = Feed(site.name, site.description, "/")
    return _answer(request, feed, form, await ArticleReads(reads_of(request)).feed())


@router.get("/tags/{slug}/feed.{form}", **PUBLIC)
async def feed_of_tag(request: Request, slug: SlugPath, form: Form) -> Response:
    """The same of a tag; a former slug answers 301."""
    tag = orjson.loads(await TagReads(reads_of(request)).one(slug))
    feed = Feed(f"{_site(request).name}: {tag['name']}", f"Articles about {tag['name']}.", f"/tags/{tag['slug']}")
    return _answer(request, feed, form, await ArticleReads(reads_of(request)).feed(tag=slug))


@router.get("/authors/{username}/feed.{form}", **PUBLIC)
async def feed_of_author(request: Request, username: Username, form: Form) -> Response:
    """The same of an author."""
    author = orjson.loads(await UserReads(reads_of(request)).public(username))
    name = author["display_name"]
    feed = Feed(f"{_site(request).name}: {name}", f"Articles by {name}.", f"/authors/{author['username']}")
    return _answer(request, feed, form, await ArticleReads(reads_of(request)).feed(author=username))


@router.get("/sitemap.xml", **PUBLIC)
async def sitemap_index(request: Request) -> Response:
    """The list of sitemaps: of articles, up to 10,000 in each, of tags, and of authors."""
    count = int((await SitemapReads(reads_of(request)).newest_change()).rpartition("/")[2])
    parts = max(1, -(-count // _PER_SITEMAP))
    names = [*(str(number) for number in range(1, parts + 1)), "tags", "authors"]
    return public_page(syndication.sitemap_index(_site(request), names), media_type="application/xml")


@router.get("/sitemap-tags.xml", **PUBLIC)
async def sitemap_of_tags(request: Request) -> Response:
    """The pages of tags with articles."""
    reads = SitemapReads(reads_of(request))
    return await _sitemap(request, "tags", reads.tags, "tags", await reads.newest_change_of_tags())


@router.get("/sitemap-authors.xml", **PUBLIC)
async def sitemap_of_authors(request: Request) -> Response:
    """The pages of authors with articles; an erased account may be in it for an hour."""
    reads = SitemapReads(reads_of(request))
    return await _sitemap(request, "authors", reads.authors, "authors", await reads.newest_change(), seconds=3600)


@router.get("/sitemap-{number}.xml", **PUBLIC)
async def sitemap(request: Request, number: int) -> Response:
    """The addresses of 10,000 articles."""
    if not 1 <= number <= 10_000:
        raise NotFound("There is no such sitemap.")
    reads = SitemapReads(reads_of(request))
    find = partial(reads.articles, limit=_PER_SITEMAP, skip=(number - 1) * _PER_SITEMAP)
    return await _sitemap(request, "articles", find, str(number), await reads.newest_change())


@router.get("/robots.txt", **PUBLIC)
async def robots(request: Request) -> Response:
    """Where robots may go."""
    text = f"User-agent: *\n{_CLOSED}Allow: /\n\nSitemap: {_site(request).url}/sitemap.xml\n"
    return public_page(text, media_type="text/plain; charset=utf-8")


async def _sitemap(
    request: Request,
    folder: str,
    find: Callable[[], Awaitable[list[Named]]],
    name: str,
    newest: str,
    *,
    seconds: int = _KEPT_SECONDS,
) -> Response:
    """What `find` names, kept in Valkey until the newest change is another."""
    site = _site(request)
    cache: Cache = request.app.state.cache

    async def make() -> bytes:
        return syndication.sitemap(site, folder, await find()).encode()

    body = await cache.get_or_make(f"sitemap:{site.url}:{name}:{newest}", make, seconds=seconds)
    return public_page(body.decode(), media_type="application/xml")


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


def _answer(request: Request, feed: Feed, form: Form, found: list[str]) -> Response:
    site, items = _site(request), [orjson.loads(item) for item in found]
    if form == "json":
        text = orjson.dumps(syndication.json_feed(site, feed, items)).decode()
    else:
        text = (syndication.atom if form == "atom" else syndication.rss)(site, feed, items)
    return public_page(text, media_type=_TYPES[form])
