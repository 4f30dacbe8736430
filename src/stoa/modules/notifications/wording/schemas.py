"""Words of notices on the wire and between nouns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from stoa.modules.notifications.catalogue import CategoryName
from stoa.shared.text import clean_lines

LIMITS: Final = {"subject": 200, "short": 300, "text": 10_000, "html": 20_000}
"""Longest source of each part, and longest outcome."""


@dataclass(frozen=True, slots=True)
class Words:
    """The parts of one notice: as templates, or filled in. Without `html` mails show `text` with its links."""

    subject: str
    short: str
    text: str
    html: str | None = None

    def parts(self) -> Iterator[tuple[str, str]]:
        """Name and words of each part there is."""
        for name in LIMITS:
            words: str | None = getattr(self, name)
            if words is not None:
                yield name, words


class TemplateIn(BaseModel):
    """Words with `{{ names }}` to be filled in; conditions and a few filters, no loops and no calls."""

    model_config = ConfigDict(extra="forbid")

    subject: Annotated[str, Field(min_length=1, max_length=LIMITS["subject"]), AfterValidator(clean_lines)]
    short: Annotated[str, Field(min_length=1, max_length=LIMITS["short"]), AfterValidator(clean_lines)]
    text: Annotated[str, Field(min_length=1, max_length=LIMITS["text"]), AfterValidator(clean_lines)]
    html: Annotated[
        Annotated[str, Field(max_length=LIMITS["html"]), AfterValidator(clean_lines)] | None,
        Field(description="Only where the mail is to be more than the text with its links."),
    ] = None

    def words(self) -> Words:
        return Words(self.subject, self.short, self.text, self.html or None)


class WordsOut(BaseModel):
    """How it reads, filled in with examples."""

    subject: str
    short: str
    text: str
    html: str | None


class VariableOut(BaseModel):
    name: str
    example: str | int


class TemplateOut(BaseModel):
    type: str
    category: CategoryName
    label: str
    language: str
    is_own: bool = Field(description="Chosen on this site, instead of the built-in words.")
    updated_at: AwareDatetime | None
    subject: str
    short: str
    text: str
    html: str | None
    variables: list[VariableOut]


class TemplateList(BaseModel):
    items: list[TemplateOut]
