"""How a telephone number becomes one's own: a code goes there by SMS, and comes back.

A new number takes the place of the former one at once, and gets nothing but its code until that has come back. Wrong
tries are counted in transactions of their own: what a refusal counted stays counted.
"""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.audit.service import AuditService
from stoa.modules.auth.parts import AuthParts
from stoa.modules.deliveries.schemas import Message
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.notifications.phones.errors import NoCode, TooManyCodes, WrongCode
from stoa.modules.notifications.phones.repository import PhoneRepository
from stoa.shared.security import Actor

CODE_LIFE: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
CODES_AN_HOUR: Final = 3
CODES_A_DAY: Final = 10
"""To one number, whoever asks."""
SMS: Final = "sms"
_HOUR: Final = 3600.0
_PURPOSE: Final = "phone-code"


class PhoneConfirming:
    def __init__(self, parts: AuthParts) -> None:
        self._parts = parts

    async def ask(self, number: str, actor: Actor) -> None:
        """Have a code sent to that number, in E.164; nothing to do for one that is confirmed. Raises TooManyCodes."""
        user_id = actor.user_id
        known = await self._parts.database.transact(lambda session: PhoneRepository(session).confirmed(user_id))
        if known == number:
            return
        await self._take("phone-codes", str(user_id), CODES_AN_HOUR, _HOUR)
        await self._take("phone-codes-to", number, CODES_A_DAY, 24 * _HOUR)
        await self._parts.database.transact(lambda session: self._send(session, number, actor))

    async def confirm(self, code: str, actor: Actor) -> None:
        """The code came back: SMS go to that number from now on. Raises WrongCode, NoCode."""
        if not await self._parts.database.transact(lambda session: self._try(session, code, actor)):
            raise WrongCode(MOST_TRIES)

    async def _send(self, session: AsyncSession, number: str, actor: Actor) -> None:
        code = f"{secrets.randbelow(1_000_000):06}"
        signature = self._parts.keyring.sign(_PURPOSE, _signed(actor.user_id, number, code))
        await PhoneRepository(session).ask(actor.user_id, number, signature.encode(), CODE_LIFE)
        minutes = int(CODE_LIFE.total_seconds()) // 60
        text = (
            f"{code} is your code for {self._parts.mails.site}. It is valid for {minutes} minutes. Tell it to nobody."
        )
        message = Message(SMS, _PURPOSE, number, {"text": text}, user_id=actor.user_id, is_secret=True)
        await DeliveryService(session).send(message)
        await AuditService(session).record("phone.set", actor=actor, subject_type="user", subject_id=actor.user_id)

    async def _try(self, session: AsyncSession, code: str, actor: Actor) -> bool:
        phones = PhoneRepository(session)
        asked = await phones.count_try(actor.user_id, MOST_TRIES)
        if asked is None:
            raise NoCode
        signed = _signed(actor.user_id, asked.number, code)
        if not self._parts.keyring.verify(_PURPOSE, signed, asked.code_hash.decode()):
            return False
        await phones.confirm(actor.user_id)
        await AuditService(session).record(
            "phone.confirmed", actor=actor, subject_type="user", subject_id=actor.user_id
        )
        return True

    async def _take(self, kind: str, who: str, limit: int, seconds: float) -> None:
        wait = await self._parts.throttle.take(kind, who, limit=limit, seconds=seconds)
        if wait:
            raise TooManyCodes(wait)


def _signed(user_id: UUID, number: str, code: str) -> bytes:
    return f"{user_id}:{number}:{code}".encode()
