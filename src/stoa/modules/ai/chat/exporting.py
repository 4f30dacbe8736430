"""Chats as files: JSON holds everything said, Markdown the branch that is shown."""

from collections.abc import Sequence
from typing import Any

import orjson


def as_json(conversation: dict[str, Any], messages: Sequence[dict[str, Any]]) -> bytes:
    return orjson.dumps({"conversation": conversation, "messages": list(messages)}, option=orjson.OPT_INDENT_2)


def as_markdown(conversation: dict[str, Any], messages: Sequence[dict[str, Any]]) -> str:
    """For reading: each message below a heading, with the sources its answer names."""
    parts = [f"# {conversation['title'] or 'Conversation'}", f"Begun {conversation['created_at'][:10]}."]
    for message in _branch(conversation["leaf_id"], messages):
        parts += [f"## {_who(message)}", message["content"].strip() or "(nothing)"]
        if message["error"]:
            parts.append(f"> {message['error']}")
        cited = [one for one in message["citations"] if one["is_cited"]]
        if cited:
            parts.append("\n".join(f"{one['number']}. [{_plain(one['title'])}]({one['url']})" for one in cited))
    return "\n\n".join(parts) + "\n"


def _branch(leaf: str | None, messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    by_id = {message["id"]: message for message in messages}
    found = []
    while leaf is not None and leaf in by_id:
        found.append(by_id[leaf])
        leaf = by_id[leaf]["parent_id"]
    return found[::-1]


def _who(message: dict[str, Any]) -> str:
    if message["role"] == "user":
        return "You"
    return f"Answer ({message['model']})" if message["model"] else "Answer"


def _plain(title: str) -> str:
    return title.replace("[", "(").replace("]", ")")
