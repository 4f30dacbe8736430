"""One's own feed, and the forms that follow an author or a tag."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from stoa.modules.content.follows.service import FollowService
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.errors import InvalidInput
from stoa.shared.parameters import SlugPath, Username
from stoa.shared.security import SIGNED_IN, ActorDep, require
from stoa.web.following.building import HERE, FollowingQuery, following_page
from stoa.web.forms import Form, read_form
from stoa.web.private import private_meta, private_page, safe_next, see_other

router = APIRouter(include_in_schema=False)


@router.get(HERE, **require(SIGNED_IN))
async def following(request: Request, query: Annotated[FollowingQuery, Query()], actor: ActorDep) -> Response:
    """The newest of what one follows, and what that is."""
    meta = private_meta(request, "Following")
    return await private_page(request, await following_page(reads_of(request), actor, query, meta))


@router.post("/authors/{username}/follow", **require(SIGNED_IN))
async def follow_author(request: Request, username: Username, actor: ActorDep, session: SessionDep) -> Response:
    """Follow an author, or no longer."""
    form = await _form(request)
    service = FollowService(session)
    await (service.follow_author if form["act"] == "follow" else service.unfollow_author)(actor, username)
    return see_other(_back(form))


@router.post("/tags/{slug}/follow", **require(SIGNED_IN))
async def follow_tag(request: Request, slug: SlugPath, actor: ActorDep, session: SessionDep) -> Response:
    """Follow a tag, or no longer."""
    form = await _form(request)
    service = FollowService(session)
    await (service.follow_tag if form["act"] == "follow" else service.unfollow_tag)(actor, slug)
    return see_other(_back(form))


async def _form(request: Request) -> Form:
    form = await read_form(request, ("act", "back"), longest=2000)
    if form["act"] not in {"follow", "unfollow"}:
        raise InvalidInput("The form must say `follow` or `unfollow`. Load the page again.")
    return form


def _back(form: Form) -> str:
    """To the page where the button was, and never to another site."""
    return safe_next(form["back"]) if form["back"] else HERE
