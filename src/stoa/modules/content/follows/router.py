"""The API of follows: everybody follows for themselves."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.follows.schemas import FollowOut, FollowQuery
from stoa.modules.content.follows.service import FollowReads, FollowService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.parameters import SlugPath, Username
from stoa.shared.security import SIGNED_IN, ActorDep, require

router = APIRouter(tags=["follows"])
_DONE = {status: said for status, said in answers(FollowOut, 401, 403, 404).items() if status != 200}
_ADDED = {status: said for status, said in answers(FollowOut, 401, 403, 404, 409).items() if status != 200}


@router.get(
    "/follows", responses=answers(Page[FollowOut], 401, 403), **require(SIGNED_IN, list_parameters(FollowQuery))
)
async def list_follows(request: Request, actor: ActorDep) -> Response:
    """List the authors and tags that one follows, newest first."""
    query = query_of(request, FollowQuery)
    page = await FollowReads(reads_of(request)).page(actor, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.put("/users/{username}/follow", status_code=204, responses=_ADDED, **require(SIGNED_IN))
async def follow_author(username: Username, actor: ActorDep, session: SessionDep) -> None:
    """Follow an author."""
    await FollowService(session).follow_author(actor, username)


@router.delete("/users/{username}/follow", status_code=204, responses=_DONE, **require(SIGNED_IN))
async def unfollow_author(username: Username, actor: ActorDep, session: SessionDep) -> None:
    """Follow an author no longer."""
    await FollowService(session).unfollow_author(actor, username)


@router.put("/tags/{slug}/follow", status_code=204, responses=_ADDED, **require(SIGNED_IN))
async def follow_tag(slug: SlugPath, actor: ActorDep, session: SessionDep) -> None:
    """Follow a tag."""
    await FollowService(session).follow_tag(actor, slug)


@router.delete("/tags/{slug}/follow", status_code=204, responses=_DONE, **require(SIGNED_IN))
async def unfollow_tag(slug: SlugPath, actor: ActorDep, session: SessionDep) -> None:
    """Follow a tag no longer."""
    await FollowService(session).unfollow_tag(actor, slug)
