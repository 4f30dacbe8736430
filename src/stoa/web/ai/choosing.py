"""Which days a page of usage shows and by what, as its address says. Bad days are told at their fields."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.requests import Request

from stoa.modules.ai.usage.reading import Days
from stoa.modules.ai.usage.schemas import EveryonesQuery, UsageQuery
from stoa.shared.clock import utc_now
from stoa.shared.errors import InvalidInput
from stoa.web.forms import Form, FormState, checked

_DAYS: Final = ("from_date", "to_date")


@dataclass(frozen=True, slots=True)
class Chosen:
    """`fault` is why the days asked for could not be shown; then `days` are the usual ones."""

    days: Days
    by: str
    form: FormState
    fault: InvalidInput | None = None


def chosen_days(request: Request, model: type[UsageQuery] | type[EveryonesQuery]) -> Chosen:
    """Raises InvalidInput where the address names no way that usage can be summed up by."""
    by = checked(model, {"by": request.query_params["by"]}).by if request.query_params.get("by") else "day"
    form = Form({name: request.query_params.get(name, "") for name in _DAYS}, {}, {})
    today = utc_now().date()
    try:
        query = checked(model, form.given(*_DAYS))
        days = Days.asked(query.from_date, query.to_date, today)
    except InvalidInput as fault:
        return Chosen(Days.asked(None, None, today), by, form.refused(fault), fault)
    shown = {"from_date": days.since.isoformat(), "to_date": days.until.isoformat()}
    return Chosen(days, by, FormState(shown))


def chosen_call(request: Request) -> UUID | None:
    """After which call the list goes on. Raises InvalidInput."""
    after = request.query_params.get("after")
    try:
        return UUID(after) if after else None
    except ValueError:
        raise InvalidInput("'after' must be the id of a call. Begin anew with the newest ones.") from None
