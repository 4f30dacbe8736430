"""How messages of chats look: Markdown as what strangers write, with citations that lead to their source."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from stoa.shared.cache import Cache
from stoa.shared.errors import StoaError
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.pool import MarkdownPool
from stoa.web.ai.figures import amount
from stoa.web.chat.contexts import ChatMessage, ChatSource

_KEPT_SECONDS: Final = 86_400
_LONGEST_SHOWN: Final = 60_000
_CODE: Final = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]*`)", re.DOTALL)
_CITATION: Final = re.compile(r"\[(\d{1,3})\](?!\()")
PLAIN: Final = "Quoted from the articles, without a model"
_STATES: Final[Mapping[str, str]] = {
    "stopped": "Stopped.",
    "cut": "The answer broke off.",
    "error": "There is no answer.",
}


class MessageLook:
    def __init__(self, markdown: MarkdownPool, cache: Cache) -> None:
        self._markdown = markdown
        self._cache = cache

    async def message(self, told: Mapping[str, Any]) -> ChatMessage:
        """From a message as the API tells it."""
        sources = [
            ChatSource(one["number"], one["title"], one["heading"], one["url"], one["is_cited"])
            for one in told["citations"]
        ]
        siblings = told["siblings"]
        ids, place = siblings["ids"], siblings["place"]
        is_answer = told["role"] == "assistant"
        is_written = is_answer and told["status"] != "streaming"
        return ChatMessage(
            id=told["id"],
            role=told["role"],
            status=told["status"],
            text=told["content"],
            html=await self.html(told["content"], sources) if is_written else None,
            who=_who(told) if is_written else "",
            facts=_facts(told) if is_written else "",
            error=_error(told),
            sources=sources,
            rating=told["rating"],
            place=place,
            of=siblings["of"],
            previous_id=ids[place - 2] if place > 1 and place - 2 < len(ids) else None,
            next_id=ids[place] if place < len(ids) else None,
        )

    async def html(self, text: str, sources: Sequence[ChatSource]) -> Markup:
        """What can't be rendered is shown as it was written."""
        if not text.strip():
            return Markup("")
        if len(text) > _LONGEST_SHOWN:
            return _as_written(text)
        source = _linked(text, sources)
        key = f"chat-html:{hashlib.blake2b(source.encode(), digest_size=20).hexdigest()}"

        async def make() -> bytes:
            return (await self._markdown.render(source, COMMENT)).html.encode()

        try:
            return Markup((await self._cache.get_or_make(key, make, seconds=_KEPT_SECONDS)).decode())  # noqa: S704 # sanitised by the renderer
        except StoaError:
            return _as_written(text)


def _linked(text: str, sources: Sequence[ChatSource]) -> str:
    """Each [number] of a source leads to its passage; what is code stays."""
    urls = {one.number: one.url for one in sources}
    if not urls:
        return text

    def link(found: re.Match[str]) -> str:
        url = urls.get(int(found[1]))
        return f"[\\[{found[1]}\\]]({url})" if url else found[0]

    parts = _CODE.split(text)
    return "".join(part if place % 2 else _CITATION.sub(link, part) for place, part in enumerate(parts))


def _as_written(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(escape(text))


def _who(told: Mapping[str, Any]) -> str:
    if told["method"] == "plain":
        return PLAIN if told["citations"] else "This site, without a model"
    return f"{told['provider']}/{told['model']}" if told["provider"] and told["model"] else ""


def _facts(told: Mapping[str, Any]) -> str:
    used = told["usage"]
    if told["method"] == "plain":
        return "free"
    if not used:
        return ""
    cost = used["cost_micro_usd"]
    price = "price unknown" if cost is None else "free" if not cost else amount(cost)
    about = "about " if used["source"] == "estimated" else ""
    return f"{about}{used['input_tokens']:,} + {used['output_tokens']:,} tokens, {price}"


def _error(told: Mapping[str, Any]) -> str:
    if told["status"] in _STATES:
        return str(told["error"] or _STATES[told["status"]])
    return str(told["error"] or "") if told["status"] == "complete" else ""
