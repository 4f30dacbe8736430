"""What was used, on the wire. Money is in millionths of a US dollar, tokens as providers count them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Group = Literal["day", "feature", "provider", "model"]


class _Days(BaseModel):
    model_config = ConfigDict(frozen=True)

    from_date: Annotated[date | None, Field(description="First day, UTC. Default: 30 days ago.")] = None
    to_date: Annotated[date | None, Field(description="Last day, UTC. Default: today.")] = None
    format: Annotated[Literal["json", "csv"], Field(description="How it is answered.")] = "json"


class UsageQuery(_Days):
    by: Annotated[Group, Field(description="What the items are.")] = "day"


class EveryonesQuery(_Days):
    by: Annotated[Literal["day", "feature", "provider", "model", "user"], Field(description="What the items are.")] = (
        "day"
    )


class UsageSums(BaseModel):
    calls: int
    failures: int = Field(description="Calls that ended without a whole answer.")
    fallbacks: int = Field(description="Calls that another than the first provider answered, or a second try.")
    unpriced: int = Field(description="Calls of models whose price nobody knows.")
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    cost_micro_usd: int
    average_ms: int


class UsageItem(UsageSums):
    name: str


class BudgetLeft(BaseModel):
    scope: Literal["site", "tier", "user"]
    period: Literal["day", "month"]
    limit_micro_usd: int
    spent_micro_usd: int
    reserved_micro_usd: int = Field(description="What calls that still run may cost at most.")
    left_micro_usd: int
    resets_at: str


class UsageOut(BaseModel):
    from_date: date
    to_date: date
    by: str
    total: UsageSums
    items: list[UsageItem]


class OwnUsageOut(UsageOut):
    tier: str
    budgets: list[BudgetLeft] = Field(description="What limits you now; empty where nothing does.")
