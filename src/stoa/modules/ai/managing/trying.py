"""Asks a provider which models it has, so that its owner sees at once whether address and key are right."""

import asyncio
import time
from typing import Final

from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.managing.answers import TryOut
from stoa.modules.ai.managing.errors import ProviderNotFound
from stoa.modules.ai.providers.protocol import ProviderFault

_SECONDS: Final = 15.0
_MOST_SHOWN: Final = 500


async def try_provider(engine: Engine, name: str) -> TryOut:
    """Asks with its first key; it costs nothing. Raises ProviderNotFound."""
    provider = (await engine.setup.fresh()).providers.get(name)
    if provider is None:
        raise ProviderNotFound
    began = time.monotonic()
    models: list[str] = []
    fault = None
    try:
        async with asyncio.timeout(_SECONDS):
            secret = provider.keys[0].secret if provider.keys else None
            models = await engine.upstreams.provider(provider).models(secret)
    except ProviderFault as error:
        fault = error.detail
    except TimeoutError:
        fault = f"It did not answer within {_SECONDS:.0f} seconds."
    taken = round((time.monotonic() - began) * 1000)
    return TryOut(is_good=fault is None, milliseconds=taken, models=models[:_MOST_SHOWN], fault=fault)
