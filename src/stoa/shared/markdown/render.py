"""Markdown to safe HTML and what goes with it, in one pure call. Blocks: on an event loop, go through the pool."""

import secrets
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from stoa.shared.errors import InvalidInput, MalformedInput, TooLarge

from .budget import Budget, refuse_deep_nesting
from .code import Highlighter
from .document import ARTICLE, COMMENT, MAX_HTML, MAX_SOURCE, Rendered, RenderOptions, TocEntry
from .links import Links
from .parser import article_parser, comment_parser
from .plain import body_text, count_words, excerpt, reading_minutes
from .raw_html import settle_raw_html
from .sanitise import ARTICLE_TAGS, COMMENT_TAGS, Sanitiser
from .structure import Anchors, anchor_headings, lower_headings, make_figures, replace_images, take_title

__all__ = ["ARTICLE", "COMMENT", "RenderOptions", "Rendered", "TocEntry", "check_source", "render"]

_UNPRINTABLE = dict.fromkeys((*range(1, 9), *range(14, 32), 0xFFFE, 0xFFFF), "") | {11: " ", 12: " "}


def check_source(source: str) -> None:
    """Refuse what need not be tried. NUL and lone surrogates can be stored neither in PostgreSQL nor in UTF-8."""
    if len(source) > MAX_SOURCE:
        raise TooLarge(f"The text has {len(source):,} characters; {MAX_SOURCE:,} are allowed.")
    if "\0" in source:
        raise MalformedInput("The text holds a NUL character. Take it out.")
    try:
        source.encode()
    except UnicodeEncodeError as broken:
        where = broken.start + 1
        raise MalformedInput(f"The text holds half a character (a lone surrogate) at position {where}.") from None


def render(source: str, options: RenderOptions = ARTICLE) -> Rendered:
    """Safe HTML, plain text, table of contents, excerpt, length and title of one Markdown source.

    Raises TooLarge, MalformedInput or InvalidInput, each with what to change.
    """
    check_source(source)
    readable = source.translate(_UNPRINTABLE)
    if options.profile == "comment":
        return _render(readable, options, comment_parser())
    return _render(readable, options, article_parser())


def _render(source: str, options: RenderOptions, md: MarkdownIt) -> Rendered:
    is_comment = options.profile == "comment"
    links = Links(options.rewrite_url, are_from_readers=is_comment)
    anchors = Anchors(secrets.token_hex(8))
    env: dict[str, Any] = {"budget": Budget(), "highlighter": Highlighter(), "anchors": anchors}
    tokens = _parse(source, md, env)
    title = take_title(tokens, drop=options.drop_title)
    text, summary = body_text(tokens), excerpt(tokens)
    toc = _arrange(tokens, anchors, links, with_images=not is_comment)
    html = _within_bounds(md.renderer.render(tokens, md.options, env))
    tags = COMMENT_TAGS if is_comment else ARTICLE_TAGS
    safe_html = Sanitiser(tags=tags, links=links, anchors=anchors).clean(html)
    words = count_words(text)
    return Rendered(safe_html, text, toc, summary, words, reading_minutes(words), title)


def _parse(source: str, md: MarkdownIt, env: dict[str, Any]) -> list[Token]:
    try:
        tokens = md.parse(source, env)
    except RecursionError:
        raise InvalidInput("The Markdown is nested too deep. Take some of its levels out.") from None
    refuse_deep_nesting(tokens)
    settle_raw_html(tokens)
    return tokens


def _arrange(tokens: list[Token], anchors: Anchors, links: Links, *, with_images: bool) -> tuple[TocEntry, ...]:
    """Give the tokens the shape they have on a page."""
    lower_headings(tokens)
    toc = anchor_headings(tokens, anchors)
    for run in tokens:
        if run.children:
            run.children = [*replace_images(run.children, every=not with_images)]
        for child in run.children or ():
            if child.type == "link_open" and (rel := links.rel(str(child.attrs["href"]))):
                child.attrs["rel"] = rel
    make_figures(tokens)
    return toc


def _within_bounds(html: str) -> str:
    if len(html) > MAX_HTML:
        raise TooLarge(f"The text becomes {len(html):,} characters of HTML; {MAX_HTML:,} are allowed.")
    return html
