"""The API of the browsers that take notices."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.parts import parts_of
from stoa.modules.notifications.push.keys import PushKeys
from stoa.modules.notifications.push.schemas import ServerKey, SubscriptionIn, SubscriptionList, SubscriptionOut
from stoa.modules.notifications.push.service import PushReads, PushService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import OWN_ACCOUNT, ActorDep, require
from stoa.shared.settings import Settings

router = APIRouter(prefix="/notifications/push", tags=["notifications"])


@router.get("/key", responses=answers(ServerKey, 401, 403), **require(OWN_ACCOUNT))
async def get_push_key(request: Request) -> ServerKey:
    """Read the key that browsers subscribe with."""
    parts = parts_of(request)
    return ServerKey(key=await PushKeys(parts.database, parts.keyring).public())


@router.get("/subscriptions", responses=answers(SubscriptionList, 401, 403), **require(OWN_ACCOUNT))
async def list_subscriptions(actor: ActorDep, request: Request) -> Response:
    """List one's own browsers that take notices."""
    return private_json(await PushReads(reads_of(request)).of(actor.user_id))


@router.post(
    "/subscriptions", status_code=201, responses=answers(SubscriptionOut, 401, 403, 409, status=201),
    **require(OWN_ACCOUNT),
)  # fmt: skip
async def subscribe(new: SubscriptionIn, actor: ActorDep, session: SessionDep, request: Request) -> SubscriptionOut:
    """Take notices in this browser, until its session ends."""
    settings: Settings = request.app.state.settings
    return await PushService(session).subscribe(new, actor, allow_private=settings.notices.private_targets)


@router.delete(
    "/subscriptions/{subscription_id}", status_code=204, responses=answers(SubscriptionOut, 401, 403, 404),
    **require(OWN_ACCOUNT),
)  # fmt: skip
async def unsubscribe(subscription_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Take no notices in a browser any more."""
    await PushService(session).unsubscribe(subscription_id, actor)
