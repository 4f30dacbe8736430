"""The words all parts of `ai` share: what a call uses, costs and is called. Knows no table and no provider."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Status = Literal["complete", "stopped", "cut", "error", "lost"]
"""How a call ended. `cut`: the provider broke off; `stopped`: somebody here did; `lost`: this process died."""
Source = Literal["provider", "estimated", "cache", "none"]
"""Who counted the tokens."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `cached_input` is part of `input`."""

    input: int
    output: int
    cached_input: int = 0
    source: Source = "provider"


@dataclass(frozen=True, slots=True)
class Price:
    """Micro-dollars for a million tokens."""

    input: int
    cached_input: int
    output: int

    def cost(self, usage: Usage) -> int:
        """Micro-dollars, rounded up: a call that costs something never costs nothing."""
        fresh = max(0, usage.input - usage.cached_input)
        parts = fresh * self.input + usage.cached_input * self.cached_input + usage.output * self.output
        return -(-parts // MILLION)


FREE = Price(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """One model of one provider, by the names the site and the provider use."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"


PLAIN_METHOD = Target("stoa", "plain")
"""Who answers where a tiny model would do worse than a plain method."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who pays and whose limits count. `user_id` is None for visitors."""

    user_id: UUID | None
    tier: str
    api_key_id: UUID | None = None

    @property
    def name(self) -> str:
        """For counters: never a name or an address."""
        return str(self.user_id) if self.user_id else "visitors"
