"""Accounts as a terminal shows them: a table of many, the lines of one. Nothing in a name may steer the terminal."""

from collections.abc import Iterable, Iterator
from typing import Any

_COLUMNS = ("USERNAME", "NAME", "ROLE", "ADDRESS", "STATE", "LAST SEEN")
_LABEL_WIDTH = 14


def table(users: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A heading and a line for each; nothing for nobody."""
    rows = [_row(user) for user in users]
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for row in [_COLUMNS, *rows] if rows else []:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def lines(user: dict[str, Any]) -> Iterator[str]:
    """All that those know of an account who manage people."""
    shown = {
        "Username": user["username"],
        "Name": user["display_name"],
        "Address": user["email"] or "-",
        "Role": user["role"],
        "Tier": user["tier"],
        "State": _state(user),
        "Banned until": (_time(user["banned_until"]) if user["banned_until"] else "for good"),
        "Reason": user["ban_reason"],
        "Made": _time(user["created_at"]),
        "Last seen": _time(user["last_seen_at"]),
    }
    for label, value in shown.items():
        if user["banned_at"] or label not in {"Banned until", "Reason"}:
            yield f"{label:<{_LABEL_WIDTH}} {printable(value)}"


def printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _row(user: dict[str, Any]) -> tuple[str, ...]:
    cells = (user["username"], user["display_name"], user["role"], user["email"] or "-", _state(user))
    return (*map(printable, cells), _time(user["last_seen_at"]))


def _state(user: dict[str, Any]) -> str:
    from datetime import datetime

    from stoa.shared.clock import utc_now

    until = user["banned_until"]
    if not user["is_active"]:
        return "erased"
    if user["banned_at"] and (until is None or datetime.fromisoformat(until) > utc_now()):
        return "banned"
    return "active" if user["is_verified"] else "unverified"


def _time(written: str | None) -> str:
    return f"{written[:10]} {written[11:16]} UTC" if written else "never"
