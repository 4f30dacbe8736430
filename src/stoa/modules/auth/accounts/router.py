"""The API of accounts: register, confirm, recover, change the password, take one's data along, leave."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.accounts.leaving import Leaving
from stoa.modules.auth.accounts.password_change import PasswordChanges
from stoa.modules.auth.accounts.registration import Registrations
from stoa.modules.auth.accounts.schemas import (
    Accepted,
    EmailIn,
    Erasure,
    PasswordChange,
    PasswordReset,
    Registration,
    TokenIn,
)
from stoa.modules.auth.parts import parts_of
from stoa.shared.answers import answers
from stoa.shared.security import OWN_ACCOUNT, PUBLIC, ActorDep, origin_of, require

router = APIRouter(tags=["accounts"])
_SENT = Accepted(detail="If that can be done, a mail is on its way to the address. Open the link in it.")


@router.post("/register", status_code=202, responses=answers(Accepted, 403, 409, 429, status=202), **PUBLIC)
async def register(new: Registration, request: Request) -> Accepted:
    """Make an account; a mail asks to confirm the address."""
    await Registrations(parts_of(request)).register(new, origin_of(request))
    return _SENT


@router.post("/verify-email", responses=answers(Accepted), **PUBLIC)
async def verify_email(link: TokenIn, request: Request) -> Accepted:
    """Confirm an address with the token of the mail."""
    await Registrations(parts_of(request)).confirm(link.token)
    return Accepted(detail="The address is confirmed.")


@router.post("/verify-email/resend", status_code=202, responses=answers(Accepted, 429, status=202), **PUBLIC)
async def resend_verification(who: EmailIn, request: Request) -> Accepted:
    """Send the mail again that asks to confirm an address."""
    await Registrations(parts_of(request)).send_again(who.email, origin_of(request))
    return _SENT


@router.post("/password/forgot", status_code=202, responses=answers(Accepted, 429, status=202), **PUBLIC)
async def forgot_password(who: EmailIn, request: Request) -> Accepted:
    """Ask for a link that sets a new password."""
    await PasswordChanges(parts_of(request)).forgot(who.email, origin_of(request))
    return _SENT


@router.post("/password/reset", responses=answers(Accepted), **PUBLIC)
async def reset_password(reset: PasswordReset, request: Request) -> Accepted:
    """Set a new password with the token of the mail."""
    await PasswordChanges(parts_of(request)).reset(reset, origin_of(request))
    return Accepted(detail="The password is changed. Sign in with it.")


@router.post("/password/change", responses=answers(Accepted, 401, 403, 429), **require(OWN_ACCOUNT))
async def change_password(change: PasswordChange, actor: ActorDep, request: Request) -> Accepted:
    """Change one's own password; every other sign-in and all API keys end."""
    await PasswordChanges(parts_of(request)).change(change, actor)
    return Accepted(detail="The password is changed. All other devices were signed out, API keys were ended.")


@router.get(
    "/users/me/export",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "A zip archive."}, 401: {}, 403: {}},
    **require(OWN_ACCOUNT),
)
async def export_me(actor: ActorDep, request: Request) -> Response:
    """Get everything held about oneself as one archive."""
    archive = await Leaving(parts_of(request), request.app.state.media).export(actor)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{actor.username}.zip"'}
    return Response(archive, headers=headers, media_type="application/zip")


@router.delete("/users/me", status_code=204, responses=answers(Accepted, 401, 403, 409, 429), **require(OWN_ACCOUNT))
async def erase_me(erasure: Erasure, actor: ActorDep, request: Request) -> None:
    """Erase one's own account, for good."""
    leaving = Leaving(parts_of(request), request.app.state.media)
    await leaving.erase(actor, erasure.password.get_secret_value())
