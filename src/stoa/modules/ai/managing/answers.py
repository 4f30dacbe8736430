"""What is set up for models, as it is told to those who manage it. Never a secret."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field


class KeyOut(BaseModel):
    """One key, told apart by its last characters."""

    id: str
    label: str
    ending: str
    weight: int
    is_enabled: bool


class ProviderOut(BaseModel):
    name: str
    kind: str
    base_url: str | None
    models: list[str] = Field(description="Where there are none, the provider is asked for any.")
    options: dict[str, Any]
    is_enabled: bool
    is_from_settings: bool = Field(description="By the environment or the settings file: changed there, not here.")
    version: int
    keys: list[KeyOut]


class ProvidersOut(BaseModel):
    items: list[ProviderOut]
    kinds: list[str] = Field(description="Every kind of provider there is.")


class KeyMade(BaseModel):
    id: str


class PlaceOut(BaseModel):
    provider: str
    model: str


class RouteOut(BaseModel):
    task: str
    places: list[PlaceOut]
    is_own: bool = Field(description="Whether somebody chose this order; else it is the usual one.")


class RoutesOut(BaseModel):
    items: list[RouteOut]


class PriceOut(BaseModel):
    """Micro-dollars for a million tokens; null where nobody knows."""

    provider: str
    model: str
    input: int | None
    cached_input: int | None
    output: int | None
    source: Literal["own", "known", "free", "unknown"] = Field(
        description="`own`: set here; `known`: from the price data; `free`: it runs on this machine."
    )


class PricesOut(BaseModel):
    items: list[PriceOut]


class TierOut(BaseModel):
    name: str
    rank: int = Field(description="Of somebody's own tier and those of the role the highest counts.")
    requests_per_minute: int
    tokens_per_minute: int
    streams: int
    roles: list[str]


class TiersOut(BaseModel):
    items: list[TierOut]


class BudgetOut(BaseModel):
    scope: str
    period: Literal["day", "month"]
    limit_micro_usd: int
    spent_micro_usd: int | None = Field(description="In this period; null for `each`, which is many accounts.")
    reserved_micro_usd: int | None
    left_micro_usd: int | None
    resets_at: AwareDatetime


class BudgetsOut(BaseModel):
    items: list[BudgetOut]


class TryOut(BaseModel):
    """How asking a provider for its models went."""

    is_good: bool
    milliseconds: int
    models: list[str]
    fault: str | None
