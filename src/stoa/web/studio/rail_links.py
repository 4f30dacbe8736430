"""The rail of whoever asks, with the number of comments that wait for them: one statement."""

from starlette.requests import Request

from stoa.modules.content.comments.reading import CommentReads
from stoa.shared.database import reads_of
from stoa.shared.security import Actor
from stoa.web.studio.rail import Place, RailLink, rail_of


async def rail_for(request: Request, actor: Actor, here: Place) -> tuple[RailLink, ...]:
    """The places this person may go to, and how much waits there."""
    return rail_of(actor, here, held=await CommentReads(reads_of(request)).held_count(actor))
