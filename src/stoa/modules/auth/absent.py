"""Who somebody is by now who asked for work that is done later: read anew, so that a ban or another role acts on it."""

from typing import Any
from uuid import UUID

import orjson

from stoa.modules.auth.api_keys import queries
from stoa.modules.auth.errors import InvalidToken
from stoa.modules.auth.gate import check_standing
from stoa.modules.auth.roles.service import Matrix
from stoa.shared.database import ReadSession
from stoa.shared.security import Actor


class AbsentPeople:
    """One per process."""

    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads
        self._matrix = Matrix()

    async def actor(self, user_id: UUID, key_id: UUID | None) -> Actor:
        """With `key_id` no more than that key may. Raises InvalidToken for who is gone or an ended key, Banned."""
        row = await self._reads.fetch_row(queries.ON_BEHALF, user_id=user_id, key_id=key_id)
        if row is None or row["user"] is None:
            raise InvalidToken("The account is gone.")
        user: dict[str, Any] = orjson.loads(row["user"])
        check_standing(user)
        if key_id is not None and row["scopes"] is None:
            raise InvalidToken("The API key that asked for this was ended.")
        granted = await self._matrix.permissions(self._reads, user["role"], row["revision"])
        return Actor(
            id=user_id,
            username=user["username"],
            display_name=user["display_name"],
            role=user["role"],
            permissions=granted if key_id is None else granted & frozenset(row["scopes"]),
            credential="token" if key_id is None else "key",
            is_verified=user["is_verified"],
            tier=user["tier"],
            key_id=key_id,
        )
