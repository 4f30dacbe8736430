"""Faults as problem documents (RFC 9457): the one place where errors become JSON answers."""

import traceback
from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stoa.shared.errors import (
    FieldFault,
    InvalidInput,
    MalformedInput,
    NotFound,
    StoaError,
    TooManyRequests,
    Unavailable,
)

log = structlog.get_logger("stoa.errors")
_TITLES = {
    400: "The request cannot be read",
    404: "Not found",
    405: "This address does not take that method",
    413: "Too large",
}
_BUSY = {"40001", "40P01", "55P03", "57014", "53300", "57P01", "57P02", "57P03"}
_RETRY_SECONDS = "2"


class FieldProblem(BaseModel):
    field: str = Field(description="Where it stands: `query.limit`, `body.name`.")
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] | None = None


def as_stoa_error(error: Exception) -> StoaError | None:
    """The fault behind an exception of a library, when it is one that a caller is told."""
    match error:
        case StoaError():
            return error
        case RequestValidationError():
            return _validation(error)
        case (
            PoolTimeout()
            | InterfaceError()
            | asyncpg.InterfaceError()
            | asyncpg.InternalClientError()  # as the driver says when a connection broke in between
            | ConnectionError()
            | TimeoutError()
        ):
            return Unavailable("The database does not answer. Try again in a few seconds.")
        case DBAPIError() | asyncpg.PostgresError():
            return _database_fault(error)
        case OSError():
            return Unavailable("A part of the site does not answer. Try again in a few seconds.")
    return None


def problem_response(request: Request, error: Exception) -> Response:
    """The problem document of any exception; what is not a known fault is logged and told as a 500."""
    request_id = str(request.scope.get("request_id", ""))
    if isinstance(error, HTTPException) and isinstance(error.__cause__, StoaError):
        error = error.__cause__  # raised while the body was read; FastAPI wraps it
    if isinstance(error, HTTPException):
        return _document(request_id, error.status_code, _http_title(error), str(error.detail), headers=error.headers)
    fault = as_stoa_error(error)
    if fault is None:
        log_unexpected(error, request)
        fault = StoaError("The fault is ours and has been logged. Tell us the request id if it stays.")
    headers = dict(fault.headers) if isinstance(fault, TooManyRequests) else {}
    if isinstance(fault, Unavailable):
        headers["retry-after"] = _RETRY_SECONDS
        log.warning("unavailable", error=type(error).__name__, path=request.url.path)
    if fault.status == 401:
        sent = "authorization" in request.headers
        headers["www-authenticate"] = 'Bearer error="invalid_token"' if sent else "Bearer"
    return _document(
        request_id,
        fault.status,
        fault.title,
        fault.detail,
        code=fault.code,
        faults=fault.faults,
        extra=fault.extra,
        headers=headers,
    )


def log_unexpected(error: Exception, request: Request) -> None:
    """One line with the traceback, and neither query nor body."""
    trace = "".join(traceback.format_exception(error))
    log.error("unexpected", path=request.url.path, method=request.method, traceback=trace)


def _document(
    request_id: str,
    status: int,
    title: str,
    detail: str,
    *,
    code: str = "",
    faults: tuple[FieldFault, ...] = (),
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body: dict[str, Any] = {
        **(extra or {}),
        "type": f"/docs/problems#{code}" if code else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    if faults:
        body["errors"] = [{"field": f.field, "message": f.message} for f in faults]
    return Response(
        orjson.dumps(body),
        status,
        headers={"cache-control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )


def _http_title(error: HTTPException) -> str:
    return _TITLES.get(error.status_code, "The request was refused")


def _validation(error: RequestValidationError) -> StoaError:
    faults = tuple(
        FieldFault(".".join(_plain(str(part)) for part in e["loc"]), _plain(str(e["msg"]))) for e in error.errors()
    )
    if any(e["type"] == "json_invalid" for e in error.errors()):
        return MalformedInput("The body is not valid JSON.", faults=faults)
    detail = "; ".join(f"{f.field}: {f.message}" for f in faults[:5])
    return InvalidInput(detail[:1000], faults=faults[:50])


def _plain(text: str) -> str:
    """Without lone surrogates, which JSON cannot carry."""
    return text.encode("utf-8", "replace").decode()[:300]


def _database_fault(error: Exception) -> StoaError | None:
    code = getattr(getattr(error, "orig", error), "sqlstate", None)
    if code in _BUSY or str(code).startswith("08"):
        return Unavailable("The database is busy. Try again in a few seconds.")
    if code in {"22021", "22P05"}:
        return MalformedInput("The text holds a character that cannot be stored (a NUL or a broken one).")
    if code == "23503":
        return NotFound("Something this refers to is not there any more.")
    return None


async def send_problem(scope: Scope, receive: Receive, send: Send, error: Exception) -> None:
    """Answer a request with a problem document from a layer in front of the routes."""
    await problem_response(Request(scope), error)(scope, receive, send)
