"""Settings of a person: the public profile with its picture, and the password."""

from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.auth.accounts.password_change import PasswordChanges
from stoa.modules.auth.accounts.schemas import PasswordChange
from stoa.modules.auth.parts import parts_of
from stoa.modules.users.router import avatars_of
from stoa.modules.users.schemas import ProfileIn
from stoa.modules.users.service import UserReads, UserService
from stoa.shared.database import database_of, reads_of
from stoa.shared.errors import FieldFault, InvalidInput, StoaError
from stoa.shared.security import OWN_ACCOUNT, Actor, ActorDep, require
from stoa.web.accounts.contexts import PasswordPage, ProfilePage
from stoa.web.accounts.done import done_of
from stoa.web.contexts import AuthorRef
from stoa.web.forms import Form, FormState, checked, read_form
from stoa.web.private import private_meta, private_page, see_other

router = APIRouter(include_in_schema=False)
_FIELDS = ("display_name", "bio", "website", "social_links", "date_of_birth")


@router.get("/settings", **require(OWN_ACCOUNT))
async def profile_form(actor: ActorDep, request: Request) -> Response:
    """One's own profile, to change."""
    return await _profile_page(request, actor)


@router.post("/settings", **require(OWN_ACCOUNT))
async def change_profile(actor: ActorDep, request: Request) -> Response:
    """Change one's own profile."""
    form = await read_form(request, _FIELDS)
    try:
        form.demand("display_name")
        profile = checked(ProfileIn, {**form.given(*_FIELDS), "social_links": _lines(form)})
        await database_of(request).transact(lambda session: UserService(session).change_profile(actor.user_id, profile))
    except StoaError as fault:
        return await _profile_page(request, actor, form.refused(fault), fault)
    return see_other("/settings?done=saved")


@router.post("/settings/avatar", **require(OWN_ACCOUNT))
async def set_avatar(actor: ActorDep, request: Request) -> Response:
    """Change one's own picture."""
    form = await read_form(request, (), files=("picture",))
    picture = form.files.get("picture")
    try:
        if picture is None or not picture.filename:
            raise InvalidInput("Choose a file.", faults=(FieldFault("body.picture", "choose a file first"),))
        await avatars_of(request).put(actor.user_id, picture.file)
    except StoaError as fault:
        return await _profile_page(request, actor, _at_picture(form, fault), fault)
    finally:
        if picture is not None:
            await picture.close()
    return see_other("/settings?done=avatar")


@router.post("/settings/avatar/remove", **require(OWN_ACCOUNT))
async def remove_avatar(actor: ActorDep, request: Request) -> Response:
    """Go without a picture."""
    await read_form(request, ())
    await avatars_of(request).remove(actor.user_id)
    return see_other("/settings?done=avatar-removed")


@router.get("/settings/password", **require(OWN_ACCOUNT))
async def password_form(actor: ActorDep, request: Request) -> Response:
    """The form for a new password."""
    return await _password_page(request, actor)


@router.post("/settings/password", **require(OWN_ACCOUNT))
async def change_password(actor: ActorDep, request: Request) -> Response:
    """Change one's own password; every other sign-in and all API keys end."""
    form = await read_form(request, ("current_password", "password", "username"))
    try:
        change = checked(PasswordChange, form.given("current_password", "password"))
        await PasswordChanges(parts_of(request)).change(change, actor)
    except StoaError as fault:
        return await _password_page(request, actor, form.refused(fault), fault)
    return see_other("/settings/password?done=password-changed")


async def _profile_page(
    request: Request, actor: Actor, form: FormState | None = None, fault: StoaError | None = None
) -> Response:
    own = orjson.loads(await UserReads(reads_of(request)).own(actor.user_id, actor.permissions))
    shown = form or FormState()
    page = ProfilePage(
        meta=private_meta(request, "Your profile"),
        form=FormState({**_typed(own), **shown.values}, shown.errors, shown.message),
        done=None if fault else done_of(request),
        person=AuthorRef(own["username"], own["display_name"], own["bio"], own["avatar_url"]),
        email=own["email"],
        is_verified=own["is_verified"],
    )
    return await private_page(request, page, fault=fault)


async def _password_page(
    request: Request, actor: Actor, form: FormState | None = None, fault: StoaError | None = None
) -> Response:
    done = None if fault else done_of(request)
    page = PasswordPage(private_meta(request, "Your password"), form or FormState(), done, actor.username)
    return await private_page(request, page, fault=fault)


def _typed(own: dict[str, Any]) -> dict[str, str]:
    """A profile as its form shows it."""
    return {
        "display_name": own["display_name"],
        "bio": own["bio"],
        "website": own["website"] or "",
        "social_links": "\n".join(own["social_links"]),
        "date_of_birth": own["date_of_birth"] or "",
    }


def _lines(form: Form) -> list[str]:
    return [line.strip() for line in form["social_links"].splitlines() if line.strip()]


def _at_picture(form: Form, fault: StoaError) -> FormState:
    refused = form.refused(fault)
    return refused if refused.errors else FormState(errors={"picture": refused.message})
