"""Forms as browsers send them: read with limits, checked by the same schemas as the API, and shown again when refused.

Never keeps a password: what was typed comes back in the page, but secrets do not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request

from stoa.modules.auth.csrf import FIELD
from stoa.shared.errors import FieldFault, InvalidInput, MalformedInput, StoaError

M = TypeVar("M", bound=BaseModel)
LONGEST: Final = 10_000
_MOST_FIELDS: Final = 300
_KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SECRETS = ("password", "secret")  # parts of a field's name that say its value is never shown again
_PASSED_ON = frozenset({401, 403, 404})
_WORDS: Mapping[str, str] = {
    "missing": "Fill this in.",
    "string_too_short": "Use at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "too_long": "At most {max_length} of these.",
    "date_from_datetime_parsing": "Write a date such as 1990-05-17.",
    "date_parsing": "Write a date such as 1990-05-17.",
}


@dataclass(frozen=True, slots=True)
class FormState:
    """A form as it is shown: what was typed, and what is wrong, by field; `message` is about the whole of it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    @property
    def first(self) -> str:
        """The first refused field, which gets the focus."""
        return next(iter(self.errors), "")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form that was sent, each known and within its bounds."""

    texts: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]
    files: Mapping[str, UploadFile]

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def given(self, *names: str) -> dict[str, str]:
        """These fields, without those left blank."""
        return {name: self.texts[name] for name in names if self.texts.get(name, "").strip()}

    def demand(self, *names: str) -> None:
        """Raises InvalidInput for those left blank."""
        blank = tuple(FieldFault(f"body.{name}", _WORDS["missing"]) for name in names if not self[name].strip())
        if blank:
            raise InvalidInput("Fill in the fields that are marked.", faults=blank)

    def refused(self, fault: StoaError) -> FormState:
        """The form as it is shown again. Raises the fault itself where the form cannot tell it."""
        if fault.status >= 500 or fault.status in _PASSED_ON:
            raise fault
        errors = {_name(one): sentence(one.message) for one in reversed(fault.faults)}
        ordered = {name: errors[name] for name in sorted(errors, key=self._place)}
        return FormState(self.shown(), ordered, "" if errors else fault.detail)

    def shown(self) -> dict[str, str]:
        """What was typed, without secrets."""
        return {name: text for name, text in self.texts.items() if not any(part in name for part in _SECRETS)}

    def _place(self, name: str) -> int:
        names = list(self.texts)
        return names.index(name) if name in names else len(names)


async def read_form(
    request: Request,
    known: Collection[str],
    *,
    lists: Collection[str] = (),
    files: Collection[str] = (),
    longest: int | Mapping[str, int] = LONGEST,
) -> Form:
    """The form of this request. Raises MalformedInput for unknown, repeated, endless or unreadable fields.

    `lists` may be sent several times; `longest` is in characters, for all or by field.
    """
    if not request.headers.get("content-type", "").lower().startswith(_KINDS):
        raise MalformedInput("Send this as a form.")
    texts: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    uploads: dict[str, UploadFile] = {}
    sent = await request.form(max_fields=_MOST_FIELDS, max_files=len(files))
    if len(sent.multi_items()) > _MOST_FIELDS:  # somebody else may have read it before, with other limits
        raise MalformedInput(f"A form has at most {_MOST_FIELDS} fields.")
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            _once(name, uploads, files)[name] = value
        elif name in lists:
            several.setdefault(name, []).append(_bounded(name, value, longest))
        else:
            _once(name, texts, {*known, FIELD})[name] = _bounded(name, value, longest)
    texts.pop(FIELD, None)
    return Form(texts, several, uploads)


def checked(model: type[M], values: Mapping[str, Any]) -> M:
    """The values as the schema has them. Raises InvalidInput with what is wrong at each field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = tuple(
            FieldFault(f"body.{one['loc'][0] if one['loc'] else ''}", _message(one)) for one in error.errors()
        )
        raise InvalidInput("Look at the fields that are marked.", faults=faults) from None


def sentence(message: str) -> str:
    """A message of the API as it reads at a field: a capital in front, a full stop behind."""
    text = message.strip().removeprefix("Value error, ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _message(error: Any) -> str:
    words = _WORDS.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else str(error["msg"])


def _name(fault: FieldFault) -> str:
    return fault.field.removeprefix("body.").partition(".")[0]


def _once(name: str, found: dict[str, Any], known: Collection[str]) -> dict[str, Any]:
    if name not in known:
        raise MalformedInput(f"The form has no field '{name[:40]}'.")
    if name in found:
        raise MalformedInput(f"The field '{name}' is there more than once.")
    return found


def _bounded(name: str, value: str, longest: int | Mapping[str, int]) -> str:
    limit = longest if isinstance(longest, int) else longest.get(name, LONGEST)
    if len(value) > limit:
        raise MalformedInput(f"The field '{name[:40]}' has more than {limit:,} characters.")
    if "\0" in value:
        raise MalformedInput(f"The field '{name[:40]}' holds a NUL character.")
    return value.replace("\r\n", "\n")
