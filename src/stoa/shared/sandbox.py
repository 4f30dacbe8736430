"""Templates of those who run the site: names, conditions and a few filters. Loops, calls and attributes of Python are
not part of the language, so that no template takes long, grows large or reaches anything.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS: Final = frozenset(
    {"capitalize", "default", "e", "escape", "int", "length", "lower", "string", "title", "trim", "truncate", "upper",
     "urlencode"}
)  # fmt: skip
TESTS: Final = frozenset({"defined", "even", "none", "number", "odd", "string", "undefined"})
SITE: Final = frozenset({"name", "url"})
_PLAIN: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.Not,
    nodes.And, nodes.Or, nodes.Concat, nodes.Const, nodes.Keyword,
)  # fmt: skip
_WORDS: Final[Mapping[type[nodes.Node], str]] = {
    nodes.For: "loops are not part of the language",
    nodes.Call: "calls are not part of the language",
    nodes.Getitem: "members by [...] are not part of the language",
    nodes.Macro: "macros are not part of the language",
    nodes.Assign: "`set` is not part of the language",
    nodes.Block: "blocks are not part of the language; each part stands by itself",
}
_NESTED: Final = "it is nested too deeply"
_MOST_KEPT: Final = 200


class BadTemplate(Exception):
    """What is wrong, in words for who wrote it."""


class Sandbox:
    def __init__(self) -> None:
        self._plain = _environment(is_html=False)
        self._html = _environment(is_html=True)
        self._kept: dict[tuple[bool, str, frozenset[str]], Template] = {}

    def render(self, source: str, values: Mapping[str, Any], *, is_html: bool) -> str:
        """The template filled in. Raises BadTemplate."""
        try:
            return self._template(source, frozenset(values), is_html=is_html).render(values).strip()
        except BadTemplate:
            raise
        except (RecursionError, MemoryError, SyntaxError):
            raise BadTemplate(_NESTED) from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise BadTemplate(f"it cannot be filled in: {error}") from None

    def _template(self, source: str, names: frozenset[str], *, is_html: bool) -> Template:
        key = (is_html, source, names)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        environment = self._html if is_html else self._plain
        for line, words in _faults(_parsed(environment, source), names):
            raise BadTemplate(f"line {line}: {words}")
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        made: Template = environment.from_string(source)
        self._kept[key] = made
        return made


def _environment(*, is_html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=is_html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, cache_size=0
    )
    environment.globals.clear()
    return environment


def _parsed(environment: ImmutableSandboxedEnvironment, source: str) -> nodes.Template:
    try:
        return environment.parse(source)
    except TemplateSyntaxError as error:
        raise BadTemplate(f"line {error.lineno}: {error.message}") from None


def _faults(tree: nodes.Node, names: Collection[str]) -> Iterator[tuple[int, str]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        words = _fault(node, names)
        if words:
            yield node.lineno, words
        waiting.extend(reversed(list(node.iter_child_nodes())))


def _fault(node: nodes.Node, names: Collection[str]) -> str | None:
    match node:
        case nodes.Name():
            there = ", ".join(sorted(names))
            return None if node.name in names else f"there is no '{node.name}' here; there are {there}"
        case nodes.Getattr():
            is_of_site = isinstance(node.node, nodes.Name) and node.node.name == "site" and node.attr in SITE
            return (
                None if is_of_site else f"'.{node.attr}' is not part of the language; there are site.name and site.url"
            )
        case nodes.Filter():
            there = ", ".join(sorted(FILTERS))
            return None if node.name in FILTERS else f"there is no filter '{node.name}'; there are {there}"
        case nodes.Test():
            there = ", ".join(sorted(TESTS))
            return None if node.name in TESTS else f"there is no test '{node.name}'; there are {there}"
    if isinstance(node, _PLAIN):
        return None
    return next((words for kind, words in _WORDS.items() if isinstance(node, kind)), _unknown(node))


def _unknown(node: nodes.Node) -> str:
    return f"'{type(node).__name__.lower()}' is not part of the language; there are names, conditions and filters"
