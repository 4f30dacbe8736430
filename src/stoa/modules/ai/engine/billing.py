"""What a call that has ended used and costs: as the provider says, else as far as it was seen."""

from dataclasses import dataclass
from uuid import UUID

from stoa.modules.ai.engine.generation import Outcome
from stoa.modules.ai.ledger.holds import Settlement
from stoa.modules.ai.prices.tokens import count
from stoa.modules.ai.terms import Price, Target, Usage


@dataclass(frozen=True, slots=True)
class Bill:
    """`target` is None where nobody answered, `cost` where nobody knows the price; micro-dollars."""

    target: Target | None
    usage: Usage
    price: Price | None
    finish_reason: str | None

    @property
    def cost(self) -> int | None:
        return None if self.price is None else self.price.cost(self.usage)


def bill_of(outcome: Outcome, input_tokens: int) -> Bill:
    """`input_tokens` is what the question was estimated at, for providers that do not count."""
    seen = outcome.seen
    if outcome.opened is None or seen is None:
        return Bill(None, Usage(0, 0, source="none"), None, None)
    usage = seen.usage or Usage(input_tokens, count(seen.output_text), source="estimated")
    candidate = outcome.opened.candidate
    return Bill(candidate.target, usage, candidate.price, seen.finish_reason)


def settlement_of(call_id: UUID, outcome: Outcome, bill: Bill) -> Settlement:
    return Settlement(
        call_id=call_id,
        status=outcome.status,
        usage=bill.usage,
        price=bill.price,
        provider=bill.target.provider if bill.target else None,
        model=bill.target.model if bill.target else None,
        attempts=outcome.attempts,
        first_token_ms=outcome.first_ms,
        total_ms=outcome.total_ms,
        fault=outcome.fault,
    )
