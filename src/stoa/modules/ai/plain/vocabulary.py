"""The words that the plain methods know, from `words.toml` beside this file."""

import tomllib
from importlib.resources import files
from typing import Any, Final

_READ: Final[dict[str, Any]] = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
STOP: Final = frozenset(_READ["stop"].split())
FEELINGS: Final[dict[str, float]] = {
    word: float(weight) for weight, listed in _READ["feelings"].items() for word in listed.split()
}
"""From -3 to 3."""
TURNS: Final = frozenset(_READ["turning"]["turns"].split())
STRENGTHENS: Final = frozenset(_READ["turning"]["strengthens"].split())
WEAKENS: Final = frozenset(_READ["turning"]["weakens"].split())
SCHEMES: Final[dict[str, dict[str, str]]] = _READ["schemes"]
"""By scheme and label, the words that belong to it."""
