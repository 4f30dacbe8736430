"""Counts the parser's work, so that a source made to be slow is refused after the same step on every machine.

The parser's cost is bounded by its steps, not by its input: 10 KB of quotes with lazy lines took 2.2 s and 1.4 KB of
table 1.0 s (measured on markdown-it-py 4.3). Nothing here looks at a clock.
"""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as parse_table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_ref

from stoa.shared.errors import InvalidInput

MAX_NESTING = 40
"""Levels the parser descends; a list takes two of them, a quote one."""

MAX_STEPS = 300_000
"""Steps of the parser in one document, of 2 to 6 us each. A megabyte of prose takes 100,000."""

LOOK_AHEAD_STEPS = 3
"""What one step of looking for the end of a bracket counts: 12 us (measured on 20 KB of `[`)."""

ADDRESS_STEPS = 8
"""What a bare address counts; to normalise and write one takes 60 us."""

MAX_TABLE_LINE = 10_000
"""Characters of a table's first line; what is longer is a paragraph. 250,000 columns took 5.6 s and 530 MB."""

FOOTNOTE_REFERENCE = re.compile(r"\[\^[^\s\]]{1,200}\]")
_AT_EVERY_LINE: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


@dataclass(slots=True)
class Budget:
    """The steps that are left. Lives in the parser's `env` under `budget`.

    A block counts one step for each token it made since the last one: a table row of one `|` makes three for every
    column of the header.
    """

    left: int = MAX_STEPS
    tokens: int = 0

    def spend(self, steps: int, where: str) -> None:
        self.left -= steps
        if self.left < 0:
            raise InvalidInput(
                f"The Markdown is too tangled {where}: too many brackets, quotes, lists or table cells that depend "
                "on each other. Close what is open there, or put it into a code block."
            )


def near(text: str) -> str:
    return f"near “{' '.join(text.split())}”"


def install_budget(md: MarkdownIt) -> None:
    """Count every step of both parsers; the block rules that scan ahead ask the first rule at every line."""
    md.block.ruler.before("table", "budget", _count_block, _AT_EVERY_LINE)
    md.block.ruler.at("table", _narrow_table, {"alt": ["paragraph", "reference"]})
    md.inline.ruler.before("text", "budget", _count_inline)


def bound_footnote_references(md: MarkdownIt) -> None:
    """The plugin looks for the end of every `[^` to the end of the run: 10 KB of `[^a` took 3.3 s."""
    md.inline.ruler.at("footnote_ref", _short_footnote_ref)


def refuse_deep_nesting(tokens: list[Token]) -> None:
    """The parser silently drops what lies deeper than its limit; say so instead."""
    if any(token.nesting == 1 and token.level >= MAX_NESTING - 1 for token in tokens):
        raise InvalidInput(
            f"Lists and quotes are nested more than {MAX_NESTING // 2 - 1} deep. Take some of the levels out."
        )


def _count_block(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:
    budget: Budget = state.env["budget"]
    budget.left -= 1 + len(state.tokens) - budget.tokens
    budget.tokens = len(state.tokens)
    if budget.left < 0:
        budget.spend(0, f"near line {start + 1}")
    return False


def _count_inline(state: StateInline, silent: bool) -> bool:
    budget: Budget = state.env["budget"]
    budget.left -= LOOK_AHEAD_STEPS if silent else 1
    if budget.left < 0:
        budget.spend(0, near(state.src[state.pos : state.pos + 30]))
    return False


def _narrow_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.eMarks[start] - state.bMarks[start] > MAX_TABLE_LINE:
        return False
    return parse_table(state, start, end, silent)


def _short_footnote_ref(state: StateInline, silent: bool) -> bool:
    if not FOOTNOTE_REFERENCE.match(state.src, state.pos, state.posMax):
        return False
    return bool(footnote_ref(state, silent))
