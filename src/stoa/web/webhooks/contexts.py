"""What each page of webhooks is given. Forms take the visitor's token."""

from dataclasses import dataclass
from datetime import datetime

from stoa.web.contexts import PageMeta, Pager
from stoa.web.forms import FormState

_STATES = {
    "sent": ("Arrived", "success"),
    "failed": ("Failed", "danger"),
    "pending": ("Waiting", "warning"),
    "uncertain": ("Unsure, waiting", "warning"),
    "sending": ("On its way", "accent"),
    "suppressed": ("Not sent", "neutral"),
}


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """Where events are sent to, without its secrets."""

    id: str
    url: str
    host: str
    description: str
    event_types: tuple[str, ...]
    is_enabled: bool
    disabled_because: str | None
    failing_since: datetime | None
    former_until: datetime | None
    version: int
    created_at: datetime

    @property
    def name(self) -> str:
        return self.description or self.host

    @property
    def hears(self) -> str:
        """What it listens to, in words."""
        return "all events" if self.event_types == ("*",) else ", ".join(self.event_types)


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """A type of event that an endpoint may hear."""

    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One thing that was sent, or is about to be."""

    id: str
    kind: str
    state: str
    answer: str
    tries: int
    created_at: datetime
    next_at: datetime | None

    @property
    def label(self) -> str:
        return _STATES[self.state][0]

    @property
    def badge(self) -> str:
        return _STATES[self.state][1]


@dataclass(frozen=True, slots=True)
class TryRow:
    """How one try went."""

    number: int
    at: datetime
    milliseconds: int
    detail: str


@dataclass(frozen=True, slots=True)
class WebhooksPage:
    """The endpoints there are; whether there is room for more."""

    meta: PageMeta
    done: str | None
    endpoints: tuple[EndpointRow, ...]
    has_room: bool


@dataclass(frozen=True, slots=True)
class NewWebhookPage:
    """The form for another endpoint."""

    meta: PageMeta
    form: FormState
    types: tuple[TypeChoice, ...]


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """One endpoint: its form, and what was sent there. `secret` is shown this once."""

    meta: PageMeta
    form: FormState
    done: str | None
    endpoint: EndpointRow
    types: tuple[TypeChoice, ...]
    deliveries: tuple[DeliveryRow, ...]
    pager: Pager
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookDeliveryPage:
    """What was sent, and how each try went."""

    meta: PageMeta
    done: str | None
    endpoint: EndpointRow
    delivery: DeliveryRow
    body: str
    tries: tuple[TryRow, ...]


@dataclass(frozen=True, slots=True)
class WebhookConfirmPage:
    """Asks before something is done that cannot be undone."""

    meta: PageMeta
    title: str
    text: str
    action: str
    submit: str
    back: str
