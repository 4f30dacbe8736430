"""The API of articles."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import ArticleList, ArticleOut, ArticleQuery
from stoa.modules.content.tags.service import TagReads
from stoa.modules.users.service import UserReads
from stoa.shared.answers import answers, public_json
from stoa.shared.database import reads_of
from stoa.shared.listing import public_list, query_of
from stoa.shared.pagination import page_json
from stoa.shared.parameters import SlugPath, Username
from stoa.shared.security import PUBLIC

router = APIRouter(tags=["articles"])
LIST = public_list(ArticleQuery)


@router.get("/articles", responses=answers(ArticleList), **LIST)
async def list_articles(request: Request) -> Response:
    """List published articles, or search their whole text."""
    return await _list(request, query_of(request, ArticleQuery))


@router.get("/articles/{slug}", responses=answers(ArticleOut, 404), **PUBLIC)
async def get_article(slug: SlugPath, request: Request) -> Response:
    """Read an article; a former slug answers 301."""
    return public_json(await ArticleReads(reads_of(request)).one(slug))


@router.get("/tags/{slug}/articles", responses=answers(ArticleList, 404), **LIST)
async def list_articles_of_tag(slug: SlugPath, request: Request) -> Response:
    """List published articles of a tag."""
    await TagReads(reads_of(request)).one(slug)
    query = query_of(request, ArticleQuery).model_copy(update={"tags": [slug], "tags_match": "all"})
    return await _list(request, query)


@router.get("/users/{username}/articles", responses=answers(ArticleList, 404), **LIST)
async def list_articles_of_user(username: Username, request: Request) -> Response:
    """List published articles of a user."""
    await UserReads(reads_of(request)).public(username)
    return await _list(request, query_of(request, ArticleQuery).model_copy(update={"author": username}))


async def _list(request: Request, query: ArticleQuery) -> Response:
    articles = ArticleReads(reads_of(request))
    if query.search:
        found = await articles.search(query)
        return public_json(page_json(found.page, limit=query.limit, skip=query.skip, corrected=found.corrected))
    page = await articles.page(query)
    return public_json(page_json(page, limit=query.limit, skip=query.skip))
