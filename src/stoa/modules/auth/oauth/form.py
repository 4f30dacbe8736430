"""Reads the bodies of token requests: forms as RFC 6749 has them, or a flat JSON object of strings."""

from collections.abc import Collection
from typing import Any, Final

import orjson
from starlette.datastructures import FormData
from starlette.requests import Request

from stoa.modules.auth.errors import InvalidRequest

MOST_FIELDS: Final = 20
LONGEST_FIELD: Final = 4_096
CLIENT: Final = frozenset({"client_id", "client_secret", "scope"})
_FORM = "application/x-www-form-urlencoded"


async def fields_of(request: Request, known: Collection[str], needed: Collection[str]) -> dict[str, str]:
    """The fields of the body. Raises InvalidRequest for unknown, repeated, missing or endless ones."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        fields = _from_json(await request.body())
    elif kind in {_FORM, "multipart/form-data"}:
        fields = _from_form(await request.form(max_fields=MOST_FIELDS, max_files=0))
    else:
        raise InvalidRequest(f"Send the fields as {_FORM}.")
    for name, value in fields.items():
        if name not in known and name not in CLIENT:
            raise InvalidRequest(f"There is no field '{name[:40]}' here; there are {', '.join(sorted(known))}.")
        if len(value) > LONGEST_FIELD or "\0" in value:
            raise InvalidRequest(f"The field '{name}' is too long, or holds a NUL character.")
    missing = [name for name in needed if not fields.get(name)]
    if missing:
        raise InvalidRequest(f"The field '{missing[0]}' is missing.")
    return fields


def form_schema(fields: dict[str, dict[str, Any]], required: Collection[str]) -> dict[str, Any]:
    """The request body in the OpenAPI document."""
    schema = {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {name: {"type": "string", "maxLength": LONGEST_FIELD, **more} for name, more in fields.items()},
    }
    return {"requestBody": {"required": True, "content": {_FORM: {"schema": schema}}}}


def _from_form(form: FormData) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if name in fields:
            raise InvalidRequest(f"The field '{name[:40]}' is there more than once.")
        if not isinstance(value, str):
            raise InvalidRequest(f"The field '{name[:40]}' must be text.")
        fields[name] = value
    return fields


def _from_json(body: bytes) -> dict[str, str]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidRequest("The body is not valid JSON.") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise InvalidRequest("The body must be an object whose values are text.")
    return found
