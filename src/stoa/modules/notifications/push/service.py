"""Use cases of push: which browsers of a person take notices. Sends nothing itself."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.sessions.devices import device_name
from stoa.modules.notifications.push import queries
from stoa.modules.notifications.push.errors import SessionEnded, SubscriptionNotFound, TooManyDevices
from stoa.modules.notifications.push.repository import PushRepository
from stoa.modules.notifications.push.schemas import SubscriptionIn, SubscriptionOut
from stoa.modules.users.service import UserService
from stoa.shared.database import ReadSession
from stoa.shared.errors import FieldFault, InvalidInput
from stoa.shared.ids import new_id
from stoa.shared.security import Actor
from stoa.shared.targets import Refused, check_target

MOST_DEVICES: Final = 10


class PushService:
    """Within the caller's unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._push = PushRepository(session)
        self._users = UserService(session)

    async def receivers(self, user_id: UUID) -> list[UUID]:
        """The subscriptions of a person's browsers that are signed in; the recipients of their push messages."""
        return await self._push.living(user_id)

    async def subscribe(self, new: SubscriptionIn, actor: Actor, *, allow_private: bool = False) -> SubscriptionOut:
        """Notices for this browser, until its session ends; an endpoint known already moves to who subscribes now.

        Raises InvalidInput for an endpoint that cannot be sent to, TooManyDevices, SessionEnded.
        """
        _check(new.endpoint, allow_private=allow_private)
        await self._users.account(actor.user_id)  # locked, so that of many at once none counts past another
        await self._push.remove_dead(actor.user_id)
        made, created_at = await self._push.put(self._values(new, actor))
        living = await self._push.living(actor.user_id)
        if made not in living:
            raise SessionEnded
        if len(living) > MOST_DEVICES:
            raise TooManyDevices(MOST_DEVICES)
        device = device_name(actor.origin.device)
        return SubscriptionOut(id=made, device=device, endpoint=new.endpoint, created_at=created_at)

    async def unsubscribe(self, subscription_id: UUID, actor: Actor) -> None:
        """Raises SubscriptionNotFound for another's as for none."""
        if not await self._push.remove(subscription_id, actor.user_id):
            raise SubscriptionNotFound

    async def forget(self, user_id: UUID) -> None:
        """Delete every subscription of a person."""
        await self._push.forget(user_id)

    async def purge(self) -> None:
        """Delete the subscriptions whose session ended."""
        await self._push.remove_dead()

    def _values(self, new: SubscriptionIn, actor: Actor) -> dict[str, object]:
        return {
            "id": new_id(),
            "user_id": actor.user_id,
            "session_id": actor.session_id,
            "endpoint": new.endpoint,
            "p256dh": new.keys.p256dh,
            "auth": new.keys.auth,
            "device": device_name(actor.origin.device),
        }


class PushReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def of(self, user_id: UUID) -> str:
        """The browsers of a person that take notices, newest first, as JSON."""
        return f'{{"items":{await self._reads.fetch_value(queries.OF_USER, user_id=user_id)}}}'


def _check(endpoint: str, *, allow_private: bool) -> None:
    try:
        check_target(endpoint, allow_private=allow_private)
    except Refused as error:
        raise InvalidInput(
            f"The endpoint cannot be used: {error}", faults=(FieldFault("body.endpoint", str(error)),)
        ) from None
