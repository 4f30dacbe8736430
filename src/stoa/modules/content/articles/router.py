"""The API of articles."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.articles.asking import PRIVATE, Versions, VersionsIfSent, Writing, writing_of, written
from stoa.modules.content.articles.errors import ArticleNotFound
from stoa.modules.content.articles.following.reading import FeedQuery, own_feed
from stoa.modules.content.articles.inputs import ArticleChange, ArticleIn, PreviewIn, PreviewOut
from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import ArticleList, ArticleListItem, ArticleOut, ArticleQuery, OwnArticleOut
from stoa.modules.content.tags.service import TagReads
from stoa.modules.users.service import UserReads
from stoa.shared.answers import answers, private_json, public_json
from stoa.shared.database import reads_of
from stoa.shared.errors import Unauthenticated
from stoa.shared.listing import list_parameters, public_list, query_of
from stoa.shared.middleware.page_cache import VERSION
from stoa.shared.pagination import Page, page_json
from stoa.shared.parameters import SlugPath, Username
from stoa.shared.security import PUBLIC, SIGNED_IN, ActorDep, actor_of, require

router = APIRouter(tags=["articles"])
Autosave = Annotated[
    bool,
    Query(description="Saved by itself while somebody writes: soon after another, it takes that one's place."),
]
LIST = public_list(ArticleQuery)
FEED = require(SIGNED_IN, list_parameters(FeedQuery))
DELETED = {status: said for status, said in answers(ArticleOut, 401, 403, 404, 412).items() if status != 200}


@router.get("/articles", responses=answers(ArticleList, 401, 403), **LIST)
async def list_articles(request: Request) -> Response:
    """List published articles, or search their whole text; with `status`, one's own drafts and others."""
    return await _list(request, query_of(request, ArticleQuery))


@router.post(
    "/articles",
    responses=answers(OwnArticleOut, 401, 403, 409, 413, status=201),
    status_code=201,
    **require("create:article"),
)
async def create_article(
    new: ArticleIn, actor: ActorDep, writing: Writing, request: Request, autosave: Autosave = False
) -> Response:
    """Write an article; it is a draft until it is published."""
    made = await writing.create(actor, new, act="autosaved" if autosave else "saved")
    return written(made, 201, location=f"{request.url.path}/{made.slug}")


@router.post("/articles/preview", responses=answers(PreviewOut, 401, 403, 413), **require("create:article"))
async def preview_article(text: PreviewIn, writing: Writing) -> PreviewOut:
    """Show how a text will look; nothing is kept."""
    made = await writing.preview(text.body)
    return PreviewOut(html=made.html, reading_minutes=made.reading_minutes)


@router.get("/articles/{slug}", responses=answers(ArticleOut, 401, 403, 404), **PUBLIC)
async def get_article(slug: SlugPath, request: Request) -> Response:
    """Read an article, signed in also one's own draft; a former slug answers 301."""
    try:
        found = await ArticleReads(reads_of(request)).versioned(slug)
    except ArticleNotFound:
        actor = await actor_of(request)
        if actor is None:
            raise
        own = await writing_of(request).editable(actor, slug)
        return Response(own.json, headers={**PRIVATE, VERSION: str(own.version)}, media_type="application/json")
    answer = public_json(found.json)
    answer.headers[VERSION] = str(found.version)
    return answer


@router.put(
    "/articles/{slug}", responses=answers(OwnArticleOut, 401, 403, 404, 409, 412, 413, 428), **require("edit:article")
)
async def replace_article(
    slug: SlugPath, new: ArticleIn, versions: Versions, actor: ActorDep, writing: Writing
) -> Response:
    """Replace an article that was read before; a stale save answers 412 with the text that is there."""
    return written(await writing.change(actor, slug, new.whole(), versions))


@router.patch(
    "/articles/{slug}", responses=answers(OwnArticleOut, 401, 403, 404, 409, 412, 413, 428), **require("edit:article")
)
async def change_article(
    slug: SlugPath,
    change: ArticleChange,
    versions: Versions,
    actor: ActorDep,
    writing: Writing,
    *,
    autosave: Autosave = False,
) -> Response:
    """Change parts of an article that was read before; a former slug leads to it for ever."""
    return written(await writing.change(actor, slug, change, versions, act="autosaved" if autosave else "saved"))


@router.delete(
    "/articles/{slug}",
    status_code=204,
    responses=DELETED,
    **require("delete:article"),
)
async def delete_article(slug: SlugPath, versions: VersionsIfSent, actor: ActorDep, writing: Writing) -> None:
    """Delete an article; it can be restored for 30 days."""
    await writing.delete(actor, slug, versions)


@router.get("/tags/{slug}/articles", responses=answers(ArticleList, 401, 403, 404), **LIST)
async def list_articles_of_tag(slug: SlugPath, request: Request) -> Response:
    """List published articles of a tag."""
    await TagReads(reads_of(request)).one(slug)
    query = query_of(request, ArticleQuery).model_copy(update={"tags": [slug], "tags_match": "all"})
    return await _list(request, query)


@router.get("/users/{username}/articles", responses=answers(ArticleList, 401, 403, 404), **LIST)
async def list_articles_of_user(username: Username, request: Request) -> Response:
    """List published articles of a user."""
    await UserReads(reads_of(request)).public(username)
    return await _list(request, query_of(request, ArticleQuery).model_copy(update={"author": username}))


@router.get("/feed", responses=answers(Page[ArticleListItem], 401, 403), **FEED)
async def read_own_feed(request: Request, actor: ActorDep) -> Response:
    """Read the newest articles of the authors and tags that one follows."""
    query = query_of(request, FeedQuery)
    page = await own_feed(reads_of(request), actor, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


async def _list(request: Request, query: ArticleQuery) -> Response:
    if query.status != "published":
        return await _list_of_writer(request, query)
    articles = ArticleReads(reads_of(request))
    if query.search:
        found = await articles.search(query)
        return public_json(page_json(found.page, limit=query.limit, skip=query.skip, corrected=found.corrected))
    page = await articles.page(query)
    return public_json(page_json(page, limit=query.limit, skip=query.skip))


async def _list_of_writer(request: Request, query: ArticleQuery) -> Response:
    actor = await actor_of(request)
    if actor is None:
        raise Unauthenticated("Sign in to list articles that are not published.")
    page = await writing_of(request).mine(actor, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))
