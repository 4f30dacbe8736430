"""What is set up, as one process knows it: providers with their keys, routes, prices, tiers. Never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from stoa.modules.ai.terms import Price, Target

TASKS: Final = ("chat", "small", "long", "embed")
"""What routes are for: talking, small work, long work, vectors."""
EMBEDDED: Final = Target("embedded", "smollm2-135m")
VECTORS: Final = Target("vectors", "multilingual-e5-small")
"""What comes with Stoa's extras."""
_DEFAULTS: Final = {
    "openai": {"chat": "gpt-5-mini", "small": "gpt-5-nano", "long": "gpt-5", "embed": "text-embedding-3-small"},
    "gemini": {
        "chat": "gemini-2.5-flash",
        "small": "gemini-2.5-flash-lite",
        "long": "gemini-2.5-pro",
        "embed": "gemini-embedding-001",
    },
}


@dataclass(frozen=True, slots=True)
class KeySetup:
    """`secret` is open here and never leaves this process but to its provider. `id` names it in logs and health."""

    id: str
    secret: str = field(repr=False)
    weight: int = 1


@dataclass(frozen=True, slots=True)
class ProviderSetup:
    name: str
    kind: str
    base_url: str | None = None
    models: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[KeySetup, ...] = ()
    is_enabled: bool = True
    is_from_settings: bool = False

    def offers(self, model: str) -> bool:
        return not self.models or model in self.models

    @property
    def own_model(self) -> str:
        """Of one that runs on this machine: what its model is called, also where nobody named it."""
        if self.models:
            return self.models[0]
        if self.kind == "gguf":
            return Path(str(self.options.get("file"))).stem.lower()
        return (VECTORS if self.kind == "vectors" else EMBEDDED).model


@dataclass(frozen=True, slots=True)
class TierSetup:
    name: str
    rank: int
    requests_per_minute: int
    tokens_per_minute: int
    streams: int
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Snapshot:
    providers: Mapping[str, ProviderSetup] = field(default_factory=dict)
    routes: Mapping[str, Sequence[Target]] = field(default_factory=dict)
    prices: Mapping[tuple[str, str], Price] = field(default_factory=dict)
    tiers: Mapping[str, TierSetup] = field(default_factory=dict)

    def route(self, task: str) -> list[Target]:
        """The places of a task in order, of providers that are there; what is usual where nothing was set."""
        chosen = [target for target in self.routes.get(task, ()) if self._is_open(target.provider)]
        return chosen or self._usual(task)

    def tier(self, own: str, role: str) -> TierSetup | None:
        """Of a user's own tier and those of the role, the highest."""
        meant = [tier for tier in self.tiers.values() if tier.name == own or role in tier.roles]
        return max(meant, key=lambda tier: tier.rank, default=None)

    def _is_open(self, name: str) -> bool:
        provider = self.providers.get(name)
        return provider is not None and provider.is_enabled

    def _usual(self, task: str) -> list[Target]:
        """Providers with keys before the embedded models, which answer where nothing else can."""
        found = [
            Target(provider.name, _DEFAULTS[provider.kind][task])
            for provider in self.providers.values()
            if provider.is_enabled and provider.kind in _DEFAULTS and provider.keys
        ]
        local = [
            Target(provider.name, provider.own_model)
            for provider in self.providers.values()
            if provider.is_enabled and provider.kind in ({"vectors"} if task == "embed" else {"gguf", "embedded"})
        ]
        return found or local[:1]
