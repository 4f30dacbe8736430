"""What the site's features are asked for, and what they answer."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from stoa.modules.ai.calling.schemas import CallUsage
from stoa.modules.ai.templates.schemas import MOST_PARAMETERS, Name, Parameter

Tone = Literal["friendly", "formal", "neutral", "playful", "persuasive"]
Length = Literal["short", "medium", "long"]
Value = Annotated[str, Field(max_length=20_000)]
Language = Annotated[str, Field(max_length=40, pattern=r"^[^\n<>{}]*$", description="Else that of the text.")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\n<>{}]+$")]


class GenerateIn(BaseModel):
    """A template with what it is filled in with."""

    model_config = ConfigDict(extra="forbid")

    template: Name
    version: Annotated[int | None, Field(ge=1, le=100_000, description="Else the newest.")] = None
    parameters: Annotated[dict[Parameter, Value], Field(max_length=MOST_PARAMETERS)] = {}
    tone: Tone | None = None
    length: Length = "medium"
    language: Language = ""
    model: Annotated[str, Field(min_length=1, max_length=200, description="As in /v1.")] = "stoa-chat"
    is_fresh: bool = Field(default=False, description="Ask the model also where the same was answered before.")


class TemplateUsed(BaseModel):
    name: str
    version: int


class Generated(BaseModel):
    id: UUID = Field(description="Of the call; for feedback.")
    text: str = Field(description="Markdown.")
    provider: str
    model: str
    template: TemplateUsed
    finish_reason: str | None
    is_cached: bool = Field(description="The same was answered before: it cost nothing.")
    usage: CallUsage


class Judged(BaseModel):
    """What every answer of these features says of who gave it."""

    id: UUID = Field(description="Of the call; for feedback.")
    method: Literal["model", "plain"] = Field(description="plain: no model was asked.")
    provider: str
    model: str
    is_cached: bool = Field(description="The same was answered before: it cost nothing.")
    usage: CallUsage


Method = Literal["auto", "model", "plain"]
MethodField = Annotated[
    Method, Field(description="auto: a model where one is set up that does it better than the plain method.")
]
Text = Annotated[str, Field(min_length=1, max_length=200_000)]
Model = Annotated[str, Field(min_length=1, max_length=200, description="As in /v1.")]


class SummarizeIn(BaseModel):
    """A text, or an article that you may read."""

    model_config = ConfigDict(extra="forbid")

    text: Text | None = None
    article: Annotated[str | None, Field(min_length=1, max_length=200, description="Its slug.")] = None
    style: Annotated[Literal["neutral", "simple", "teaser"], Field(description="Of what a model writes.")] = "neutral"
    length: Length = "short"
    language: Language = ""
    model: Model = "stoa-small"
    method: MethodField = "auto"
    is_fresh: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.text is None) == (self.article is None):
            raise ValueError("Send either `text` or `article`.")
        return self


class Summary(Judged):
    summary: str
    key_points: list[str]


class ClassifyIn(BaseModel):
    """A text, with labels to choose from or a known scheme."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    labels: Annotated[list[Label], Field(min_length=2, max_length=50)] | None = None
    scheme: Literal["topic", "intent"] | None = None
    model: Model = "stoa-small"
    method: MethodField = "auto"
    is_fresh: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.labels is not None and self.scheme is not None:
            raise ValueError("Send either `labels` or `scheme`.")
        if self.labels is not None and len({one.casefold() for one in self.labels}) < len(self.labels):
            raise ValueError("A label stands there twice.")
        return self


class Sentiment(BaseModel):
    feeling: Literal["positive", "neutral", "negative"]
    score: float = Field(description="From -1 to 1, by the words that praise and blame.")
    confidence: float


class Classified(Judged):
    category: str | None = Field(description="Null where nothing speaks for any of them.")
    confidence: float = Field(description="From 0 to 1.")
    sentiment: Sentiment


class ModerateIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=50_000)]


class FlaggedTerm(BaseModel):
    """Found at `text[start:end]` of what was sent, in characters."""

    text: str
    kind: Literal["insult", "threat", "hate", "sexual", "profanity", "spam"]
    start: int
    end: int


class ToxicityScores(BaseModel):
    """From 0 to 1."""

    insult: float
    threat: float
    hate: float
    sexual: float
    profanity: float
    spam: float


class Moderated(Judged):
    scores: ToxicityScores
    terms: list[FlaggedTerm]
    verdict: Literal["ok", "hold"] = Field(description="hold: a person should look at it first.")
    reason: str
