"""Brings deliveries of one channel to their receivers, one at a time: taken, sent with no transaction open, settled.

A worker that dies in between leaves a delivery that another one sends again, under the same id.
"""

import asyncio
import random
import time

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.modules.deliveries.channels.channel import (
    CannotDeliver,
    Channel,
    NotSetUp,
    NotWanted,
    Parcel,
    TryAgain,
    Undeliverable,
)
from stoa.modules.deliveries.events import DeliveryFailed
from stoa.modules.deliveries.repository import DeliveryRepository
from stoa.shared.database import Database

log = structlog.get_logger("stoa.deliveries")
_MARGIN_SECONDS = 15.0
_LONGEST_WORDS = 500
_DIED = "The worker ended each time while it sent this."
_MAYBE = "The worker ended while it sent this. It may have arrived, so it is not sent again."


class Deliverer:
    def __init__(self, database: Database, channel: Channel) -> None:
        self._database = database
        self._channel = channel

    async def deliver(self) -> bool:
        """Bring the one that is due first; false when none is."""
        lease = self._channel.seconds + _MARGIN_SECONDS
        parcel = await self._database.transact(
            lambda session: DeliveryRepository(session).take(self._channel.name, lease)
        )
        if parcel is None:
            return False
        began = time.monotonic()
        outcome = self._beforehand(parcel) or await self._try(parcel)
        milliseconds = int((time.monotonic() - began) * 1000)
        await self._database.transact(lambda session: self._settle(session, parcel, outcome, milliseconds))
        return True

    def _beforehand(self, parcel: Parcel) -> CannotDeliver | None:
        """Why there is no further try."""
        if parcel.was_cut_off and not self._channel.can_repeat:
            return Undeliverable(_MAYBE)
        return Undeliverable(_DIED) if parcel.number > len(self._channel.waits) + 1 else None

    async def _try(self, parcel: Parcel) -> "str | CannotDeliver":
        try:
            async with asyncio.timeout(self._channel.seconds):
                return await self._channel.send(parcel)
        except CannotDeliver as error:
            return error
        except TimeoutError:
            return TryAgain(f"No answer within {self._channel.seconds:g} s.", is_uncertain=True)
        except Exception as error:
            log.exception("a channel failed", channel=self._channel.name, id=str(parcel.id))
            return TryAgain(f"The channel failed: {type(error).__name__}.", is_uncertain=True)

    async def _settle(
        self, session: AsyncSession, parcel: Parcel, outcome: "str | CannotDeliver", milliseconds: int
    ) -> None:
        deliveries = DeliveryRepository(session)
        words = str(outcome)[:_LONGEST_WORDS]
        if isinstance(outcome, str):
            state, is_ours = "sent", await deliveries.end(parcel, "sent", None, words)
        elif isinstance(outcome, NotSetUp | NotWanted):
            state, is_ours = "suppressed", await deliveries.end(parcel, "suppressed", words, None)
        elif isinstance(outcome, TryAgain) and self._has_another(parcel, outcome):
            state = "uncertain" if outcome.is_uncertain else "pending"
            wait = max(self._channel.waits[parcel.number - 1] * random.uniform(0.9, 1.1), outcome.wait)  # noqa: S311 # spreads, hides nothing
            is_ours = await deliveries.later(parcel, state, words, wait)
        else:
            state, is_ours = "failed", await deliveries.end(parcel, "failed", words, None)
        if not is_ours:
            return
        await deliveries.note(parcel, "failed" if state == "pending" else state, words, milliseconds)
        if state == "failed":
            log.warning("delivery failed", channel=self._channel.name, kind=parcel.kind, id=str(parcel.id), why=words)
            failed = DeliveryFailed(delivery_id=parcel.id, channel=self._channel.name, kind=parcel.kind, reason=words)
            await publish(session, failed)

    def _has_another(self, parcel: Parcel, outcome: TryAgain) -> bool:
        """Whether it is tried again."""
        if outcome.is_uncertain and not self._channel.can_repeat:
            return False
        return parcel.number <= len(self._channel.waits)
