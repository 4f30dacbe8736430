"""The API of those who manage people."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.accounts.registration import Registrations
from stoa.modules.auth.parts import parts_of
from stoa.modules.auth.people.schemas import AccountChange, BanIn
from stoa.modules.auth.people.service import PeopleService
from stoa.modules.users.schemas import UserRow
from stoa.modules.users.service import UserReads
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.parameters import Username
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/admin/users", tags=["people"])


@router.get("/{username}", responses=answers(UserRow, 401, 403, 404), **require("manage:users"))
async def get_account(username: Username, request: Request) -> Response:
    """Read somebody's account."""
    return private_json(await UserReads(reads_of(request)).row(username))


@router.patch("/{username}", responses=answers(UserRow, 401, 403, 404, 409), **require("manage:users"))
async def change_account(username: Username, change: AccountChange, actor: ActorDep, request: Request) -> Response:
    """Give somebody another role or tier; it acts on their next request."""
    database, life = database_of(request), parts_of(request).life
    await database.transact(lambda session: PeopleService(session, life).change(username, change, actor))
    return private_json(await UserReads(database.reads).row(username))


@router.post("/{username}/ban", responses=answers(UserRow, 401, 403, 404, 409), **require("manage:users"))
async def ban(username: Username, ban: BanIn, actor: ActorDep, request: Request) -> Response:
    """Ban somebody, from the next request on."""
    database, life = database_of(request), parts_of(request).life
    await database.transact(lambda session: PeopleService(session, life).ban(username, ban, actor))
    return private_json(await UserReads(database.reads).row(username))


@router.delete(
    "/{username}/ban", status_code=204, responses=answers(UserRow, 401, 403, 404, 409), **require("manage:users")
)
async def lift_ban(username: Username, actor: ActorDep, session: SessionDep, request: Request) -> None:
    """Lift a ban."""
    await PeopleService(session, parts_of(request).life).lift_ban(username, actor)


@router.post(
    "/{username}/sign-out", status_code=204, responses=answers(UserRow, 401, 403, 404, 409), **require("manage:users")
)
async def sign_out(username: Username, actor: ActorDep, session: SessionDep, request: Request) -> None:
    """Sign somebody out everywhere."""
    await PeopleService(session, parts_of(request).life).sign_out(username, actor)


@router.post(
    "/{username}/resend-verification",
    status_code=204,
    responses=answers(UserRow, 401, 403, 404, 409),
    **require("manage:users"),
)
async def resend_verification(username: Username, actor: ActorDep, request: Request) -> None:
    """Send somebody the mail again that asks to confirm the address."""
    await Registrations(parts_of(request)).send_again_to(username, actor)
