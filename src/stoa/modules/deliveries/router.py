"""The API of the mails that the site wrote."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.deliveries.schemas import MAIL, MailOut, MailQuery
from stoa.modules.deliveries.service import DeliveryReads, DeliveryService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/admin/mail", tags=["mail"])


@router.get("", responses=answers(Page[MailOut], 401, 403), **require("view:mail", list_parameters(MailQuery)))
async def list_mails(request: Request) -> Response:
    """List the mails that the site wrote, newest first."""
    query = query_of(request, MailQuery)
    page = await DeliveryReads(reads_of(request)).mails(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.post(
    "/{delivery_id}/send",
    status_code=202,
    responses=answers(MailOut, 401, 403, 404),
    **require("view:mail"),
)
async def send_mail_again(delivery_id: UUID, session: SessionDep, actor: ActorDep) -> None:
    """Send a mail again that failed, or that no mail server was there for."""
    await DeliveryService(session).send_again(delivery_id, MAIL, actor)
