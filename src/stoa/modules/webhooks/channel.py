"""The way out to other people's systems: signed, at least once, under the same id in every try."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from stoa.modules.deliveries.channels.channel import CannotDeliver, Parcel, TryAgain, Undeliverable
from stoa.modules.webhooks import queries
from stoa.modules.webhooks.announcing import CHANNEL
from stoa.modules.webhooks.health import FAILED, GONE, EndpointHealth
from stoa.modules.webhooks.service import SEALED_FOR
from stoa.modules.webhooks.signing import signed_headers
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.keyring import CannotOpen, Keyring
from stoa.shared.outbound import Answered, Outbound, Unreachable
from stoa.shared.retry_after import retry_after
from stoa.shared.targets import Refused

_MINUTE, _HOUR = 60.0, 3600.0
_LONGEST_WAIT: Final = 24 * _HOUR
_SECONDS: Final = 15.0
_MARGIN: Final = 5.0
ANSWER_BYTES: Final = 65_536


def outbound(*, allow_private: bool) -> Outbound:
    """As webhooks need it: 15 seconds, and little of the answer."""
    return Outbound(allow_private=allow_private, seconds=_SECONDS, most_bytes=ANSWER_BYTES)


class WebhookChannel:
    name: str = CHANNEL
    waits: Sequence[float] = (5.0, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR)
    seconds: float = _SECONDS + _MARGIN
    can_repeat: Final = True
    senders: int = 4

    def __init__(self, database: Database, keyring: Keyring, client: Outbound) -> None:
        self._database = database
        self._keyring = keyring
        self._client = client

    async def send(self, parcel: Parcel) -> str:
        """The status in a line; also keeps account of how the endpoint answers. Raises CannotDeliver."""
        endpoint_id = UUID(parcel.recipient)
        endpoint = await self._database.reads.fetch_row(queries.TO_SEND, id=endpoint_id)
        if endpoint is None:
            raise Undeliverable("The endpoint was deleted.")
        if not endpoint["is_enabled"]:
            raise Undeliverable(f"The endpoint is switched off. {endpoint['disabled_because'] or ''}".strip())
        keys = self._keys(endpoint)
        try:
            said = await self._post(parcel, endpoint["url"], keys)
        except CannotDeliver:
            if await self._database.transact(lambda session: EndpointHealth(session).failed(endpoint_id, utc_now())):
                raise Undeliverable(f"The endpoint is switched off. {FAILED}") from None
            raise
        await self._database.transact(lambda session: EndpointHealth(session).arrived(endpoint_id))
        return said

    async def _post(self, parcel: Parcel, url: str, keys: Sequence[bytes]) -> str:
        body = orjson.dumps(parcel.content)
        signed = signed_headers(str(parcel.id), int(time.time()), body, keys)
        try:
            answer = await self._client.post(url, {**signed, "content-type": "application/json"}, body)
        except Refused as error:
            raise Undeliverable(error.reason) from None
        except Unreachable as error:
            raise TryAgain(error.reason, is_uncertain=error.is_uncertain) from None
        if 200 <= answer.status < 300:
            return f"Answered {answer.status}."
        if answer.status == 410:
            await self._database.transact(lambda session: EndpointHealth(session).gone(UUID(parcel.recipient)))
            raise Undeliverable(f"The endpoint is switched off. {GONE}")
        raise _failure(answer)

    def _keys(self, endpoint: Mapping[str, Any]) -> list[bytes]:
        """The secret, and the one before it while that still signs."""
        sealed = [endpoint["secret"]]
        if endpoint["former_secret"] and endpoint["former_until"] > utc_now():
            sealed.append(endpoint["former_secret"])
        try:
            return [self._keyring.open(SEALED_FOR, one) for one in sealed]
        except CannotOpen as error:
            raise Undeliverable(f"{error.detail} Rotating the endpoint's secret helps.") from None


def _failure(answer: Answered) -> TryAgain:
    wait = retry_after(answer.headers, most=_LONGEST_WAIT)
    if 300 <= answer.status < 400:
        return TryAgain(f"Answered {answer.status}: redirects are not followed.", wait=wait)
    return TryAgain(f"Answered {answer.status}, where 200 to 299 means that it arrived.", wait=wait)
