"""What the routes of comments have in common, of the API and of the pages."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from starlette.requests import Request

from stoa.modules.auth.parts import parts_of
from stoa.modules.content.articles.asking import VersionsIfSent
from stoa.modules.content.comments.errors import CommentVersionNeeded
from stoa.modules.content.comments.writing import CommentWriting
from stoa.shared.database import database_of
from stoa.shared.errors import PermissionDenied
from stoa.shared.if_match import IfMatch
from stoa.shared.security import Actor, actor_of

CommentId = Annotated[UUID, Path(description="The comment's id.")]


def writing_of(request: Request) -> CommentWriting:
    content = request.app.state.settings.content
    return CommentWriting(
        database_of(request),
        request.app.state.markdown,
        parts_of(request).throttle,
        mode=content.comments,
        most_links=content.comment_links,
    )


async def reader_of(request: Request) -> Actor | None:
    """Who reads what is public; whoever is banned reads what everybody does."""
    try:
        return await actor_of(request)
    except PermissionDenied:
        return None


Writing = Annotated[CommentWriting, Depends(writing_of)]


def _needed_versions(versions: VersionsIfSent) -> IfMatch:
    if versions is None:
        raise CommentVersionNeeded
    return versions


Versions = Annotated[IfMatch, Depends(_needed_versions)]
