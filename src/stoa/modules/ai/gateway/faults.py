"""Faults as OpenAI's clients expect them: `{"error": {"message", "type", "param", "code"}}`."""

from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from stoa.shared.problems import problem_response

_TYPES: Final = {
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", "permission_denied"),
    404: ("invalid_request_error", "not_found"),
    413: ("invalid_request_error", "request_too_large"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
}
_CODES: Final = {
    "model-not-found": ("invalid_request_error", "model_not_found"),
    "budget-spent": ("insufficient_quota", "insufficient_quota"),
    "price-unknown": ("insufficient_quota", "price_unknown"),
    "account-banned": ("permission_error", "account_banned"),
    "injection": ("invalid_request_error", "injection"),
}
_NO_USE_TO_RETRY: Final = {"budget-spent", "price-unknown"}
_KEPT: Final = ("retry-after", "www-authenticate", "cache-control")


def openai_fault(request: Request, error: Exception) -> Response:
    """The same fault as everywhere, in OpenAI's words; a fault in the body is a 400 there."""
    problem = problem_response(request, error)
    told: dict[str, Any] = orjson.loads(problem.body)
    status = 400 if problem.status_code == 422 else problem.status_code
    headers = {name: value for name, value in problem.headers.items() if name in _KEPT or name.startswith("x-")}
    code = str(told["type"]).rpartition("#")[2]
    if code in _NO_USE_TO_RETRY:
        headers["x-should-retry"] = "false"  # OpenAI's own clients try again otherwise
    return Response(orjson.dumps({"error": _error(told, status, code)}), status, headers, "application/json")


def error_event(message: str, code: str) -> bytes:
    """The last event of a stream that did not end well: clients raise on it, and no `[DONE]` follows."""
    told = {"error": {"message": message, "type": "upstream_error", "param": None, "code": code}}
    return b"data: " + orjson.dumps(told) + b"\n\n"


def _error(told: dict[str, Any], status: int, code: str) -> dict[str, Any]:
    fallback = ("server_error", "server_error") if status >= 500 else ("invalid_request_error", "invalid_value")
    kind, name = _CODES.get(code) or _TYPES.get(status, fallback)
    faults = told.get("errors") or [{}]
    details = {key: value for key, value in told.items() if key not in _PROBLEM}
    param = str(faults[0].get("field", "")).removeprefix("body.") or None
    return {"message": told["detail"], "type": kind, "param": param, "code": name, **details}


_PROBLEM: Final = {"type", "title", "status", "detail", "errors"}
