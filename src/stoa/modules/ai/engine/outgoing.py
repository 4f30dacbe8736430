"""What goes to a provider: the caller's body with the model's own name, and a wish to be told the tokens.

Where the caller does not say how long an answer may be, we do: else no budget could hold enough for it.
"""

from typing import Any, Final

from stoa.modules.ai.engine.asking import Candidate, Request
from stoa.modules.ai.providers.protocol import Ask

_LENGTHS: Final = ("max_completion_tokens", "max_tokens")
_OURS: Final = ("model", "stream", "stream_options")


def outgoing(request: Request, candidate: Candidate) -> Ask:
    body: dict[str, Any] = {key: value for key, value in request.body.items() if key not in _OURS}
    body["model"] = candidate.target.model
    if request.path == "chat/completions" and not any(body.get(name) for name in _LENGTHS):
        body[_LENGTHS[0] if candidate.provider.kind == "openai" else _LENGTHS[1]] = candidate.longest_answer
    if request.streams:
        options = request.body.get("stream_options") or {}
        body |= {"stream": True, "stream_options": {**options, "include_usage": True}}
    return Ask(path=request.path, model=candidate.target.model, body=body, streams=request.streams)
