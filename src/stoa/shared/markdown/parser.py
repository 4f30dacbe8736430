"""Builds the two parsers: everything for articles, the subset for comments. Built once per process, on first use."""

from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from .autolinks import install_autolinks
from .budget import MAX_NESTING, bound_footnote_references, install_budget
from .html import ARTICLE_RULES, BASIC_RULES


@cache
def article_parser() -> MarkdownIt:
    md = _base(html=True).enable("table").use(footnote_plugin, inline=False)
    md.options["tasklists"] = True
    bound_footnote_references(md)
    for token_type, rule in ARTICLE_RULES.items():
        md.add_render_rule(token_type, rule)
    return md


@cache
def comment_parser() -> MarkdownIt:
    return _base(html=False).disable(["heading", "lheading"])


def _base(*, html: bool) -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": html, "xhtmlOut": False, "maxNesting": MAX_NESTING})
    md.enable("strikethrough")
    install_budget(md)
    install_autolinks(md)
    for token_type, rule in BASIC_RULES.items():
        md.add_render_rule(token_type, rule)
    return md
