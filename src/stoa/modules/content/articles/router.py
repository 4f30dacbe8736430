"""The API of articles."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import ArticleList, ArticleOut, ArticleQuery
from stoa.modules.content.tags.service import TagReads
from stoa.modules.users.service import UserReads
from stoa.shared.answers import answers, public_json
from stoa.shared.database import ReadsDep
from stoa.shared.listing import public_list, query_of
from stoa.shared.pagination import page_json
from stoa.shared.parameters import SlugPath, Username
from stoa.shared.security import PUBLIC

router = APIRouter(tags=["articles"])
ListQuery = Annotated[ArticleQuery, query_of(ArticleQuery)]
LIST = public_list(ArticleQuery)


@router.get("/articles", responses=answers(ArticleList), **LIST)
async def list_articles(query: ListQuery, reads: ReadsDep) -> Response:
    """List published articles, or search their whole text."""
    return await _list(query, reads)


@router.get("/articles/{slug}", responses=answers(ArticleOut, 404), **PUBLIC)
async def get_article(slug: SlugPath, reads: ReadsDep) -> Response:
    """Read an article; a former slug answers 301."""
    return public_json(await ArticleReads(reads).one(slug))


@router.get("/tags/{slug}/articles", responses=answers(ArticleList, 404), **LIST)
async def list_articles_of_tag(slug: SlugPath, query: ListQuery, reads: ReadsDep) -> Response:
    """List published articles of a tag."""
    await TagReads(reads).one(slug)
    return await _list(query.model_copy(update={"tags": [slug], "tags_match": "all"}), reads)


@router.get("/users/{username}/articles", responses=answers(ArticleList, 404), **LIST)
async def list_articles_of_user(username: Username, query: ListQuery, reads: ReadsDep) -> Response:
    """List published articles of a user."""
    await UserReads(reads).public(username)
    return await _list(query.model_copy(update={"author": username}), reads)


async def _list(query: ArticleQuery, reads: ReadsDep) -> Response:
    articles = ArticleReads(reads)
    if query.search:
        found = await articles.search(query)
        return public_json(page_json(found.page, limit=query.limit, skip=query.skip, corrected=found.corrected))
    page = await articles.page(query)
    return public_json(page_json(page, limit=query.limit, skip=query.skip))
