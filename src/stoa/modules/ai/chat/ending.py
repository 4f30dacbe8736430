"""How an answer ended: its status, words for what went wrong, and what it cost. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from stoa.modules.ai.engine.generation import STOPPED
from stoa.modules.ai.engine.service import Begun
from stoa.shared.errors import StoaError

SERVER_STOPPED: Final = "The server stopped. What was written until then is kept; ask for the answer anew."
_BROKE: Final = "The answer broke off."
_LONGEST_WORDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Ending:
    """`columns` are what the ledger was told, for the message's row."""

    status: str
    error: str | None = None
    code: str | None = None
    method: str = "model"
    columns: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        words = (
            self.error.encode("utf-8", "replace").decode().replace("\0", "")[:_LONGEST_WORDS] if self.error else None
        )
        return {
            "status": self.status,
            "error": words,
            "error_code": self.code,
            "method": self.method,
            **self.columns,
        }


PLAIN: Final = Ending("complete", method="plain")
STOPPED_BEFORE: Final = Ending("stopped", "It was stopped before it began.", "stopped")
SERVER_ENDED: Final = Ending("cut", SERVER_STOPPED, "cut")
FAILED: Final = Ending("error", "Something went wrong here. Ask for the answer anew.", "internal-error")


def refused(fault: StoaError) -> Ending:
    """Nobody answered: a limit, a budget, no model."""
    return Ending("error", fault.detail, fault.code)


def ending_of(begun: Begun) -> Ending:
    """Of a call that has ended."""
    outcome = begun.generation.outcome
    if outcome is None:
        raise RuntimeError("the call still runs")
    bill = begun.bill()
    columns = {
        "provider": bill.target.provider if bill.target else None,
        "model": bill.target.model if bill.target else None,
        "input_tokens": bill.usage.input,
        "output_tokens": bill.usage.output,
        "cost_micros": bill.cost,
        "source": bill.usage.source,
    }
    match outcome.status:
        case "complete" if bill.finish_reason == "length":
            return Ending("complete", "It reached the longest length an answer may have.", "length", columns=columns)
        case "complete":
            return Ending("complete", columns=columns)
        case "stopped" if outcome.fault == STOPPED:
            return Ending("stopped", None, "stopped", columns=columns)
        case "stopped":
            return Ending("cut", SERVER_STOPPED, "cut", columns=columns)
        case "error":
            return Ending("error", outcome.fault or _BROKE, "no-provider-answers", columns=columns)
    return Ending("cut", outcome.fault or _BROKE, "cut", columns=columns)
