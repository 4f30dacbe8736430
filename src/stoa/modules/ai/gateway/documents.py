"""How the OpenAPI document describes the gateway: what this site relies on; OpenAI's own reference says the rest."""

from typing import Any, Final

from pydantic import BaseModel

from stoa.modules.ai.gateway.schemas import ChatIn, EmbeddingsIn, GatewayFault

_STATUSES: Final = (400, 401, 403, 404, 408, 413, 414, 429, 500, 502, 503, 504)


def takes(sent: type[BaseModel]) -> dict[str, Any]:
    """The route reads its body itself: bytes that go on to a provider are not taken apart first."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": sent.model_json_schema()}}}}


def gives(answer: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    fault = {"model": GatewayFault, "description": "OpenAI's error"}
    return {200: {"model": answer}, **dict.fromkeys(_STATUSES, fault)}


CHAT: Final = takes(ChatIn)
EMBEDDINGS: Final = takes(EmbeddingsIn)
