"""Makes the OpenAPI document tell the truth about faults and permissions."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from stoa.shared.problems import Problem

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
OTHERS_FORMAT = "/v1/"
"""What lies under it answers as OpenAI does, faults included."""
_UNUSED = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI) -> None:
    """Have `app.openapi()` answer a document in which every fault is a problem document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _truthful(get_openapi(title=app.title, version=app.version, routes=app.routes))
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # FastAPI's documented way to change the document


def _truthful(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schemas["Problem"].pop("$defs", {}))
    for address, path in document.get("paths", {}).items():
        if address.startswith(OTHERS_FORMAT):
            continue
        for operation in path.values():
            _name_common_faults(operation)
            for status, response in operation.get("responses", {}).items():
                if status[0] in "45":
                    response["content"] = {"application/problem+json": {"schema": _PROBLEM}}
    for name in _UNUSED:
        schemas.pop(name, None)
    return document


def _name_common_faults(operation: dict[str, Any]) -> None:
    """What the layers in front of every route answer, and what reading its input may."""
    responses = operation.setdefault("responses", {})
    faults = {"400": "The request cannot be read", "414": "The address is too long"}
    if operation.get("parameters") or "requestBody" in operation:
        faults["422"] = "Something that was sent is out of bounds"
    if "requestBody" in operation:
        faults["413"] = "The body is too large"
    for status, description in faults.items():
        responses.setdefault(status, {"description": description})
