"""The API of one's own telephone number."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.parts import parts_of
from stoa.modules.notifications.phones.confirming import PhoneConfirming
from stoa.modules.notifications.phones.schemas import CodeIn, PhoneIn, PhoneOut
from stoa.modules.notifications.phones.service import PhoneReads, PhoneService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import OWN_ACCOUNT, Actor, ActorDep, require

router = APIRouter(prefix="/notifications/phone", tags=["notifications"])


@router.get("", responses=answers(PhoneOut, 401, 403), **require(OWN_ACCOUNT))
async def get_phone(actor: ActorDep, request: Request) -> Response:
    """Read one's own telephone number."""
    return await _own(request, actor)


@router.put("", responses=answers(PhoneOut, 401, 403, 429), **require(OWN_ACCOUNT))
async def set_phone(new: PhoneIn, actor: ActorDep, request: Request) -> Response:
    """Set one's telephone number; a code goes there by SMS, and only what is confirmed gets notices."""
    await PhoneConfirming(parts_of(request)).ask(new.number, actor)
    return await _own(request, actor)


@router.post("/confirm", responses=answers(PhoneOut, 401, 403, 409), **require(OWN_ACCOUNT))
async def confirm_phone(sent: CodeIn, actor: ActorDep, request: Request) -> Response:
    """Confirm one's telephone number by the code that was sent to it."""
    await PhoneConfirming(parts_of(request)).confirm(sent.digits, actor)
    return await _own(request, actor)


@router.delete("", status_code=204, responses=answers(PhoneOut, 401, 403), **require(OWN_ACCOUNT))
async def delete_phone(actor: ActorDep, session: SessionDep) -> None:
    """Remove one's telephone number."""
    await PhoneService(session).delete(actor)


async def _own(request: Request, actor: Actor) -> Response:
    return private_json(await PhoneReads(reads_of(request)).of(actor.user_id))
