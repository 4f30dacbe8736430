"""The API of comments."""

from uuid import UUID

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.comments.asking import CommentId, Versions, Writing, reader_of
from stoa.modules.content.comments.moderation import CommentModeration
from stoa.modules.content.comments.policy import WRITE
from stoa.modules.content.comments.reading import CommentReads
from stoa.modules.content.comments.schemas import (
    CommentChange,
    CommentIn,
    CommentOut,
    CommentQuery,
    CommentThreads,
    QueuedComment,
    RepliesQuery,
    ThreadsQuery,
)
from stoa.shared.answers import answers, private_json, public_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.listing import list_parameters, public_list, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.parameters import SlugPath
from stoa.shared.security import PUBLIC, SIGNED_IN, Actor, ActorDep, require

router = APIRouter(tags=["comments"])
_ACTED = answers(CommentOut, 401, 403, 404, 409)


@router.get("/articles/{slug}/comments", responses=answers(CommentThreads, 401, 403, 404), **public_list(ThreadsQuery))
async def list_comments(slug: SlugPath, request: Request) -> Response:
    """List the comments of an article, thread by thread; signed in also one's own that wait."""
    query = query_of(request, ThreadsQuery)
    actor = await reader_of(request)
    found = await CommentReads(reads_of(request)).threads(actor, slug, query)
    body = orjson.dumps(
        {"items": found.items, "total": found.total, "limit": query.limit, "next_cursor": found.next_cursor}
    )
    return private_json(body) if actor else public_json(body)


@router.post(
    "/articles/{slug}/comments",
    status_code=201,
    responses=answers(CommentOut, 401, 403, 404, 409, 429, status=201),
    **require(WRITE),
)
async def create_comment(
    slug: SlugPath, new: CommentIn, actor: ActorDep, writing: Writing, request: Request
) -> Response:
    """Write a comment, or answer one; what has to be looked at first is `held`."""
    saved = await writing.create(actor, slug, new)
    return await _told(request, actor, saved.id, 201)


@router.get(
    "/comments",
    responses=answers(Page[QueuedComment], 401, 403),
    **require(SIGNED_IN, list_parameters(CommentQuery)),
)
async def list_queue(request: Request, actor: ActorDep) -> Response:
    """List the comments that one moderates, below one's own articles or everywhere; with `mine` what one wrote."""
    query = query_of(request, CommentQuery)
    page = await CommentReads(reads_of(request)).queue(actor, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get("/comments/{comment_id}", responses=answers(CommentOut, 401, 403, 404), **PUBLIC)
async def get_comment(comment_id: CommentId, request: Request) -> Response:
    """Read a comment."""
    actor = await reader_of(request)
    item, version = await CommentReads(reads_of(request)).one(actor, comment_id)
    if actor is not None:
        return _private(item, version)
    return public_json(item)


@router.get(
    "/comments/{comment_id}/replies", responses=answers(Page[CommentOut], 401, 403), **public_list(RepliesQuery)
)
async def list_replies(comment_id: CommentId, request: Request) -> Response:
    """List all answers in the thread of a first comment, by time."""
    query = query_of(request, RepliesQuery)
    actor = await reader_of(request)
    page = await CommentReads(reads_of(request)).replies(actor, comment_id, query)
    body = page_json(page, limit=query.limit, skip=0)
    return private_json(body) if actor else public_json(body)


@router.put("/comments/{comment_id}", responses=answers(CommentOut, 401, 403, 404, 412, 428, 429), **require(WRITE))
async def change_comment(
    comment_id: CommentId, change: CommentChange, versions: Versions, actor: ActorDep, writing: Writing, *,
    request: Request,
) -> Response:  # fmt: skip
    """Change one's own comment."""
    await writing.change(actor, comment_id, versions, change.body)
    return await _told(request, actor, comment_id)


@router.delete(
    "/comments/{comment_id}", status_code=204, responses=answers(CommentOut, 401, 403, 404), **require(SIGNED_IN)
)
async def delete_comment(comment_id: CommentId, actor: ActorDep, session: SessionDep) -> None:
    """Delete one's own comment, or one that one moderates; it can be restored for 30 days."""
    await CommentModeration(session).delete(actor, comment_id)


@router.post("/comments/{comment_id}/approve", responses=_ACTED, **require(SIGNED_IN))
async def approve_comment(comment_id: CommentId, actor: ActorDep, request: Request) -> Response:
    """Show a held or hidden comment to everybody."""
    await request.app.state.database.transact(lambda session: CommentModeration(session).approve(actor, comment_id))
    return await _told(request, actor, comment_id)


@router.post("/comments/{comment_id}/reject", responses=_ACTED, **require(SIGNED_IN))
async def reject_comment(comment_id: CommentId, actor: ActorDep, request: Request) -> Response:
    """Hide a comment from everybody but its writer."""
    await request.app.state.database.transact(lambda session: CommentModeration(session).reject(actor, comment_id))
    return await _told(request, actor, comment_id)


@router.post("/comments/{comment_id}/restore", responses=_ACTED, **require(SIGNED_IN))
async def restore_comment(comment_id: CommentId, actor: ActorDep, request: Request) -> Response:
    """Bring a deleted comment back: its writer what they deleted themselves, who moderates what others did."""
    await request.app.state.database.transact(lambda session: CommentModeration(session).restore(actor, comment_id))
    return await _told(request, actor, comment_id)


async def _told(request: Request, actor: Actor, comment_id: UUID, status: int = 200) -> Response:
    item, version = await CommentReads(reads_of(request)).one(actor, comment_id)
    answer = _private(item, version, status)
    if status == 201:
        answer.headers["location"] = f"/api/v1/comments/{comment_id}"
    return answer


def _private(item: str, version: int, status: int = 200) -> Response:
    """With the tag that the next change names."""
    answer = private_json(item, status)
    answer.headers["etag"] = f'"{version}"'
    return answer
