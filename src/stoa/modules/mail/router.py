"""The API of the mails that the site wrote."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.mail.schemas import MailOut, MailQuery
from stoa.modules.mail.service import MailReads
from stoa.shared.answers import answers, private_json
from stoa.shared.database import reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.security import require

router = APIRouter(prefix="/admin/mail", tags=["mail"])


@router.get("", responses=answers(Page[MailOut], 401, 403), **require("view:mail", list_parameters(MailQuery)))
async def list_mails(request: Request) -> Response:
    """List the mails that the site wrote, newest first."""
    query = query_of(request, MailQuery)
    page = await MailReads(reads_of(request)).page(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))
