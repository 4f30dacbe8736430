"""What routes answer with, and how the OpenAPI document describes it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

_PUBLIC = {"cache-control": "public, max-age=0, must-revalidate"}


def public_json(body: bytes | str) -> Response:
    """JSON that everybody may see, kept by the page cache until something changes."""
    return Response(body, headers=_PUBLIC, media_type="application/json")


def public_page(html: str, *, media_type: str = "text/html; charset=utf-8") -> Response:
    """A page or feed that everybody may see, kept by the page cache until something changes."""
    return Response(html, headers=_PUBLIC, media_type=media_type)


def private_json(body: bytes | str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON for the caller alone, kept by nobody."""
    sent = {"cache-control": "no-store", **(headers or {})}
    return Response(body, status, headers=sent, media_type="application/json")


def answers(model: type[BaseModel], *faults: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: `model` at `status`, problem documents at the others, as `openapi.describe` says."""
    return {
        status: {"model": model},
        **{fault: {"description": "A problem document"} for fault in (400, *faults)},
    }
