"""Calls of the site's own features, on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MOST_MESSAGES = 200
LONGEST_TEXT = 100_000


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class ChatAsk(BaseModel):
    """What to answer. Without `model` the site's own choice answers."""

    model_config = ConfigDict(extra="forbid")

    messages: Annotated[list[Said], Field(min_length=1, max_length=MOST_MESSAGES)]
    model: Annotated[str, Field(min_length=1, max_length=200, description="As in /v1.")] = "stoa-chat"
    max_tokens: Annotated[int | None, Field(ge=1, le=32_768, description="Longest answer.")] = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None


class CallUsage(BaseModel):
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int | None = Field(description="Millionths of a US dollar; null where nobody knows the price.")
    source: Literal["provider", "estimated", "cache", "none"]


class ChatAnswer(BaseModel):
    id: UUID
    text: str
    provider: str
    model: str
    finish_reason: str | None
    usage: CallUsage


class LastHour(BaseModel):
    calls: int = Field(default=0, description="In the last hour.")
    success_rate: float | None = None
    fallback_rate: float | None = None
    median_ms: int | None = None
    p95_ms: int | None = None


class FeatureHealth(LastHour):
    feature: str


class ProviderHealth(LastHour):
    name: str
    kind: str
    is_enabled: bool
    models: list[str]
    keys: int
    state: Literal["closed", "open", "half-open"] = Field(description="Of the circuit breaker of this process.")
    features: list[FeatureHealth] = Field(default=[], description="The same, of each feature that asked it.")


class ProviderList(BaseModel):
    items: list[ProviderHealth]
    routes: dict[str, list[str]] = Field(description="By task, who answers, in order.")
