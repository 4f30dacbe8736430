"""The kinds of providers: ours, and those that installed packages add. Each is loaded when it is first used."""

import importlib
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Final

from stoa.modules.ai.providers.protocol import Provider
from stoa.modules.ai.setup.snapshot import ProviderSetup
from stoa.shared.errors import InvalidInput
from stoa.shared.settings_parts import AiSettings

Maker = Callable[[ProviderSetup, AiSettings], Provider]
GROUP: Final = "stoa.ai_providers"
_OWN: Final[Mapping[str, str]] = {
    "openai": "stoa.modules.ai.providers.making:openai",
    "compatible": "stoa.modules.ai.providers.making:compatible",
    "gemini": "stoa.modules.ai.providers.gemini:gemini",
    "gguf": "stoa.modules.ai.providers.local_model:gguf",
    "embedded": "stoa.modules.ai.providers.local_model:embedded",
    "vectors": "stoa.modules.ai.providers.local_vectors:vectors",
}


def kinds() -> list[str]:
    return sorted({*_OWN, *(one.name for one in entry_points(group=GROUP))})


def make_provider(setup: ProviderSetup, settings: AiSettings) -> Provider:
    """Opens nothing yet. Raises InvalidInput for a kind that nobody offers, or what its maker does not take."""
    return _maker(setup.kind)(setup, settings)


def _maker(kind: str) -> Maker:
    where = _OWN.get(kind)
    if where is not None:
        module, _, name = where.partition(":")
        maker: Maker = getattr(importlib.import_module(module), name)
        return maker
    for one in entry_points(group=GROUP):
        if one.name == kind:
            loaded: Maker = one.load()
            return loaded
    raise InvalidInput(f"There is no provider of the kind '{kind}'; there are {', '.join(kinds())}.")
