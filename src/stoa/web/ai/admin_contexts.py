"""What each page of those who manage models is given. Forms take the visitor's token."""

from dataclasses import dataclass
from typing import Final

from stoa.web.ai.usage_contexts import BudgetBar, UsageView
from stoa.web.contexts import PageMeta
from stoa.web.forms import FormState

_STATES: Final = {
    "closed": ("Ready", "success"),
    "open": ("Left alone after failures", "danger"),
    "half-open": ("Tried again", "warning"),
}


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A provider's key, told apart by its last characters."""

    id: str
    label: str
    ending: str
    weight: int
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A provider, how it is set up and how it did in the last hour."""

    name: str
    kind: str
    base_url: str
    models: tuple[str, ...]
    is_enabled: bool
    is_from_settings: bool
    version: int
    keys: int
    state: str
    calls: int
    success: str
    fallback: str
    median: str

    @property
    def badge(self) -> tuple[str, str]:
        """What it is now in a word, and the kind of that word."""
        if not self.is_enabled:
            return "Off", "neutral"
        if not self.keys and self.kind in {"openai", "gemini"}:
            return "Needs a key", "warning"
        return _STATES.get(self.state, (self.state, "neutral"))


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """Who answers a task now, first of all."""

    task: str
    about: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProvidersPage:
    """The providers there are, and who answers what. `is_bare`: nobody but the model on this machine."""

    meta: PageMeta
    done: str | None
    providers: tuple[ProviderLine, ...]
    answers: tuple[TaskAnswer, ...]
    is_bare: bool


@dataclass(frozen=True, slots=True)
class NewProviderPage:
    """The form for another provider."""

    meta: PageMeta
    form: FormState
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """How trying a provider went."""

    is_good: bool
    text: str


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """One provider: its form, its keys, and trying it. `key_form` is for another key."""

    meta: PageMeta
    done: str | None
    form: FormState
    key_form: FormState
    provider: ProviderLine
    keys: tuple[KeyLine, ...]
    tried: Tried | None


@dataclass(frozen=True, slots=True)
class AiConfirmPage:
    """Asks before something is done that cannot be undone."""

    meta: PageMeta
    title: str
    text: str
    action: str
    submit: str
    back: str


@dataclass(frozen=True, slots=True)
class RouteLine:
    """The order of models for one task; `is_own` where somebody set it, else it is the usual one."""

    task: str
    about: str
    targets: tuple[str, ...]
    is_own: bool
    form: FormState


@dataclass(frozen=True, slots=True)
class RoutesPage:
    """Who answers what, in order; `names` are models that may be named."""

    meta: PageMeta
    done: str | None
    routes: tuple[RouteLine, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What a model costs for a million tokens; `origin` says whose word that is."""

    provider: str
    model: str
    input: str
    cached_input: str
    output: str
    origin: str
    is_own: bool

    @property
    def target(self) -> str:
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True, slots=True)
class PricesPage:
    """Prices of the models in use, and the form to set one."""

    meta: PageMeta
    done: str | None
    form: FormState
    prices: tuple[PriceLine, ...]


@dataclass(frozen=True, slots=True)
class TierLine:
    """What people of a tier may do at once."""

    name: str
    roles: str
    form: FormState


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget that somebody set; `bar` is there where one account spends it."""

    scope: str
    period: str
    label: str
    limit: str
    bar: BudgetBar | None


@dataclass(frozen=True, slots=True)
class LimitsPage:
    """Tiers with their limits, budgets with what is left, and the form for a budget."""

    meta: PageMeta
    done: str | None
    tiers: tuple[TierLine, ...]
    budgets: tuple[BudgetLine, ...]
    form: FormState
    scopes: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SpendingPage:
    """Who spends what. `form` is the chooser of days."""

    meta: PageMeta
    form: FormState
    usage: UsageView
