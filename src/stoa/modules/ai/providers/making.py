"""Makes providers that speak OpenAI's API from what is set up."""

from stoa.modules.ai.providers.wire import WireProvider, WireTimes
from stoa.modules.ai.setup.snapshot import ProviderSetup
from stoa.shared.errors import InvalidInput
from stoa.shared.settings_parts import AiSettings


def openai(setup: ProviderSetup, settings: AiSettings) -> WireProvider:
    return WireProvider(setup.name, setup.kind, setup.base_url or settings.openai_base_url, times_of(settings))


def compatible(setup: ProviderSetup, settings: AiSettings) -> WireProvider:
    """Raises InvalidInput without an address."""
    if not setup.base_url:
        raise InvalidInput(
            f"The provider '{setup.name}' needs the address of its API, such as http://localhost:11434/v1."
        )
    return WireProvider(setup.name, setup.kind, setup.base_url, times_of(settings))


def times_of(settings: AiSettings) -> WireTimes:
    return WireTimes(settings.ai_connect_seconds, settings.ai_first_seconds, settings.ai_idle_seconds)
