"""Chat, on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from stoa.shared.pagination import Page, PageQuery
from stoa.shared.text import clean_line, clean_lines

LONGEST_MESSAGE = 100_000
LONGEST_PROMPT = 4_000
MOST_MESSAGES = 10_000
MOST_SIBLINGS = 100

Status = Literal["streaming", "complete", "stopped", "cut", "error"]


def _said(value: str) -> str:
    """As written, with plain line ends; what is only blank says nothing."""
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must not hold a NUL or half a character")
    if not value.strip():
        raise ValueError("must not be blank")
    return value.replace("\r\n", "\n").replace("\r", "\n")


Said = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_MESSAGE), AfterValidator(_said)]
Title = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_line)]
Prompt = Annotated[str, StringConstraints(max_length=LONGEST_PROMPT), AfterValidator(clean_lines)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean_line)]


class ConversationIn(BaseModel):
    """Without provider and model the site's own choice answers."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[Title, Field(description="Empty: made from the first exchange.")] = ""
    provider: Name | None = None
    model: Name | None = None
    system_prompt: Annotated[Prompt, Field(description="What the model is told before everything else.")] = ""
    is_grounded: Annotated[bool, Field(description="Answer from this site's articles, with citations.")] = False
    includes_drafts: Annotated[bool, Field(description="Also from your own drafts.")] = False


class ConversationChange(BaseModel):
    """What is left out stays. `provider` and `model` are changed together; both null: the site's own choice."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    provider: Name | None = None
    model: Name | None = None
    system_prompt: Prompt | None = None
    is_grounded: bool | None = None
    includes_drafts: bool | None = None
    is_archived: bool | None = None
    leaf_id: Annotated[
        UUID | None, Field(description="A message: its branch is shown from now on, down to its newest end.")
    ] = None


class ConversationOut(BaseModel):
    id: UUID
    title: str
    provider: str | None
    model: str | None
    system_prompt: str
    is_grounded: bool
    includes_drafts: bool
    leaf_id: UUID | None = Field(description="The last message of the branch that is shown.")
    message_count: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    is_answering: bool = Field(description="Whether an answer is being written now.")
    excerpt: str | None = Field(description="In a search: what was found, from the newest message that holds it.")


class ConversationQuery(PageQuery):
    search: Annotated[
        Annotated[str, Field(max_length=200)] | None,
        Field(description="Words in titles and messages; a title also by a part of it."),
    ] = None
    archived: Annotated[bool, Field(description="Those put away, instead of the others.")] = False


class MessageQuery(PageQuery):
    """The messages of the branch that is shown, the last ones first page by page, in order within a page."""


class MessageIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    content: Said
    after: Annotated[
        UUID | None,
        Field(description="The last message you know; 409 where the conversation has gone on. Null: whatever it is."),
    ] = None


class RegenerateIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    message_id: Annotated[UUID | None, Field(description="The answer to be given anew. Null: the last one.")] = None


class MessageChange(BaseModel):
    """Either new words for a question, or a rating of an answer."""

    model_config = ConfigDict(extra="forbid")

    content: Said | None = None
    rating: Annotated[Literal[-1, 1] | None, Field(description="1 good, -1 bad, null: taken back.")] = None


class Siblings(BaseModel):
    """Place `place` of `of`, oldest first."""

    place: int
    of: int
    ids: list[UUID]


class MessageUsage(BaseModel):
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int | None = Field(description="Millionths of a US dollar; null where nobody knows the price.")
    source: Literal["provider", "estimated", "cache", "none"]


class Citation(BaseModel):
    """A numbered source that was given; `is_cited` where the answer names it."""

    number: int
    title: str
    url: str
    heading: str
    is_cited: bool


class MessageOut(BaseModel):
    id: UUID
    conversation_id: UUID
    parent_id: UUID | None
    role: Literal["user", "assistant"]
    content: str
    status: Status
    error: str | None = Field(description="Why it is no whole answer, in words.")
    error_code: str | None
    method: Literal["model", "plain"] | None = Field(description="`plain`: no model was asked, and it is free.")
    provider: str | None
    model: str | None
    tokens: int = Field(description="Of the text, about.")
    usage: MessageUsage | None = Field(description="Of the call that made it; null while it runs, and for questions.")
    citations: list[Citation]
    rating: Literal[-1, 1] | None
    created_at: datetime
    event_id: str | None = Field(description="Of one that is written: GET .../stream goes on from here.")
    siblings: Siblings


class MessagePage(Page[MessageOut]):
    leaf_id: UUID | None


class Exchange(BaseModel):
    question: MessageOut
    answer: MessageOut


class Export(BaseModel):
    """A conversation with all of its branches."""

    conversation: ConversationOut
    messages: list[MessageOut]
