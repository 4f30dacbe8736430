"""Between an article and its form: what stands in the fields, and what people typed there as the service takes it."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from stoa.modules.content.articles.schemas import EditableArticle
from stoa.shared.errors import FieldFault, InvalidInput
from stoa.web.studio.contexts import ArticleFields, Difference

Model = TypeVar("Model", bound=BaseModel)
NAMES: Final = tuple(field.name for field in fields(ArticleFields))
LABELS: Final = {
    "title": "Title",
    "body": "Text",
    "slug": "Address",
    "lead": "Lead",
    "tags": "Topics",
    "cover_url": "Cover",
    "cover_alt": "What the cover shows",
    "meta_title": "Title for search engines",
    "meta_description": "Description for search engines",
    "canonical_url": "First published at",
    "excerpt": "Words for lists",
    "kind": "Kind",
    "visibility": "Who may read it",
    "has_comments": "Comments",
    "language": "Language",
}
_STAYING: Final = ("slug", "kind", "visibility", "has_comments", "language")
_SENT_AS: Final = {"lead": "summary"}
_SHOWN_AS: Final = {sent: shown for shown, sent in _SENT_AS.items()}
_PATTERNS: Final = {
    "slug": "Use a-z, 0-9 and single hyphens between them.",
    "cover_url": "Give an address that begins with https://, or with /media/ for a picture of this site.",
    "canonical_url": "Give an address that begins with https://.",
    "language": "Write a language such as en or pt-BR.",
}
_ONE_LINE: Final = ("title", "meta_description")
_EMPTY: Final = {"title": "Give it a title.", "tags": "A topic needs a letter between the commas."}


def fields_of(article: EditableArticle, tag_names: Iterable[str], own_excerpt: str = "") -> ArticleFields:
    """The form of an article as it is saved; `own_excerpt` is one that was not made from the text."""
    return ArticleFields(
        title=article.title,
        body=article.body,
        slug=article.slug,
        lead=article.summary or "",
        tags=", ".join(tag_names),
        cover_url=article.cover_url or "",
        cover_alt=article.cover_alt,
        meta_title=article.meta_title or "",
        meta_description=article.meta_description or "",
        canonical_url=article.canonical_url or "",
        excerpt=own_excerpt,
        kind=article.kind,
        visibility=article.visibility,
        has_comments="yes" if article.has_comments else "no",
        language=article.language,
    )


def with_the_rest(typed: ArticleFields, article: EditableArticle) -> ArticleFields:
    """What was typed, and the article's own where a field that stays was not sent."""
    there = fields_of(article, ())
    left_out = {name: getattr(there, name) for name in _STAYING if not getattr(typed, name).strip()}
    return replace(typed, **left_out)


def typed_fields(sent: Mapping[str, str]) -> ArticleFields:
    """The form as it was sent, with plain line ends; in one-line fields that wrap, an end of line is a space."""
    typed = {name: _plain_ends(sent.get(name, "")) for name in NAMES}
    return ArticleFields(**{**typed, **{name: " ".join(typed[name].split("\n")) for name in _ONE_LINE}})


def checked(model: type[Model], typed: ArticleFields) -> Model:
    """What was typed, as an ArticleIn or an ArticleChange. Raises InvalidInput with the refused fields."""
    try:
        return model(**_values(typed))
    except ValidationError as error:
        told = error.errors(include_url=False)
        faults = tuple(FieldFault(f"body.{one['loc'][0]}", _words(one)) for one in told)
        raise InvalidInput("Nothing is saved yet: some fields need another look.", faults=faults) from None


def errors_of(faults: Iterable[FieldFault]) -> dict[str, str]:
    """The first fault of each field of the form."""
    found: dict[str, str] = {}
    for fault in faults:
        name = fault.field.removeprefix("body.").partition(".")[0]
        found.setdefault(_SHOWN_AS.get(name, name), _sentence(fault.message))
    return found


def differences(theirs: ArticleFields, mine: ArticleFields) -> tuple[Difference, ...]:
    """Every field but the text that is not the same in both."""
    pairs = ((name, getattr(theirs, name), getattr(mine, name)) for name in NAMES if name != "body")
    return tuple(Difference(LABELS[name], one, other) for name, one, other in pairs if one.strip() != other.strip())


def tag_list(typed: str) -> list[str]:
    """Names divided by commas; what is empty between two commas is none."""
    return [name.strip() for name in typed.replace("\n", ",").split(",") if name.strip()]


def _values(typed: ArticleFields) -> dict[str, Any]:
    """What stays is left out where nothing was typed; the slug of a new article is made from its title."""
    values: dict[str, Any] = {
        "title": typed.title,
        "body": typed.body,
        "summary": typed.lead or None,
        "tags": tag_list(typed.tags),
        "cover_url": typed.cover_url.strip() or None,
        "cover_alt": typed.cover_alt,
        "meta_title": typed.meta_title or None,
        "meta_description": typed.meta_description or None,
        "canonical_url": typed.canonical_url.strip() or None,
        "excerpt": typed.excerpt or None,
    }
    staying = {name: getattr(typed, name).strip() for name in _STAYING}
    return {**values, **{name: value for name, value in staying.items() if value}}


def time_of(typed: str) -> datetime:
    """When it is to go out: `2026-11-24T08:00`, UTC where nothing else is said. Raises InvalidInput."""
    try:
        when = datetime.fromisoformat(typed.strip())
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        fault = FieldFault("body.publish_at", "Choose a day and a time, such as 2026-11-24T08:00.")
        raise InvalidInput("Nothing is saved yet: say when it is to go out.", faults=(fault,)) from None


def time_field(when: datetime | None) -> str:
    """A time as its field takes it, UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if when else ""


def _words(fault: Mapping[str, Any]) -> str:
    """What would be right, said to a person."""
    name = str(fault["loc"][0])
    match fault["type"]:
        case "string_too_short":
            return _PATTERNS.get(name) or _EMPTY.get(name, "This is too short.")
        case "string_pattern_mismatch":
            return _PATTERNS.get(name, "This is not written as it must be.")
        case "string_too_long":
            return f"This is too long: at most {fault['ctx']['max_length']:,} characters."
        case "too_long":
            return f"These are too many: at most {fault['ctx']['max_length']}."
        case "value_error":
            reason = str(fault["ctx"]["error"])
            return _EMPTY["title"] if (name, reason) == ("title", "must not be blank") else f"This {reason}."
    return str(fault["msg"])


def _sentence(message: str) -> str:
    if message[:1].isupper():
        return message
    return f"This {message}."


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
