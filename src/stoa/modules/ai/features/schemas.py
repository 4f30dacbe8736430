"""What the site's features are asked for, and what they answer."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from stoa.modules.ai.calling.schemas import CallUsage
from stoa.modules.ai.templates.schemas import MOST_PARAMETERS, Name, Parameter

Tone = Literal["friendly", "formal", "neutral", "playful", "persuasive"]
Length = Literal["short", "medium", "long"]
Value = Annotated[str, Field(max_length=20_000)]


class GenerateIn(BaseModel):
    """A template with what it is filled in with."""

    model_config = ConfigDict(extra="forbid")

    template: Name
    version: Annotated[int | None, Field(ge=1, le=100_000, description="Else the newest.")] = None
    parameters: Annotated[dict[Parameter, Value], Field(max_length=MOST_PARAMETERS)] = {}
    tone: Tone | None = None
    length: Length = "medium"
    language: Annotated[str, Field(max_length=40, pattern=r"^[^\n<>{}]*$")] = ""
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
