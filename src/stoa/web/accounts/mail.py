"""The mails that the site wrote, for those who may read them."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from markupsafe import Markup, escape
from starlette.responses import Response

from stoa.modules.deliveries.schemas import MAIL, MailQuery
from stoa.modules.deliveries.service import DeliveryReads, DeliveryService
from stoa.shared.clock import moment_of
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.listing import query_of
from stoa.shared.security import ActorDep, require
from stoa.shared.settings import Settings
from stoa.web.accounts.contexts import MailRow, MailsPage
from stoa.web.accounts.done import done_of
from stoa.web.contexts import Pager
from stoa.web.forms import read_form
from stoa.web.notifications.states import state_words
from stoa.web.private import private_meta, private_page, see_other

router = APIRouter(include_in_schema=False)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


@router.get("/admin/mail", **require("view:mail"))
async def list_mails(request: Request) -> Response:
    """The mails, newest first."""
    query = query_of(request, MailQuery)
    found = await DeliveryReads(reads_of(request)).mails(query)
    kept = {"recipient": query.recipient} if query.recipient else {}
    settings: Settings = request.app.state.settings
    page = MailsPage(
        meta=private_meta(request, "Mail"),
        done=done_of(request),
        server=settings.mail.smtp_host,
        mails=tuple(_row(orjson.loads(item)) for item in found.items),
        recipient=query.recipient or "",
        pager=Pager(
            next_url=f"?{urlencode({**kept, 'cursor': found.next_cursor})}" if found.next_cursor else None,
            previous_url=f"/admin/mail?{urlencode(kept)}" if query.cursor else None,
        ),
    )
    return await private_page(request, page)


@router.post("/admin/mail/{delivery_id}/send", **require("view:mail"))
async def send_again(delivery_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Send a mail again that failed, or that no mail server was there for."""
    form = await read_form(request, ("recipient",))
    await DeliveryService(session).send_again(delivery_id, MAIL, actor)
    kept = form.given("recipient")
    return see_other(f"/admin/mail?{urlencode({**kept, 'done': 'mail-again'})}")


def with_links(text: str) -> Markup:
    """Plain text as HTML whose links can be followed; where they lead does not learn from where."""
    parts: list[Markup] = []
    end = 0
    for match in _LINK.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(match[0]))
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _row(one: dict[str, Any]) -> MailRow:
    state, kind = state_words(one["state"], one["tries"])
    # What was never tried, its receiver does not want.
    has_no_server = one["state"] == "suppressed" and one["tries"] > 0
    return MailRow(
        id=one["id"],
        subject=one["subject"],
        recipient=one["recipient"],
        text=with_links(one["text"]),
        created_at=datetime.fromisoformat(one["created_at"]),
        state="Waits here" if has_no_server else state,
        kind=kind,
        reason=one["reason"] or "",
        tries=one["tries"],
        ended_at=moment_of(one["ended_at"]) if one["state"] in {"sent", "failed"} else None,
        can_go_again=one["state"] == "failed" or has_no_server,
    )
