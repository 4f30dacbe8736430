"""Settings of a person: take one's data along, or leave."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.auth.accounts.leaving import Leaving
from stoa.modules.auth.parts import parts_of
from stoa.shared.errors import StoaError
from stoa.shared.security import OWN_ACCOUNT, Actor, ActorDep, require
from stoa.web.accounts.contexts import DataPage, ErasePage
from stoa.web.accounts.cookies import drop_session
from stoa.web.forms import FormState, read_form
from stoa.web.private import private_meta, private_page, see_other

router = APIRouter(prefix="/settings/data", include_in_schema=False)


@router.get("", **require(OWN_ACCOUNT))
async def show(request: Request) -> Response:
    """The ways to take one's data along and to leave."""
    return await private_page(request, DataPage(private_meta(request, "Your data")))


@router.get("/export", **require(OWN_ACCOUNT))
async def export(actor: ActorDep, request: Request) -> Response:
    """Everything held about oneself, as one archive."""
    archive = await Leaving(parts_of(request), request.app.state.media).export(actor)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{actor.username}.zip"'}
    return Response(archive, headers=headers, media_type="application/zip")


@router.get("/erase", **require(OWN_ACCOUNT))
async def ask_to_erase(actor: ActorDep, request: Request) -> Response:
    """Ask before an account is erased."""
    return await _erase_page(request, actor)


@router.post("/erase", **require(OWN_ACCOUNT))
async def erase(actor: ActorDep, request: Request) -> Response:
    """Erase one's own account, for good."""
    form = await read_form(request, ("password", "username"))
    try:
        form.demand("password")
        await Leaving(parts_of(request), request.app.state.media).erase(actor, form["password"])
    except StoaError as fault:
        return await _erase_page(request, actor, form.refused(fault), fault)
    return drop_session(parts_of(request), see_other("/sign-in?done=erased"))


async def _erase_page(
    request: Request, actor: Actor, form: FormState | None = None, fault: StoaError | None = None
) -> Response:
    page = ErasePage(private_meta(request, "Erase your account"), form or FormState(), actor.username)
    return await private_page(request, page, fault=fault)
