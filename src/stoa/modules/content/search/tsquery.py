"""PostgreSQL's own reading of a search, taken apart: pure, and exact about what each part of the plan may leave out.

`websearch_to_tsquery` decides what the words mean; this only derives from its answer what is cheap to ask of an index.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(r"\s*(?:'((?:[^'\\]|''|\\\\)*)'(?::[*A-D]+)?|(<->|<\d+>|[&|!()]))")


@dataclass(frozen=True, slots=True)
class Word:
    lexeme: str


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class Phrase:
    """`then` follows `first` at `distance` words."""

    first: "Node"
    then: "Node"
    distance: str


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Node", ...]


Node = Word | Not | Phrase | All | Any


def parse(query: str) -> Node | None:
    """The tree of a tsquery as PostgreSQL writes it; None for the empty one."""
    tokens = [(m[1], m[2]) for m in _TOKEN.finditer(query)]
    return _Reader(tokens).alternatives() if tokens else None


class _Reader:
    """Recursive descent; binding from weak to strong: `|`, `&`, `<->`, `!`."""

    def __init__(self, tokens: list[tuple[str | None, str | None]]) -> None:
        self._tokens = tokens
        self._place = 0

    def alternatives(self) -> Node:
        parts = [self._all()]
        while self._take("|"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Node:
        parts = [self._phrase()]
        while self._take("&"):
            parts.append(self._phrase())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _phrase(self) -> Node:
        node = self._one()
        while (operator := self._peek()) and operator.startswith("<"):
            self._place += 1
            node = Phrase(node, self._one(), operator)
        return node

    def _one(self) -> Node:
        if self._take("!"):
            return Not(self._one())
        if self._take("("):
            node = self.alternatives()
            self._take(")")
            return node
        lexeme = self._tokens[self._place][0]
        self._place += 1
        return Word(re.sub(r"''|\\\\", lambda found: found[0][0], lexeme or ""))

    def _peek(self) -> str | None:
        return self._tokens[self._place][1] if self._place < len(self._tokens) else None

    def _take(self, operator: str) -> bool:
        taken = self._peek() == operator
        self._place += taken
        return taken


def render(node: Node) -> str:
    """The tree as a tsquery."""
    match node:
        case Word(lexeme):
            return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
        case Not(part):
            return f"!({render(part)})"
        case Phrase(first, then, distance):
            return f"({render(first)} {distance} {render(then)})"
        case All(parts):
            return "(" + " & ".join(map(render, parts)) + ")"
        case Any(parts):
            return "(" + " | ".join(map(render, parts)) + ")"


def searchable(node: Node | None) -> Node | None:
    """Without branches that only say what not to find: those would be nearly everything there is."""
    match node:
        case None | Not():
            return None
        case Any(parts):
            kept = tuple(part for part in map(searchable, parts) if part is not None)
            return Any(kept) if len(kept) > 1 else (kept[0] if kept else None)
        case All(parts):
            return node if any(searchable(part) is not None for part in parts) else None
        case _:
            return node


def loosened(node: Node) -> Node:
    """What an index can answer without reading the rows; finds all that `node` finds, and more."""
    match node:
        case Phrase(first, then, _):
            return All((loosened(first), loosened(then)))
        case All(parts):
            return All(tuple(loosened(part) for part in parts if not _forbids_phrase(part)))
        case Any(parts):
            return Any(tuple(map(loosened, parts)))
        case _:
            return node


def wanted(node: Node) -> Node:
    """Without what must not be found; for ranking and highlighting, where PostgreSQL takes it for one more word."""
    match node:
        case All(parts):
            return All(tuple(wanted(part) for part in parts if not isinstance(part, Not)))
        case Any(parts):
            return Any(tuple(map(wanted, parts)))
        case _:
            return node


def words(node: Node) -> list[str]:
    """The words that may be found, each once."""
    return list(dict.fromkeys(_words(node)))


def phrase_pairs(node: Node) -> list[tuple[str, str]]:
    """Neighbouring words that every match must have; none of what stands under an `or`."""
    match node:
        case Phrase():
            return list(pairwise(_words(node)))
        case All(parts):
            return [pair for part in parts for pair in phrase_pairs(part)]
        case _:
            return []


def has_phrase(node: Node) -> bool:
    match node:
        case Phrase():
            return True
        case Not(part):
            return has_phrase(part)
        case All(parts) | Any(parts):
            return any(map(has_phrase, parts))
        case _:
            return False


def has_several(node: Node) -> bool:
    """Whether words must come together, so that their closeness counts in a rank."""
    match node:
        case Phrase():
            return True
        case All(parts):
            return len(parts) > 1 or any(map(has_several, parts))
        case Any(parts):
            return any(map(has_several, parts))
        case _:
            return False


def _words(node: Node) -> Iterator[str]:
    match node:
        case Word(lexeme):
            yield lexeme
        case Phrase(first, then, _):
            yield from _words(first)
            yield from _words(then)
        case All(parts) | Any(parts):
            for part in parts:
                yield from _words(part)
        case Not():
            return


def _forbids_phrase(node: Node) -> bool:
    return isinstance(node, Not) and has_phrase(node)
