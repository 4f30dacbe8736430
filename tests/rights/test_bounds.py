"""Whatever can be sent to the API has an end, and the OpenAPI document says where."""

from typing import Any

from fastapi import FastAPI

from stoa.shared.openapi import OTHERS_FORMAT


def bounded(schema: dict[str, Any], *, known: dict[str, Any]) -> bool:  # noqa: PLR0911 # a table
    """Whether what is sent has an end: strings, lists and numbers everywhere in it."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return all(bounded(one, known=known) for one in schema[several])
    if "enum" in schema or "const" in schema:
        return True
    match schema.get("type"):
        case "string":
            return "maxLength" in schema or schema.get("format") in {"date", "date-time", "uuid", "binary"}
        case "integer" | "number":
            return {"maximum", "minimum"} <= schema.keys()
        case "array":
            return "maxItems" in schema and bounded(schema["items"], known=known)
        case "object":
            fields = (*schema.get("properties", {}).values(), *schema.get("patternProperties", {}).values())
            others = schema.get("additionalProperties", "maxProperties" not in schema)
            if isinstance(others, dict):
                others = not (bounded(others, known=known) and "maxProperties" in schema)
            return others is False and all(bounded(one, known=known) for one in fields)
        case kind:
            return kind in {"boolean", "null"}


class TestDocument:
    def test_everything_that_is_sent_is_bounded_and_nothing_unknown_is_taken(self, app: FastAPI) -> None:
        document = app.openapi()
        known = document["components"]["schemas"]
        endless: list[str] = []
        looked_at = 0
        for path, calls in document["paths"].items():
            if path.startswith(OTHERS_FORMAT):  # bytes are counted there, and what a provider takes is its own matter
                continue
            for method, call in calls.items():
                for kind, body in call.get("requestBody", {}).get("content", {}).items():
                    schema = body["schema"]
                    if kind == "multipart/form-data":  # one file, whose bytes the body limit counts
                        continue
                    looked_at += 1
                    if not bounded(schema, known=known):
                        endless.append(f"{method} {path}: body")
                endless += [
                    f"{method} {path}: {one['name']}"
                    for one in call.get("parameters", ())
                    if not bounded(one["schema"], known=known)
                ]
        assert endless == []
        assert looked_at > 15
