"""What the page of one's own usage is given, and the parts it shares with the owner's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stoa.web.ai.charts import DayChart
from stoa.web.contexts import PageMeta, Pager
from stoa.web.forms import FormState

_STATES: Final = {
    "open": ("Running", "accent"),
    "complete": ("Complete", "success"),
    "stopped": ("Stopped", "neutral"),
    "cut": ("Broke off", "warning"),
    "error": ("Failed", "danger"),
    "lost": ("Lost", "warning"),
}


@dataclass(frozen=True, slots=True)
class WayLink:
    """One of several ways to look at the page."""

    label: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class UsageLine:
    """Sums of one day, feature, model, provider or person; `share` is its bar, of 100."""

    name: str
    calls: int
    failures: int
    input_tokens: int
    output_tokens: int
    cost: str
    share: float


@dataclass(frozen=True, slots=True)
class UsageView:
    """What was used in some days: the whole, its parts (`first` says what one is), a chart, and other ways to look."""

    period: str
    total: UsageLine
    unpriced: int
    by: str
    first: str
    lines: tuple[UsageLine, ...]
    chart: DayChart | None
    groups: tuple[WayLink, ...]
    periods: tuple[WayLink, ...]
    csv_url: str


@dataclass(frozen=True, slots=True)
class BudgetBar:
    """Money for one scope and period; `spent_share` and `reserved_share` are parts of 100."""

    label: str
    spent: str
    reserved: str
    limit: str
    left: str
    spent_share: float
    reserved_share: float
    resets_at: datetime
    is_low: bool
    is_spent: bool


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call of the ledger."""

    when: datetime
    feature: str
    target: str
    input_tokens: int
    output_tokens: int
    cost: str
    is_estimated: bool
    is_cached: bool
    status: str
    took: str
    fault: str

    @property
    def label(self) -> str:
        return _STATES[self.status][0]

    @property
    def badge(self) -> str:
        return _STATES[self.status][1]


@dataclass(frozen=True, slots=True)
class MyUsagePage:
    """What somebody used of the site's models, what it cost and what is left. `form` is the chooser of days."""

    meta: PageMeta
    form: FormState
    usage: UsageView
    tier: str
    budgets: tuple[BudgetBar, ...]
    calls: tuple[CallRow, ...]
    pager: Pager
    can_use_gateway: bool
