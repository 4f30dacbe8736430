"""Settings of a person: where they are signed in."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.auth.parts import parts_of
from stoa.modules.auth.sessions.service import SessionReads, SessionService
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import OWN_ACCOUNT, ActorDep, require
from stoa.web.accounts.contexts import ConfirmPage, SessionsPage, SignedIn
from stoa.web.accounts.done import done_of
from stoa.web.forms import read_form
from stoa.web.private import private_meta, private_page, see_other

router = APIRouter(prefix="/settings/sessions", include_in_schema=False)
_HERE = "/settings/sessions"


@router.get("", **require(OWN_ACCOUNT))
async def list_sessions(actor: ActorDep, request: Request) -> Response:
    """Where one is signed in."""
    found = orjson.loads(await SessionReads(reads_of(request)).of(actor))["items"]
    sessions = tuple(_signed_in(one) for one in found)
    return await private_page(
        request, SessionsPage(private_meta(request, "Where you are signed in"), done_of(request), sessions)
    )


@router.post("/{session_id}/end", **require(OWN_ACCOUNT))
async def end_session(session_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """End one sign-in."""
    await read_form(request, ())
    await SessionService(session, parts_of(request).life).end_one(actor.user_id, session_id)
    return see_other(f"{_HERE}?done=session-ended")


@router.get("/end-others", **require(OWN_ACCOUNT))
async def ask_to_end_others(request: Request) -> Response:
    """Ask before every other sign-in is ended."""
    page = ConfirmPage(
        meta=private_meta(request, "Sign out everywhere else"),
        title="Sign out everywhere else?",
        text="Every other browser and app must sign in again. Here you stay signed in, and API keys stay as they are.",
        action=f"{_HERE}/end-others",
        submit="Sign out everywhere else",
        back=_HERE,
    )
    return await private_page(request, page)


@router.post("/end-others", **require(OWN_ACCOUNT))
async def end_others(actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """End every sign-in but this one."""
    await read_form(request, ())
    service = SessionService(session, parts_of(request).life)
    await service.end_all(actor.user_id, "signed out everywhere else", but=actor.session_id)
    return see_other(f"{_HERE}?done=sessions-ended")


def _signed_in(one: dict[str, Any]) -> SignedIn:
    return SignedIn(
        id=one["id"],
        device=one["device"],
        address=one["address"],
        kind=one["kind"],
        created_at=datetime.fromisoformat(one["created_at"]),
        last_used_at=datetime.fromisoformat(one["last_used_at"]),
        is_current=one["is_current"],
    )
