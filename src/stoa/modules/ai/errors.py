"""What can go wrong with a call before a provider is asked, and when none of them answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from stoa.shared.errors import InvalidInput, MalformedInput, NotFound, StoaError, TooManyRequests


class ModelNotFound(NotFound):
    code = "model-not-found"
    title = "There is no such model"


class CallNotFound(NotFound):
    code = "call-not-found"
    title = "There is no such call"

    def __init__(self, what: str = "that still runs") -> None:
        super().__init__(f"You have no call of that id {what}.")


class LimitReached(TooManyRequests):
    """`limit` is `requests`, `tokens` or `streams`."""

    code = "limit-reached"
    title = "Too much at once"

    def __init__(self, detail: str, *, limit: str, retry_after: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, retry_after=retry_after, extra={"limit": limit}, headers=headers)


class BudgetSpent(TooManyRequests):
    """`extra` holds scope, period, limit, spent, reserved and needed in micro-dollars, and when it begins anew."""

    code = "budget-spent"
    title = "The budget is spent"

    def __init__(self, detail: str, *, retry_after: int, extra: dict[str, Any]) -> None:
        super().__init__(detail, retry_after=retry_after, extra=extra)


class PriceUnknown(StoaError):
    """Money is limited and nobody knows what the model costs."""

    status = 402
    code = "price-unknown"
    title = "The price is not known"


class ProviderRefuses(MalformedInput):
    """The provider says that the request is at fault, in its own words."""

    code = "provider-refuses"
    title = "The provider refuses the request"


class LooksLikeInjection(InvalidInput):
    """What was asked looks like an attempt to take the model over."""

    code = "injection"
    title = "This looks like an attempt to take the model over"

    def __init__(self, found: Sequence[str]) -> None:
        why = f": it {found[0]}" if found else ""
        super().__init__(
            f"Not asked{why}. If you only write about such sentences, put them into quotation marks.",
            extra={"found": list(found)},
        )


class NoProviderAnswers(StoaError):
    """Each one that may answer was tried, and none began."""

    status = 502
    code = "no-provider-answers"
    title = "No model answers"


class NoProviderInTime(NoProviderAnswers):
    status = 504
    code = "no-provider-in-time"


class ProvidersBusy(TooManyRequests):
    """All of them say that they are asked too often."""

    code = "providers-busy"
    title = "The models are asked too often"
