"""The mails that the site wrote, for those who may read them."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from markupsafe import Markup, escape
from starlette.responses import Response

from stoa.modules.deliveries.schemas import MailQuery
from stoa.modules.deliveries.service import DeliveryReads
from stoa.shared.database import reads_of
from stoa.shared.listing import query_of
from stoa.shared.security import require
from stoa.web.accounts.contexts import MailRow, MailsPage
from stoa.web.contexts import Pager
from stoa.web.private import private_meta, private_page

router = APIRouter(include_in_schema=False)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


@router.get("/admin/mail", **require("view:mail"))
async def list_mails(request: Request) -> Response:
    """The mails, newest first."""
    query = query_of(request, MailQuery)
    found = await DeliveryReads(reads_of(request)).mails(query)
    kept = {"recipient": query.recipient} if query.recipient else {}
    page = MailsPage(
        meta=private_meta(request, "Mail"),
        mails=tuple(_row(orjson.loads(item)) for item in found.items),
        recipient=query.recipient or "",
        pager=Pager(
            next_url=f"?{urlencode({**kept, 'cursor': found.next_cursor})}" if found.next_cursor else None,
            previous_url=f"/admin/mail?{urlencode(kept)}" if query.cursor else None,
        ),
    )
    return await private_page(request, page)


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
    return MailRow(
        id=one["id"],
        subject=one["subject"],
        recipient=one["recipient"],
        text=with_links(one["text"]),
        created_at=datetime.fromisoformat(one["created_at"]),
    )
