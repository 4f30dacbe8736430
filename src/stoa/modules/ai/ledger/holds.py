"""What the ledger is told: what a call may cost at most, and in the end what it did cost. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from stoa.modules.ai.terms import Caller, Price, Status, Usage

_MOST_TOKENS: Final = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Hold:
    """One reservation. `micros` is None where the price is not known; price and model are the first candidate's."""

    call_id: UUID
    caller: Caller
    feature: str
    asked_model: str
    is_stream: bool
    micros: int | None
    input_tokens: int
    price: Price | None
    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Held:
    """`left_micros` is the least that is left of all budgets that limit this call; None: nothing does."""

    call_id: UUID
    left_micros: int | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a call ended and what it used."""

    call_id: UUID
    status: Status
    usage: Usage
    price: Price | None
    provider: str | None
    model: str | None
    attempts: int
    first_token_ms: int | None
    total_ms: int
    fault: str | None


def never_begun(hold: Hold) -> Settlement:
    """Of a call that was given up between its reservation and its beginning: it used nothing."""
    return Settlement(
        call_id=hold.call_id,
        status="stopped",
        usage=Usage(0, 0, source="none"),
        price=hold.price,
        provider=None,
        model=None,
        attempts=0,
        first_token_ms=None,
        total_ms=0,
        fault="The caller left before it began.",
    )


def hold_row(hold: Hold, now: datetime) -> dict[str, Any]:
    """As the database's function `ai_reserve` takes it."""
    caller = hold.caller
    return {
        "id": str(hold.call_id),
        "user_id": str(caller.user_id) if caller.user_id else None,
        "api_key_id": str(caller.api_key_id) if caller.api_key_id else None,
        "feature": hold.feature,
        "asked_model": _plain(hold.asked_model),
        "provider": hold.provider,
        "model": hold.model,
        "is_stream": hold.is_stream,
        "input_tokens": hold.input_tokens,
        **_prices(hold.price),
        "micros": hold.micros,
        "created_at": now.isoformat(),
        "scopes": scopes_of(caller, now.date()),
    }


def settlement_row(one: Settlement) -> dict[str, Any]:
    """As the database's function `ai_settle` takes it."""
    usage = _possible(one.usage)
    return {
        "id": str(one.call_id),
        "status": one.status,
        "source": usage.source,
        "provider": one.provider,
        "model": one.model,
        "input_tokens": usage.input,
        "cached_input_tokens": usage.cached_input,
        "output_tokens": usage.output,
        **_prices(one.price),
        "cost_micros": one.price.cost(usage) if one.price else 0,
        "attempts": one.attempts,
        "first_token_ms": one.first_token_ms,
        "total_ms": one.total_ms,
        "fault": _plain(one.fault)[:500] if one.fault else None,
    }


def scopes_of(caller: Caller, today: date) -> list[dict[str, Any]]:
    """The accounts of a call. `usual` is the budget that counts where an account has none of its own."""
    named: list[tuple[str, str | None]] = [("site", None), (f"tier:{caller.tier}", None)]
    if caller.user_id is not None:
        named.append((f"user:{caller.user_id}", f"each:{caller.tier}"))
    begins = {"day": today.isoformat(), "month": today.replace(day=1).isoformat()}
    return [
        {"scope": scope, "usual": usual, "period": period, "begins": begins[period]}
        for scope, usual in named
        for period in ("day", "month")
    ]


def period_ends(period: str, now: datetime) -> datetime:
    """When a budget begins anew: the next midnight or the next first of the month, UTC."""
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    if period == "day":
        return midnight + timedelta(days=1)
    return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)


def _possible(usage: Usage) -> Usage:
    """What a provider says is its word alone: nothing below zero, nothing that a column cannot hold."""
    given = min(max(0, usage.input), _MOST_TOKENS)
    output = min(max(0, usage.output), _MOST_TOKENS)
    return Usage(given, output, min(max(0, usage.cached_input), given), usage.source)


def _plain(text: str) -> str:
    """Without what PostgreSQL cannot hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _prices(price: Price | None) -> dict[str, int | None]:
    if price is None:
        return {"input_price": None, "cached_input_price": None, "output_price": None}
    return {"input_price": price.input, "cached_input_price": price.cached_input, "output_price": price.output}
