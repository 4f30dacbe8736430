"""Writes Ghost exports for the tests."""

import json
from pathlib import Path
from typing import Any

USER = {
    "id": "u1",
    "name": "Jane Roe",
    "slug": "jane",
    "email": "jane@secret.example",
    "password": "$2a$secret",
    "bio": "Writes.",
}


def post(number: int | str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number, "title": f"Post {number}", "slug": f"post-{number}", "status": "published",
        "visibility": "public",
        "published_at": "2020-01-02T03:04:05.000Z", "author_id": "u1", "html": "<p>Words.</p>",
    } | fields  # fmt: skip


def lexical(*nodes: dict[str, Any]) -> str:
    return json.dumps({"root": {"type": "root", "children": list(nodes)}})


def write(path: Path, *posts: dict[str, Any], version: str = "5.1.0", wrapped: bool = True, **tables: Any) -> Path:
    data = {"posts": list(posts), "users": [USER], **tables}
    whole: dict[str, Any] = {"meta": {"exported_on": 1, "version": version}, "data": data}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"db": [whole]} if wrapped else whole), encoding="utf-8")
    return path
