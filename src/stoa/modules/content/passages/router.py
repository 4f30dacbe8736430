"""The API of what to read next."""

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import RelatedArticles, RelatedQuery
from stoa.modules.content.passages.related import related_of
from stoa.shared.answers import answers, public_json
from stoa.shared.database import reads_of
from stoa.shared.listing import public_list, query_of
from stoa.shared.parameters import SlugPath

router = APIRouter(prefix="/articles/{slug}", tags=["articles"])


@router.get("/related", responses=answers(RelatedArticles, 404), **public_list(RelatedQuery))
async def list_related_articles(slug: SlugPath, request: Request) -> Response:
    """List published articles to read next: nearest in meaning first, then those that share the most tags."""
    query = query_of(request, RelatedQuery)
    article = orjson.loads(await ArticleReads(reads_of(request)).one(slug))
    found = await related_of(request).beside(article["id"], article["version"], limit=query.limit, for_page=False)
    return public_json(f'{{"items":[{",".join(found.items)}]}}')
