"""Between an article and its form: what stands in the fields, and what people typed there as the service takes it."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
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
}
_SENT_AS: Final = {"lead": "summary"}
_SHOWN_AS: Final = {sent: shown for shown, sent in _SENT_AS.items()}
_PATTERNS: Final = {
    "slug": "Use a-z, 0-9 and single hyphens between them.",
    "cover_url": "Give an address that begins with https://, or with /media/ for a picture of this site.",
    "canonical_url": "Give an address that begins with https://.",
}
_ONE_LINE: Final = ("title", "meta_description")
_EMPTY: Final = {"title": "Give it a title.", "tags": "A topic needs a letter between the commas."}


def fields_of(article: EditableArticle, tag_names: Iterable[str]) -> ArticleFields:
    """The form of an article as it is saved."""
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
    )


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
    """The slug is left out where none was typed: it is made from the title, or stays."""
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
    }
    slug = typed.slug.strip()
    return {**values, "slug": slug} if slug else values


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
