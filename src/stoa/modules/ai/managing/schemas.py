"""What is set up for models, on the wire. A secret comes in and never goes out."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from stoa.shared.text import clean_line

MOST_PROVIDERS = 50
MOST_KEYS = 20
ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$", max_length=40)]
_Model = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(clean_line)]
_Models = Annotated[list[_Model], Field(max_length=100)]
_Url = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]
_Kind = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_Label = Annotated[str, StringConstraints(max_length=80), AfterValidator(clean_line)]
_Weight = Annotated[int, Field(ge=1, le=100)]
_Micros = Annotated[int, Field(ge=0, le=10**12)]
Scope = Annotated[
    str,
    StringConstraints(pattern=r"^(site|(tier|each|user):[^\s]{1,80})$", max_length=85),
    Field(description="`site`, `tier:<name>` for all of a tier, `each:<name>` for each of it, or `user:<username>`."),
]
Period = Literal["day", "month"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Options(_In):
    """What only some kinds of providers take."""

    file: Annotated[
        str | None, Field(max_length=1_000, description="Of the kind gguf: where the model's file lies.")
    ] = None
    context: Annotated[
        int | None, Field(ge=512, le=1_000_000, description="Of the kinds gguf and embedded: tokens at once.")
    ] = None
    price_as: Annotated[
        str | None,
        Field(max_length=60, description="Of the kind compatible: whose known prices count, openrouter say."),
    ] = None


class ProviderIn(_In):
    """Without `models` the provider is asked for any."""

    name: ProviderName
    kind: _Kind
    base_url: _Url | None = None
    models: _Models = []
    options: Options = Options()
    is_enabled: bool = True


class ProviderChange(_In):
    """What to change; what is left out stays."""

    base_url: _Url | None = None
    models: _Models = []
    options: Options = Options()
    is_enabled: bool = True


class KeyIn(_In):
    secret: Annotated[SecretStr, Field(min_length=8, max_length=400)]
    label: _Label = ""
    weight: _Weight = 1


class KeyChange(_In):
    """What to change; what is left out stays."""

    label: _Label = ""
    weight: _Weight = 1
    is_enabled: bool = True


class PlaceIn(_In):
    provider: ProviderName
    model: _Model


class RouteIn(_In):
    """In order; an empty list takes the route away."""

    places: Annotated[list[PlaceIn], Field(max_length=8)]


class PriceIn(_In):
    """Micro-dollars for a million tokens."""

    provider: ProviderName
    model: _Model
    input: _Micros
    cached_input: _Micros
    output: _Micros


class TierIn(_In):
    requests_per_minute: Annotated[int, Field(ge=1, le=100_000)]
    tokens_per_minute: Annotated[int, Field(ge=1, le=1_000_000_000)]
    streams: Annotated[int, Field(ge=1, le=1000)]


class BudgetIn(_In):
    """Days and months begin at midnight UTC."""

    scope: Scope
    period: Period
    limit_micro_usd: _Micros


class BudgetNamed(BaseModel):
    scope: Scope
    period: Period


class PriceNamed(BaseModel):
    provider: ProviderName
    model: _Model
