"""The addresses of the queue of comments: what waits, and acts on one or several of them."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from stoa.modules.content.comments.moderation import CommentModeration
from stoa.modules.content.comments.reading import CommentReads
from stoa.shared.database import database_of, reads_of
from stoa.shared.errors import InvalidInput, StoaError
from stoa.shared.security import Actor, ActorDep, require
from stoa.web.forms import read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.comments import HERE, MOST, Queue, QueueQuery, asked_for
from stoa.web.studio.list_contexts import BulkResult, Refusal
from stoa.web.studio.rail_links import rail_for

NEEDS: Final = "create:article"
router = APIRouter(prefix=HERE, include_in_schema=False)
QueryDep = Annotated[QueueQuery, Query()]


@router.get("", **require(NEEDS))
async def show_queue(request: Request, actor: ActorDep, query: QueryDep) -> Response:
    """The comments that one may decide about."""
    return await _page(request, actor, query)


@router.post("", **require(NEEDS))
async def decide(request: Request, actor: ActorDep, query: QueryDep) -> Response:
    """Do one thing to the chosen comments, each by itself, and tell what became of them."""
    form = await read_form(request, ("act", "one"), lists=("comment",), longest=120)
    act, ids = asked_for(form["one"], form["act"], form.lists.get("comment", ()))
    if not 0 < len(ids) <= MOST:
        fault = InvalidInput(f"Choose 1 to {MOST} comments first.")
        return await _page(request, actor, query, BulkResult(fault.detail), fault=fault)
    refused = await _each(request, actor, act, ids)
    done = len(ids) - len(refused)
    if not refused:
        kept = {} if query.show == "held" else {"show": query.show}
        return see_other(f"{HERE}?{urlencode({**kept, 'done': act, 'count': done})}")
    told = tuple(Refusal(str(comment_id), fault.detail) for comment_id, fault in refused)
    result = BulkResult(f"{done} done, {len(refused)} refused:", told)
    return await _page(request, actor, query, result, fault=None if done else refused[0][1])


async def _each(request: Request, actor: Actor, act: str, ids: Sequence[UUID]) -> list[tuple[UUID, StoaError]]:
    """Those that were refused, and why."""
    refused: list[tuple[UUID, StoaError]] = []
    for comment_id in ids:
        try:
            await database_of(request).transact(partial(_decide, actor=actor, act=act, comment_id=comment_id))
        except StoaError as fault:
            refused.append((comment_id, fault))
    return refused


async def _decide(session: AsyncSession, *, actor: Actor, act: str, comment_id: UUID) -> None:
    moderation = CommentModeration(session)
    match act:
        case "approve":
            await moderation.approve(actor, comment_id)
        case "reject":
            await moderation.reject(actor, comment_id)
        case "delete":
            await moderation.delete(actor, comment_id)
        case "restore":
            await moderation.restore(actor, comment_id)


async def _page(
    request: Request,
    actor: Actor,
    query: QueueQuery,
    result: BulkResult | None = None,
    *,
    fault: StoaError | None = None,
) -> Response:
    queue = Queue(CommentReads(reads_of(request)), actor)
    rail = await rail_for(request, actor, "comments")
    chosen = [one.title for one in result.refused] if result else ()
    page = await queue.page(private_meta(request, "Comments"), query, rail, result=result, chosen=chosen)
    return await private_page(request, page, fault=fault)
