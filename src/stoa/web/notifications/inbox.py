"""The notifications of a person: the list, one of them, and what can be done with each."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from stoa.modules.notifications.catalogue import CATEGORIES, CHANNELS
from stoa.modules.notifications.reading import NotificationReads
from stoa.modules.notifications.schemas import NotificationQuery
from stoa.modules.notifications.service import NotificationService
from stoa.modules.notifications.wording.wording import wording_of
from stoa.shared.clock import moment_of
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.errors import MalformedInput
from stoa.shared.security import SIGNED_IN, ActorDep, require
from stoa.web.contexts import Pager
from stoa.web.forms import read_form
from stoa.web.notifications.contexts import NewsItem, NotificationPage, NotificationsPage, View, Way
from stoa.web.notifications.states import state_words
from stoa.web.private import private_meta, private_page, safe_next, see_other

router = APIRouter(prefix="/notifications", include_in_schema=False)
_HERE = "/notifications"
_PER_PAGE = 25
_TITLES = {
    "all": "Notifications",
    "unread": "Unread notifications",
    "archived": "Archived notifications",
    "hidden": "Not shown",
}
_LARGEST = 2**63 - 1


class ListQuery(BaseModel):
    """The query string of the list."""

    show: View = "all"
    cursor: Annotated[str | None, Field(max_length=200)] = None


@router.get("", **require(SIGNED_IN))
async def list_notifications(query: Annotated[ListQuery, Query()], actor: ActorDep, request: Request) -> Response:
    """The notifications, newest first."""
    asked = NotificationQuery(
        unread=query.show == "unread",
        archived=query.show == "archived",
        hidden=query.show == "hidden",
        limit=_PER_PAGE,
        cursor=query.cursor,
    )
    found = await NotificationReads(reads_of(request)).page(asked, actor.user_id)
    rows = [orjson.loads(item) for item in found.items]
    kept: dict[str, str] = {} if query.show == "all" else {"show": query.show}
    page = NotificationsPage(
        meta=private_meta(request, _TITLES[query.show]),
        notifications=tuple(_item(row) for row in rows),
        view=query.show,
        here=_address({**kept, **({"cursor": query.cursor} if query.cursor else {})}),
        up_to=max((row["number"] for row in rows), default=0),
        pager=Pager(
            next_url=_address({**kept, "cursor": found.next_cursor}) if found.next_cursor else None,
            previous_url=_address(kept) if query.cursor else None,
        ),
    )
    return await private_page(request, page)


@router.post("/read-all", **require(SIGNED_IN))
async def read_all(actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Mark as read what the list showed and what is older; what came in since stays unread."""
    form = await read_form(request, ("up_to", "back"))
    up_to = form["up_to"]
    if not (up_to.isascii() and up_to.isdigit() and int(up_to[:20]) <= _LARGEST):
        raise MalformedInput("The form must say up to which notification. Load the list again.")
    await NotificationService(session, wording_of(request)).mark_all_read(actor.user_id, int(up_to))
    return see_other(_back(form["back"]))


@router.get("/{notification_id}", **require(SIGNED_IN))
async def show_notification(notification_id: UUID, actor: ActorDep, request: Request) -> Response:
    """One notification, read by being opened, and how it reached its reader."""
    if _was_opened_here(request):
        await database_of(request).transact(
            lambda session: NotificationService(session, wording_of(request)).mark_read(actor.user_id, notification_id)
        )
    found = orjson.loads(await NotificationReads(reads_of(request)).one(actor.user_id, notification_id))
    page = NotificationPage(
        meta=private_meta(request, found["title"]),
        notification=_item(found),
        url=safe_next(found["url"]) if found["url"] else None,
        ways=tuple(_way(one) for one in sorted(found["deliveries"], key=_place)),
    )
    return await private_page(request, page)


@router.post("/{notification_id}/read", **require(SIGNED_IN))
async def mark_read(notification_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Mark it as read, or as unread again."""
    form = await read_form(request, ("read", "back"))
    await NotificationService(session, wording_of(request)).mark_read(
        actor.user_id, notification_id, read=form["read"] != "no"
    )
    return see_other(_back(form["back"]))


@router.post("/{notification_id}/archive", **require(SIGNED_IN))
async def archive(notification_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Put it away."""
    form = await read_form(request, ("back",))
    await NotificationService(session, wording_of(request)).archive(actor.user_id, notification_id)
    return see_other(_back(form["back"]))


def _was_opened_here(request: Request) -> bool:
    """By the reader: a link on another site must not change anything, nor a browser that only looks ahead."""
    sender = request.headers.get("sec-fetch-site", "none")
    return sender in {"same-origin", "none"} and "sec-purpose" not in request.headers


def _back(path: str) -> str:
    """To where the form was, and nowhere else."""
    return path if path.startswith(_HERE) and safe_next(path) == path else _HERE


def _address(query: dict[str, str]) -> str:
    return f"{_HERE}?{urlencode(query)}" if query else _HERE


def _item(row: dict[str, Any]) -> NewsItem:
    return NewsItem(
        id=row["id"],
        title=row["title"],
        message=row["message"],
        category=CATEGORIES[row["category"]].label,
        created_at=datetime.fromisoformat(row["created_at"]),
        times=row["times"],
        is_unread=row["read_at"] is None,
        is_archived=row["archived_at"] is not None,
    )


def _place(row: dict[str, Any]) -> int:
    return list(CHANNELS).index(row["channel"])


def _way(row: dict[str, Any]) -> Way:
    state, kind = state_words(row["state"], row["tries"])
    return Way(
        name=CHANNELS[row["channel"]],
        state=state,
        kind=kind,
        reason=row["reason"] or "",
        at=moment_of(row["ended_at"]) if row["state"] == "sent" else None,
    )
