"""The API of users: public profiles, one's own, and the list for those who manage people."""

from fastapi import APIRouter, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.users.avatars import Avatars
from stoa.modules.users.schemas import OwnUser, Profile, ProfileIn, UserQuery, UserRow
from stoa.modules.users.service import UserReads, UserService
from stoa.shared.answers import answers, private_json, public_json
from stoa.shared.database import database_of, reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.parameters import Username
from stoa.shared.security import OWN_ACCOUNT, PUBLIC, SIGNED_IN, ActorDep, GuardedRoute, require

router = APIRouter(tags=["users"], route_class=GuardedRoute)


def avatars_of(request: Request) -> Avatars:
    """The pictures of people, for the API and for forms."""
    return Avatars(database_of(request), request.app.state.media, request.app.state.pictures)


@router.get("/users", responses=answers(Page[UserRow], 401, 403), **require("manage:users", list_parameters(UserQuery)))
async def list_users(request: Request) -> Response:
    """Find accounts by name, address, role or state."""
    query = query_of(request, UserQuery)
    page = await UserReads(reads_of(request)).page(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get("/users/me", responses=answers(OwnUser, 401, 403), **require(SIGNED_IN))
async def get_me(actor: ActorDep, request: Request) -> Response:
    """Read one's own account."""
    return private_json(await UserReads(reads_of(request)).own(actor.user_id, actor.permissions))


@router.put("/users/me", responses=answers(OwnUser, 401, 403), **require(OWN_ACCOUNT))
async def change_me(profile: ProfileIn, actor: ActorDep, request: Request) -> Response:
    """Change one's own profile."""
    database = database_of(request)
    await database.transact(lambda session: UserService(session).change_profile(actor.user_id, profile))
    return private_json(await UserReads(database.reads).own(actor.user_id, actor.permissions))


@router.put("/users/me/avatar", responses=answers(OwnUser, 401, 403, 413), **require(OWN_ACCOUNT))
async def set_avatar(file: UploadFile, actor: ActorDep, request: Request) -> Response:
    """Set one's own picture: PNG, JPEG, WebP or GIF, kept as a small square without its metadata."""
    await avatars_of(request).put(actor.user_id, file.file)
    return await get_me(actor, request)


@router.delete("/users/me/avatar", status_code=204, responses=answers(OwnUser, 401, 403), **require(OWN_ACCOUNT))
async def remove_avatar(actor: ActorDep, request: Request) -> None:
    """Remove one's own picture."""
    await avatars_of(request).remove(actor.user_id)


@router.get("/users/{username}", responses=answers(Profile, 404), **PUBLIC)
async def get_user(username: Username, request: Request) -> Response:
    """Read the public profile of a user."""
    return public_json(await UserReads(reads_of(request)).public(username))
