"""What the routes of articles have in common: how a version is named, and how a written article is answered."""

from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.articles.schemas import EditableArticle
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.database import database_of
from stoa.shared.errors import VersionNeeded
from stoa.shared.if_match import IfMatch
from stoa.shared.middleware.page_cache import entity_tag

PRIVATE = {"cache-control": "private, no-cache"}
_IF_MATCH = Header(
    alias="If-Match", max_length=2000, description="The `ETag` of the answer that was read, or `*` for any version."
)


def _sent_versions(if_match: Annotated[str | None, _IF_MATCH] = None) -> IfMatch | None:
    return IfMatch.parse(if_match) if if_match is not None else None


VersionsIfSent = Annotated[IfMatch | None, Depends(_sent_versions)]


def _needed_versions(versions: VersionsIfSent) -> IfMatch:
    if versions is None:
        raise VersionNeeded("Send the ETag of the article as you read it in If-Match, so that nobody's work is lost.")
    return versions


Versions = Annotated[IfMatch, Depends(_needed_versions)]


def writing_of(request: Request) -> ArticleWriting:
    state = request.app.state
    return ArticleWriting(database_of(request), state.markdown, language=state.settings.site.language)


Writing = Annotated[ArticleWriting, Depends(writing_of)]


def written(article: EditableArticle, status: int = 200, *, location: str | None = None) -> Response:
    """The article with the ETag that the next save names."""
    body = article.json.encode()
    headers = {**PRIVATE, "etag": f'"{entity_tag(body, article.version)}"'}
    if location:
        headers["location"] = location
    return Response(body, status, headers=headers, media_type="application/json")
