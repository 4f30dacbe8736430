"""What is done by mail: confirm an address, set a new password. Opening a link changes nothing; its button does."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.auth.accounts.password_change import PasswordChanges
from stoa.modules.auth.accounts.registration import Registrations
from stoa.modules.auth.accounts.schemas import EmailIn, PasswordReset, TokenIn
from stoa.modules.auth.errors import LinkSpent
from stoa.modules.auth.parts import parts_of
from stoa.shared.errors import StoaError
from stoa.shared.security import PUBLIC, origin_of, viewer_of
from stoa.web.accounts.contexts import MailSentPage, ResetPage, VerifyPage
from stoa.web.forms import Form, FormState, checked
from stoa.web.private import TOKEN_IN_ADDRESS, private_meta, see_other, stranger_form, stranger_page

router = APIRouter(include_in_schema=False)
_RESEND, _FORGOT = "/verify-email/resend", "/forgot-password"
_LOOK = "Look into your mail"
_WORDS = {
    "registered": (_LOOK, "We sent a link to the address, if it can have an account. Open it to confirm the address."),
    "resent": (_LOOK, "If that address waits to be confirmed, a new link is on its way to it."),
    "reset": (_LOOK, "If that address has an account, a link to set a new password is on its way to it."),
    _RESEND: ("Confirm your address", "Ask for a new link, if the one we sent did not arrive or is too old."),
    _FORGOT: ("Set a new password", "Name the address of your account: we send a link to it."),
}


@router.get("/verify-email", **PUBLIC)
async def verify_form(request: Request, token: str = "") -> Response:
    """The button that confirms an address."""
    return await _verify_page(request, token[:200], FormState()) if token else see_other(_RESEND)


@router.post("/verify-email", **PUBLIC)
async def verify(request: Request) -> Response:
    """Confirm an address."""
    form = await stranger_form(request, "token")
    try:
        await Registrations(parts_of(request)).confirm(checked(TokenIn, {"token": _link(form)}).token)
    except StoaError as fault:
        return await _verify_page(request, form["token"][:200], form.refused(fault), fault)
    where = "/settings" if await viewer_of(request) else "/sign-in"
    return see_other(f"{where}?done=verified")


async def _verify_page(request: Request, token: str, form: FormState, fault: StoaError | None = None) -> Response:
    meta = private_meta(request, "Confirm your address")
    return await stranger_page(
        request,
        lambda csrf_token: VerifyPage(meta, csrf_token, form, token),
        headers=TOKEN_IN_ADDRESS,
        fault=fault,
    )


@router.get("/verify-email/resend", **PUBLIC)
async def resend_form(request: Request) -> Response:
    """The form to ask for another link."""
    return await _mail_page(request, _RESEND, FormState())


@router.post("/verify-email/resend", **PUBLIC)
async def resend(request: Request) -> Response:
    """Send another link, where there is something to confirm."""
    form = await stranger_form(request, "email")
    try:
        who = checked(EmailIn, form.given("email"))
        await Registrations(parts_of(request)).send_again(who.email, origin_of(request))
    except StoaError as fault:
        return await _mail_page(request, _RESEND, form.refused(fault), fault)
    return see_other(f"{_RESEND}?done=resent")


@router.get("/forgot-password", **PUBLIC)
async def forgot_form(request: Request) -> Response:
    """The form to ask for a link."""
    return await _mail_page(request, _FORGOT, FormState())


@router.post("/forgot-password", **PUBLIC)
async def forgot(request: Request) -> Response:
    """Send a link that sets a new password, where that address has an account."""
    form = await stranger_form(request, "email")
    try:
        who = checked(EmailIn, form.given("email"))
        await PasswordChanges(parts_of(request)).forgot(who.email, origin_of(request))
    except StoaError as fault:
        return await _mail_page(request, _FORGOT, form.refused(fault), fault)
    return see_other(f"{_FORGOT}?done=reset")


async def _mail_page(request: Request, action: str, form: FormState, fault: StoaError | None = None) -> Response:
    done = request.query_params.get("done", "")
    is_sent = fault is None and done in _WORDS
    title, lead = _WORDS[done if is_sent else action]
    submit = "Send it again" if is_sent else "Send the link"
    meta = private_meta(request, title)
    return await stranger_page(
        request, lambda token: MailSentPage(meta, token, form, title, lead, action, submit, is_sent), fault=fault
    )


@router.get("/reset-password", **PUBLIC)
async def reset_form(request: Request, token: str = "") -> Response:
    """The form for a new password."""
    return await _reset_page(request, token[:200], FormState()) if token else see_other(_FORGOT)


@router.post("/reset-password", **PUBLIC)
async def reset(request: Request) -> Response:
    """Set a new password; every device is signed out."""
    form = await stranger_form(request, "token", "password")
    try:
        change = checked(PasswordReset, {**form.given("password"), "token": _link(form)})
        await PasswordChanges(parts_of(request)).reset(change, origin_of(request))
    except StoaError as fault:
        return await _reset_page(request, form["token"][:200], form.refused(fault), fault)
    return see_other("/sign-in?done=password-set")


async def _reset_page(request: Request, token: str, form: FormState, fault: StoaError | None = None) -> Response:
    meta = private_meta(request, "Set a new password")
    return await stranger_page(
        request,
        lambda csrf_token: ResetPage(meta, csrf_token, form, token),
        headers=TOKEN_IN_ADDRESS,
        fault=fault,
    )


def _link(form: Form) -> str:
    """The token of the link. Raises LinkSpent for what cannot be one."""
    if not 10 <= len(form["token"].strip()) <= 200:
        raise LinkSpent
    return form["token"]
