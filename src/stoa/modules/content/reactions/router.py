"""The API of reactions."""

from fastapi import APIRouter
from starlette.requests import Request

from stoa.modules.auth.parts import parts_of
from stoa.modules.content.reactions.schemas import Kind, ReactionsOut
from stoa.modules.content.reactions.service import ReactionService
from stoa.shared.answers import answers
from stoa.shared.database import SessionDep
from stoa.shared.parameters import SlugPath
from stoa.shared.security import SIGNED_IN, ActorDep, require

router = APIRouter(prefix="/articles/{slug}/reactions", tags=["reactions"])
_SAID = answers(ReactionsOut, 401, 403, 404)


@router.put("/{kind}", responses=_SAID, **require(SIGNED_IN))
async def react(slug: SlugPath, kind: Kind, actor: ActorDep, session: SessionDep, request: Request) -> ReactionsOut:
    """React to an article."""
    return await ReactionService(session, parts_of(request).throttle).react(actor, slug, kind)


@router.delete("/{kind}", responses=_SAID, **require(SIGNED_IN))
async def withdraw_reaction(
    slug: SlugPath, kind: Kind, actor: ActorDep, session: SessionDep, request: Request
) -> ReactionsOut:
    """Take a reaction back."""
    return await ReactionService(session, parts_of(request).throttle).withdraw(actor, slug, kind)
