"""Which model a conversation talks to: any that the site lists, by provider and model, or the site's own choice."""

from collections.abc import Sequence
from typing import Final

from stoa.modules.ai.chat.errors import ModelNotOffered
from stoa.modules.ai.engine.asking import names_of
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.errors import ModelNotFound
from stoa.modules.ai.setup.snapshot import Snapshot

OWN_CHOICE: Final = "stoa-chat"
_NAMED: Final = 12


def name_of(provider: str | None, model: str | None) -> str:
    """As the engine is asked."""
    if provider and model:
        return f"{provider}/{model}"
    return model or OWN_CHOICE


async def checked(engine: Engine, provider: str | None, model: str | None) -> tuple[str | None, str | None]:
    """The same two, with the provider's first model where none is named. Raises ModelNotOffered for unknown ones."""
    setup = await engine.setup.current()
    if provider is None and model is None:
        return None, None
    if provider is not None:
        found = setup.providers.get(provider)
        if found is None or not found.is_enabled:
            there = sorted(one.name for one in setup.providers.values() if one.is_enabled)
            raise ModelNotOffered(f"There is no provider '{provider}' here. {_those('Those there are', there)}")
        if model is None and not found.models:
            raise ModelNotOffered(f"'{provider}' lists no models: say which one of its models shall answer.")
        model = model or found.models[0]
    try:
        await engine.candidates(name_of(provider, model))
    except ModelNotFound:
        whose = f"'{provider}' has no model '{model}'" if provider else f"There is no model '{model}' here"
        raise ModelNotOffered(f"{whose}. {_those('Among those there are', _offered(setup, provider))}") from None
    return provider, model


def _offered(setup: Snapshot, provider: str | None) -> Sequence[str]:
    if provider is not None:
        return setup.providers[provider].models
    return names_of(setup)


def _those(words: str, names: Sequence[str]) -> str:
    if not names:
        return "None is set up."
    return f"{words}: {', '.join(names[:_NAMED])}. GET /api/v1/ai/providers lists them."
