"""The API of one's own notifications."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.notifications.reading import NotificationReads
from stoa.modules.notifications.schemas import (
    NotificationDetail,
    NotificationOut,
    NotificationQuery,
    ReadAllIn,
    ReadIn,
    UnreadOut,
)
from stoa.modules.notifications.service import NotificationService
from stoa.modules.notifications.wording.wording import wording_of
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.security import SIGNED_IN, ActorDep, require

router = APIRouter(prefix="/notifications", tags=["notifications"])


@router.get(
    "", responses=answers(Page[NotificationOut], 401, 403), **require(SIGNED_IN, list_parameters(NotificationQuery))
)
async def list_notifications(request: Request, actor: ActorDep) -> Response:
    """List your notifications, newest first."""
    query = query_of(request, NotificationQuery)
    page = await NotificationReads(reads_of(request)).page(query, actor.user_id)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get("/unread-count", responses=answers(UnreadOut, 401, 403), **require(SIGNED_IN))
async def count_unread(request: Request, actor: ActorDep) -> UnreadOut:
    """Count what you have not read."""
    return UnreadOut(unread=await NotificationReads(reads_of(request)).unread(actor.user_id))


@router.post("/read-all", status_code=204, responses=answers(UnreadOut, 401, 403), **require(SIGNED_IN))
async def read_all(request: Request, actor: ActorDep, session: SessionDep, which: ReadAllIn | None = None) -> None:
    """Mark all of them as read, or those up to a number."""
    up_to = which.up_to if which else None
    await NotificationService(session, wording_of(request)).mark_all_read(actor.user_id, up_to)


@router.get("/{notification_id}", responses=answers(NotificationDetail, 401, 403, 404), **require(SIGNED_IN))
async def get_notification(notification_id: UUID, request: Request, actor: ActorDep) -> Response:
    """Read a notification, how far it got on each way to you, and why not further."""
    return private_json(await NotificationReads(reads_of(request)).one(actor.user_id, notification_id))


@router.patch(
    "/{notification_id}/read", status_code=204, responses=answers(UnreadOut, 401, 403, 404), **require(SIGNED_IN)
)
async def mark_read(
    notification_id: UUID, request: Request, actor: ActorDep, session: SessionDep, change: ReadIn | None = None
) -> None:
    """Mark a notification as read, or as unread again."""
    read = change.read if change else True
    await NotificationService(session, wording_of(request)).mark_read(actor.user_id, notification_id, read=read)


@router.post(
    "/{notification_id}/archive", status_code=204, responses=answers(UnreadOut, 401, 403, 404), **require(SIGNED_IN)
)
async def archive(notification_id: UUID, request: Request, actor: ActorDep, session: SessionDep) -> None:
    """Put a notification away."""
    await NotificationService(session, wording_of(request)).archive(actor.user_id, notification_id)
