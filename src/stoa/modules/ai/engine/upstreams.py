"""The providers of this process: their connections, keys and breakers; and the tries until one of them answers.

A try is made again only before the first byte came back, so no answer is ever doubled.
"""

import asyncio
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from stoa.modules.ai.engine.asking import Candidate, Request
from stoa.modules.ai.engine.generation import Opened
from stoa.modules.ai.engine.outgoing import outgoing
from stoa.modules.ai.errors import NoProviderAnswers, NoProviderInTime, ProviderRefuses, ProvidersBusy
from stoa.modules.ai.providers.breaker import Breaker
from stoa.modules.ai.providers.keys import Keys
from stoa.modules.ai.providers.protocol import Provider, ProviderFault
from stoa.modules.ai.providers.registry import make_provider
from stoa.modules.ai.setup.snapshot import KeySetup, ProviderSetup
from stoa.shared.errors import StoaError
from stoa.shared.settings_parts import AiSettings

log = structlog.get_logger("stoa.ai")
_ROUNDS: Final = 2
_PAUSE_SECONDS: Final = 0.2
_ANOTHER_KEY: Final = {"rate", "unauthorised"}
_SAME_AGAIN: Final = {"unreachable", "server"}


@dataclass(slots=True)
class _Upstream:
    """One provider as it is set up, with what this process knows of its health."""

    setup: ProviderSetup
    provider: Provider
    keys: Keys
    breaker: Breaker


class Upstreams:
    def __init__(self, settings: AiSettings) -> None:
        self._settings = settings
        self._known: dict[str, _Upstream] = {}
        self._former: list[Provider] = []

    async def open(self, request: Request, candidates: Sequence[Candidate], note: Callable[[], None]) -> Opened:
        """The first answer that begins. Raises ProviderFault for what the provider refuses, NoProviderAnswers."""
        faults: list[tuple[str, ProviderFault]] = []
        for round_ in range(_ROUNDS):
            for candidate in candidates:
                for upstream, key in self._ways(candidate, faults):
                    note()
                    try:
                        return await self._try(request, candidate, upstream, key)
                    except ProviderFault as fault:
                        faults.append((candidate.target.provider, fault))
                        if fault.kind not in _ANOTHER_KEY:
                            break
            if round_ == _ROUNDS - 1 or not any(fault.kind in _SAME_AGAIN for _, fault in faults):
                break
            await asyncio.sleep(_PAUSE_SECONDS * (0.5 + random.random()))  # noqa: S311 # so that not all come at once
        raise _failure(faults)

    def state_of(self, name: str) -> str:
        """Of the breaker: `closed` also for one that was never asked."""
        known = self._known.get(name)
        return known.breaker.state if known is not None else "closed"

    async def close(self) -> None:
        providers = [*self._former, *(known.provider for known in self._known.values())]
        await asyncio.gather(*(provider.close() for provider in providers), return_exceptions=True)

    def provider(self, setup: ProviderSetup) -> Provider:
        return self._of(setup).provider

    def _of(self, setup: ProviderSetup) -> _Upstream:
        """Made anew when it was set up otherwise; what still runs over the former one comes to its end."""
        known = self._known.get(setup.name)
        if known is not None and known.setup == setup:
            return known
        if known is not None and replace(known.setup, keys=setup.keys) == setup:
            known.setup, known.keys = setup, Keys(setup.keys)
            return known
        if known is not None:
            self._former.append(known.provider)
        made = _Upstream(setup, make_provider(setup, self._settings), Keys(setup.keys), Breaker())
        self._known[setup.name] = made
        return made

    def _ways(
        self, candidate: Candidate, faults: list[tuple[str, ProviderFault]]
    ) -> Iterator[tuple[_Upstream, KeySetup | None]]:
        """Each key that may be tried now; none while the breaker is open or all keys rest."""
        upstream = self._of(candidate.provider)
        name = candidate.target.provider
        if not upstream.breaker.allows():
            faults.append((name, ProviderFault("unreachable", "It failed too often and is left alone for a moment.")))
            return
        if not candidate.provider.keys:
            yield upstream, None
            return
        for _ in candidate.provider.keys:
            key = upstream.keys.pick()
            if key is None:
                wait = upstream.keys.resting_for()
                faults.append((name, ProviderFault("rate", "All of its keys rest.", retry_after=wait)))
                return
            yield upstream, key

    async def _try(self, request: Request, candidate: Candidate, upstream: _Upstream, key: KeySetup | None) -> Opened:
        try:
            answer = await upstream.provider.open(outgoing(request, candidate), key.secret if key else None)
        except ProviderFault as fault:
            _note_fault(upstream, key, fault)
            name = candidate.target.provider
            log.info("a provider failed", provider=name, kind=fault.kind, status=fault.upstream_status)
            if fault.kind == "refused":
                raise ProviderRefuses(fault.detail) from None
            raise
        except BaseException:
            upstream.breaker.released()
            raise
        upstream.breaker.succeeded()
        if key is not None:
            upstream.keys.succeeded(key.id)
        return Opened(candidate, answer)


def _note_fault(upstream: _Upstream, key: KeySetup | None, fault: ProviderFault) -> None:
    """A limited or refused key is the key's matter where there are several; what the caller did wrong is nobody's."""
    if fault.kind == "refused":
        upstream.breaker.succeeded()
        return
    if key is not None and fault.kind in _ANOTHER_KEY:
        if fault.kind == "rate":
            upstream.keys.limited(key.id, fault.retry_after)
        else:
            upstream.keys.unauthorised(key.id)
        upstream.breaker.released()
        return
    upstream.breaker.failed()


def _failure(faults: Sequence[tuple[str, ProviderFault]]) -> StoaError:
    """What to tell the caller, who can do nothing about it but wait, or name another model."""
    words = "; ".join(dict.fromkeys(fault.detail for _, fault in faults))
    detail = f"No model answered: {words or 'none is set up.'}"[:1000]
    kinds = {fault.kind for _, fault in faults}
    if kinds == {"rate"}:
        waits = [fault.retry_after for _, fault in faults if fault.retry_after is not None]
        return ProvidersBusy(detail, retry_after=max(1, math.ceil(min(waits, default=5.0))))
    return NoProviderInTime(detail) if kinds == {"timeout"} else NoProviderAnswers(detail)
