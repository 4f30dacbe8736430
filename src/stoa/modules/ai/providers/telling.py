"""What pydantic-ai streams, as OpenAI's chunks or one whole answer."""

import time
from typing import Any, Final

import orjson
from pydantic_ai.messages import (
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.usage import RequestUsage

_REASONS: Final = {"stop": "stop", "length": "length", "content_filter": "content_filter", "tool_call": "tool_calls"}


class Teller:
    """Of one answer. Tools are numbered in the order they begin."""

    def __init__(self, call_id: str, model: str) -> None:
        self._frame = {"id": f"chatcmpl-{call_id}", "created": int(time.time()), "model": model}
        self._tools: dict[int, int] = {}

    def chunk(self, event: ModelResponseStreamEvent) -> bytes | None:
        """None for what is no part of the answer, such as thoughts."""
        match event:
            case PartStartEvent(index=_, part=TextPart(content=text)) if text:
                return self._event({"content": text})
            case PartDeltaEvent(index=_, delta=TextPartDelta(content_delta=text)) if text:
                return self._event({"content": text})
            case PartStartEvent(index=index, part=ToolCallPart() as call):
                self._tools[index] = len(self._tools)
                function = {"name": call.tool_name, "arguments": call.args_as_json_str() if call.args else ""}
                started = {"index": self._tools[index], "id": call.tool_call_id, "type": "function"}
                return self._event({"tool_calls": [{**started, "function": function}]})
            case PartDeltaEvent(index=index, delta=ToolCallPartDelta(args_delta=str() as more)):
                told = {"index": self._tools.get(index, 0), "function": {"arguments": more}}
                return self._event({"tool_calls": [told]})
        return None

    def end(self, reason: str | None, usage: RequestUsage) -> bytes:
        """The last events: why it ended, what it used, and the mark."""
        said = self._event({}, _REASONS.get(reason or "stop", "stop"))
        if usage.input_tokens or usage.output_tokens:
            said += self._data({"choices": [], "usage": usage_of(usage)})
        return said + b"data: [DONE]\n\n"

    def whole(self, response: ModelResponse) -> bytes:
        calls = [
            {
                "id": part.tool_call_id,
                "type": "function",
                "function": {"name": part.tool_name, "arguments": part.args_as_json_str()},
            }
            for part in response.parts
            if isinstance(part, ToolCallPart)
        ]
        text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
        message: dict[str, Any] = {"role": "assistant", "content": text or (None if calls else "")}
        if calls:
            message["tool_calls"] = calls
        reason = "tool_calls" if calls else _REASONS.get(response.finish_reason or "stop", "stop")
        told = {**self._frame, "object": "chat.completion"}
        told["choices"] = [{"index": 0, "message": message, "finish_reason": reason}]
        if response.usage.input_tokens or response.usage.output_tokens:
            told["usage"] = usage_of(response.usage)
        return orjson.dumps(told)

    def _event(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        return self._data({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    def _data(self, told: dict[str, Any]) -> bytes:
        return b"data: " + orjson.dumps({**self._frame, "object": "chat.completion.chunk", **told}) + b"\n\n"


def usage_of(usage: RequestUsage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read_tokens},
    }
