"""What clients of /v1 send: read as JSON and checked as far as this site relies on it; the rest is the provider's."""

from typing import Any, Final

import orjson
from starlette.requests import Request

from stoa.shared.errors import FieldFault, InvalidInput, MalformedInput

MOST_BYTES: Final = 8 * 1_048_576
_MOST_MESSAGES: Final = 2_000
_MOST_INPUTS: Final = 2_048
_LONGEST_NAME: Final = 200


async def read_body(request: Request) -> dict[str, Any]:
    """Raises MalformedInput for what is no JSON object."""
    raw = await request.body()
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedInput(f"The body is not valid JSON: {error.msg} at character {error.pos}.") from None
    if not isinstance(body, dict):
        raise MalformedInput('The body must be a JSON object, such as {"model": ..., "messages": [...]}.')
    return body


def check_chat(body: dict[str, Any]) -> None:
    """Raises InvalidInput."""
    _check_model(body)
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise _fault("messages", "must be a list of at least one message")
    if len(messages) > _MOST_MESSAGES:
        raise _fault("messages", f"must hold at most {_MOST_MESSAGES} messages")
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise _fault(f"messages[{place}]", "must be an object with a role and content")
    if not isinstance(body.get("stream", False), bool | None):
        raise _fault("stream", "must be true or false")
    options = body.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise _fault("stream_options", 'must be an object, such as {"include_usage": true}')


def check_embeddings(body: dict[str, Any]) -> None:
    """Raises InvalidInput."""
    _check_model(body)
    given = body.get("input")
    if isinstance(given, str) and given:
        return
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_INPUTS:
        raise _fault("input", f"must be a text, or a list of 1 to {_MOST_INPUTS} texts")
    is_tokens = _all(given, list) and all(_all(one, int) for one in given)
    if not (_all(given, str) or _all(given, int) or is_tokens):
        raise _fault("input", "must hold texts only, or tokens only, or lists of tokens only")


def wants_usage(body: dict[str, Any]) -> bool:
    """Whether the client asked for a last chunk with the tokens used; the engine always asks the provider for it."""
    return bool((body.get("stream_options") or {}).get("include_usage"))


def _all(values: list[Any], kind: type) -> bool:
    return all(isinstance(value, kind) for value in values)


def _check_model(body: dict[str, Any]) -> None:
    model = body.get("model")
    if not isinstance(model, str) or not 0 < len(model) <= _LONGEST_NAME:
        raise _fault("model", f"must name a model in 1 to {_LONGEST_NAME} characters; GET /v1/models lists them")


def _fault(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"'{field}' {message}.", faults=(FieldFault(f"body.{field}", message),))
