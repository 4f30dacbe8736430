"""What the pages of those who manage models say after a form, by the code in the address."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

_DONE: Final[Mapping[str, str]] = {
    "saved": "Saved.",
    "provider-added": "The provider is added. Try it now.",
    "provider-deleted": "The provider is deleted.",
    "key-added": "The key is added.",
    "key-ended": "The key is ended here. End it with the provider too.",
    "route-saved": "The order is saved.",
    "route-usual": "The usual order counts again.",
    "price-set": "The price is set. It counts for calls from now on.",
    "price-removed": "Your price is removed.",
    "tier-saved": "The tier is saved.",
    "budget-set": "The budget is set.",
    "budget-removed": "The budget is removed.",
}


def done_of(request: Request) -> str | None:
    return _DONE.get(request.query_params.get("done", ""))
