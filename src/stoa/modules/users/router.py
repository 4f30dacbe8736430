"""The API of users."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.users.schemas import PublicUser
from stoa.modules.users.service import UserReads
from stoa.shared.answers import answers, public_json
from stoa.shared.database import reads_of
from stoa.shared.parameters import Username
from stoa.shared.security import PUBLIC

router = APIRouter(tags=["users"])


@router.get("/users/{username}", responses=answers(PublicUser, 404), **PUBLIC)
async def get_user(username: Username, request: Request) -> Response:
    """Read the public profile of a user."""
    return public_json(await UserReads(reads_of(request)).public(username))
