"""Use cases of API keys."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.audit.service import AuditService
from stoa.modules.auth.api_keys import queries
from stoa.modules.auth.api_keys.models import ApiKey
from stoa.modules.auth.api_keys.repository import ApiKeyRepository
from stoa.modules.auth.api_keys.schemas import ApiKeyIn, NewApiKey
from stoa.modules.auth.errors import InvalidToken, KeyNotFound
from stoa.modules.auth.events import ApiKeyCreated
from stoa.modules.auth.secrets import hash_of, new_api_key
from stoa.modules.auth.sessions.repository import SessionRepository
from stoa.modules.users.service import UserService
from stoa.shared.clock import utc_now
from stoa.shared.database import ReadSession
from stoa.shared.errors import Conflict, FieldFault, InvalidInput
from stoa.shared.ids import new_id
from stoa.shared.security import Actor

MOST_KEYS = 50
_SHOWN = 12


class ApiKeyReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def of(self, user_id: UUID) -> str:
        """The living keys of a user, newest first, as JSON."""
        return f'{{"items":{await self._reads.fetch_value(queries.OF_USER, user_id=user_id)}}}'


class ApiKeyService:
    """Within the caller's unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._keys = ApiKeyRepository(session)
        self._users = UserService(session)
        self._audit = AuditService(session)

    async def create(self, new: ApiKeyIn, actor: Actor) -> NewApiKey:
        """A new key. Raises InvalidInput for scopes beyond the owner's permissions or an end in the past."""
        _check(new, actor)
        await self._users.account(actor.user_id)  # locked, so that of many at once none counts past another
        if actor.session_id and not await SessionRepository(self._session).lives(actor.session_id):
            raise InvalidToken  # it ended while this was asked, maybe with a new password
        if await self._keys.count(actor.user_id) >= MOST_KEYS:
            raise Conflict(f"You have {MOST_KEYS} keys already. End one first.")
        secret = new_api_key()
        key = ApiKey(
            id=new_id(),
            user_id=actor.user_id,
            name=new.name,
            prefix=secret[:_SHOWN],
            secret_hash=hash_of(secret),
            scopes=sorted(set(new.scopes)),
            created_at=utc_now(),
            expires_at=new.expires_at,
        )
        await self._keys.add(key)
        await publish(self._session, ApiKeyCreated(user_id=actor.user_id, key_id=key.id, prefix=key.prefix))
        await self._audit.record(
            "api_key.created", actor=actor, subject_type="api_key", subject_id=key.id, details={"scopes": key.scopes}
        )
        return NewApiKey(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            scopes=key.scopes,
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=None,
            key=secret,
        )

    async def end(self, key_id: UUID, actor: Actor) -> None:
        """Raises KeyNotFound for another's key as for none."""
        if not await self._keys.end(actor.user_id, key_id):
            raise KeyNotFound
        await self._audit.record("api_key.ended", actor=actor, subject_type="api_key", subject_id=key_id)

    async def end_all(self, user_id: UUID) -> int:
        return await self._keys.end(user_id)

    async def forget(self, user_id: UUID) -> None:
        """Delete every trace of a user's keys."""
        await self._keys.forget(user_id)

    async def note_use(self, key_id: UUID) -> None:
        await self._keys.note_use(key_id)


def _check(new: ApiKeyIn, actor: Actor) -> None:
    beyond = sorted(set(new.scopes) - actor.permissions)
    if beyond:
        message = f"'{beyond[0]}' is no permission of yours; GET /api/v1/users/me lists them"
        raise InvalidInput(f"{message}.", faults=(FieldFault("body.scopes", message),))
    if new.expires_at and new.expires_at <= utc_now():
        message = "must lie in the future"
        raise InvalidInput(f"The key's end {message}.", faults=(FieldFault("body.expires_at", message),))
