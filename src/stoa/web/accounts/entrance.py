"""Coming in and going out: register, sign in, sign out, and the first owner's welcome."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.auth.accounts.owner import Owners
from stoa.modules.auth.accounts.registration import Registrations
from stoa.modules.auth.accounts.schemas import OwnerIn, Registration
from stoa.modules.auth.accounts.sign_in import SignIn
from stoa.modules.auth.csrf import check_session
from stoa.modules.auth.parts import parts_of
from stoa.modules.auth.sessions.service import SessionService
from stoa.shared.database import SessionDep
from stoa.shared.errors import StoaError
from stoa.shared.security import PUBLIC, origin_of, viewer_of
from stoa.web.accounts.contexts import RegisterPage, SignInPage, WelcomePage
from stoa.web.accounts.cookies import drop_session, keep_session, sign_in_as
from stoa.web.accounts.done import done_of
from stoa.web.forms import FormState, checked, read_form
from stoa.web.private import (
    TOKEN_IN_ADDRESS,
    private_meta,
    safe_next,
    see_other,
    stranger_form,
    stranger_page,
)

router = APIRouter(include_in_schema=False)
_NEW = ("email", "display_name", "username", "password")


@router.get("/register", **PUBLIC)
async def register_form(request: Request) -> Response:
    """The form for a new account."""
    if await viewer_of(request):
        return see_other("/settings")
    return await _register_page(request, FormState())


@router.post("/register", **PUBLIC)
async def register(request: Request) -> Response:
    """Make an account; what follows is the same whether the address has one already."""
    form = await stranger_form(request, *_NEW)
    try:
        new = checked(Registration, form.given(*_NEW))
        await Registrations(parts_of(request)).register(new, origin_of(request))
    except StoaError as fault:
        return await _register_page(request, form.refused(fault), fault)
    return see_other("/verify-email/resend?done=registered")


async def _register_page(request: Request, form: FormState, fault: StoaError | None = None) -> Response:
    meta = private_meta(request, "Make an account")
    is_open = parts_of(request).is_open
    return await stranger_page(request, lambda token: RegisterPage(meta, token, form, is_open), fault=fault)


@router.get("/sign-in", **PUBLIC)
async def sign_in_form(request: Request) -> Response:
    """The form to sign in; whoever is signed in already goes on."""
    after = safe_next(request.query_params.get("next"))
    if await viewer_of(request):
        return see_other(after)
    return await _sign_in_page(request, FormState(), after)


@router.post("/sign-in", **PUBLIC)
async def sign_in(request: Request) -> Response:
    """Begin a new session, and go on to where somebody wanted to go."""
    form = await stranger_form(request, "login", "password", "next")
    after, parts = safe_next(form["next"]), parts_of(request)
    try:
        form.demand("login", "password")
        former = request.cookies.get(parts.cookie_name)
        session = await SignIn(parts).for_cookie(form["login"], form["password"], origin_of(request), former)
    except StoaError as fault:
        return await _sign_in_page(request, form.refused(fault), after, fault)
    return keep_session(parts, see_other(after), session)


async def _sign_in_page(request: Request, form: FormState, after: str, fault: StoaError | None = None) -> Response:
    parts, meta = parts_of(request), private_meta(request, "Sign in")
    done = None if fault else done_of(request)

    def page(token: str) -> SignInPage:
        return SignInPage(meta, token, form, after, done, parts.is_open, parts.needs_verified)

    return await stranger_page(request, page, fault=fault)


@router.post("/sign-out", **PUBLIC)
async def sign_out(session: SessionDep, request: Request) -> Response:
    """End this browser's session; one that has ended already is no fault."""
    parts, actor = parts_of(request), await viewer_of(request)
    if actor is not None and actor.session_id:
        await check_session(request, actor.csrf_token)
        await read_form(request, ())
        await SessionService(session, parts.life).end_one(actor.user_id, actor.session_id)
    return drop_session(parts, see_other("/"))


@router.get("/welcome", **PUBLIC)
async def welcome_form(request: Request, token: str = "") -> Response:
    """The form for the first owner's account."""
    return await _welcome_page(request, token[:200], FormState())


@router.post("/welcome", **PUBLIC)
async def welcome(request: Request) -> Response:
    """Make the first owner's account and sign in."""
    form = await stranger_form(request, "token", *_NEW)
    try:
        new = checked(OwnerIn, form.given("token", *_NEW))
        account = await Owners(parts_of(request)).make(new, origin_of(request))
    except StoaError as fault:
        return await _welcome_page(request, form["token"][:200], form.refused(fault), fault)
    return await sign_in_as(request, account, "/studio")


async def _welcome_page(request: Request, token: str, form: FormState, fault: StoaError | None = None) -> Response:
    is_valid = bool(token) and await Owners(parts_of(request)).is_valid(token)
    meta = private_meta(request, "Welcome")
    return await stranger_page(
        request,
        lambda csrf_token: WelcomePage(meta, csrf_token, form, token, is_valid),
        headers=TOKEN_IN_ADDRESS,
        fault=fault,
    )
