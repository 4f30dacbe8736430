"""OpenAI-style requests in pydantic-ai's terms. What has no counterpart is refused in words, never left out."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from stoa.modules.ai.providers.protocol import ProviderFault

_SETTINGS: Final = ("temperature", "top_p", "seed", "presence_penalty", "frequency_penalty", "parallel_tool_calls")


def messages_of(body: Mapping[str, Any]) -> list[ModelMessage]:
    """Raises ProviderFault for parts that cannot be said."""
    found: list[ModelMessage] = []
    names: dict[str, str] = {}
    for message in body["messages"]:
        if message["role"] == "assistant":
            found.append(_answered(message, names))
        else:
            part = _said(message, names)
            if found and isinstance(found[-1], ModelRequest):
                found[-1] = ModelRequest(parts=[*found[-1].parts, part])
            else:
                found.append(ModelRequest(parts=[part]))
    return found


def parameters_of(body: Mapping[str, Any]) -> ModelRequestParameters:
    """Tools, and the shape that the answer must have."""
    tools = [_tool(tool.get("function") or {}) for tool in body.get("tools") or () if isinstance(tool, dict)]
    wanted = body.get("response_format") or {}
    if wanted.get("type") in {None, "text"}:
        return ModelRequestParameters(function_tools=tools)
    schema = (wanted.get("json_schema") or {}).get("schema")
    if not isinstance(schema, dict):
        raise _refused("this provider takes a response_format of the type json_schema, with its schema")
    shape = OutputObjectDefinition(json_schema=schema, name=wanted["json_schema"].get("name"))
    return ModelRequestParameters(function_tools=tools, output_mode="native", output_object=shape)


def settings_of(body: Mapping[str, Any], seconds: float) -> ModelSettings:
    """Retries are ours, so the SDK makes none."""
    if (body.get("n") or 1) != 1:
        raise _refused("this provider gives one answer at a time: leave out 'n'")
    settings = ModelSettings(timeout=seconds, max_retries=0)
    given: dict[str, Any] = {name: body[name] for name in _SETTINGS if body.get(name) is not None}
    longest = body.get("max_completion_tokens") or body.get("max_tokens")
    if longest:
        given["max_tokens"] = longest
    stop = body.get("stop")
    if stop:
        given["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
    choice = body.get("tool_choice")
    if isinstance(choice, str):
        given["tool_choice"] = choice
    elif isinstance(choice, dict):
        given["tool_choice"] = [(choice.get("function") or {}).get("name", "")]
    return settings | given  # type: ignore[return-value] # the names are those of the settings


def _said(message: Mapping[str, Any], names: Mapping[str, str]) -> ModelRequestPart:
    content = message.get("content")
    match message["role"]:
        case "system" | "developer":
            return SystemPromptPart(_text(content))
        case "user":
            parts = [_part(part) for part in content] if isinstance(content, list) else [_text(content)]
            return UserPromptPart(parts[0] if len(parts) == 1 and isinstance(parts[0], str) else parts)
        case "tool":
            call_id = str(message.get("tool_call_id", ""))
            return ToolReturnPart(names.get(call_id, "tool"), _text(content), call_id)
    raise _refused(f"there is no role '{str(message['role'])[:40]}'")


def _answered(message: Mapping[str, Any], names: dict[str, str]) -> ModelResponse:
    parts: list[ModelResponsePart] = []
    if message.get("content"):
        parts.append(TextPart(_text(message["content"])))
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        names[str(call.get("id"))] = str(function.get("name", ""))
        parts.append(ToolCallPart(str(function.get("name", "")), function.get("arguments"), str(call.get("id"))))
    return ModelResponse(parts=parts)


def _part(part: Any) -> str | BinaryContent:
    if isinstance(part, dict) and part.get("type") == "text":
        return str(part.get("text", ""))
    url = ((part.get("image_url") or {}) if isinstance(part, dict) else {}).get("url", "")
    kind, _, data = str(url).partition(";base64,")
    if not kind.startswith("data:image/") or not data:
        raise _refused("send pictures as data: URLs; nothing is fetched from addresses that a caller names")
    try:
        return BinaryContent(base64.b64decode(data, validate=True), media_type=kind.removeprefix("data:"))
    except (binascii.Error, ValueError):
        raise _refused("the picture is not valid base64") from None


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _tool(function: Mapping[str, Any]) -> ToolDefinition:
    return ToolDefinition(
        name=str(function.get("name", "")),
        description=function.get("description"),
        parameters_json_schema=function.get("parameters") or {"type": "object", "properties": {}},
    )


def _refused(words: str) -> ProviderFault:
    return ProviderFault("refused", f"{words[0].upper()}{words[1:]}.")
