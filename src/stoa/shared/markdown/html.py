"""Writes tokens as HTML with the marks the pages' CSS and assistive technology need. Its output is not yet safe."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from stoa.shared.media.names import size_of, srcset

from .code import Highlighter, language_of

TABLE_LABEL = "Table"
FOOTNOTES_LABEL = "Footnotes"
BACK_LABEL = "Back to the text"
DONE_LABEL, NOT_DONE_LABEL = "Done", "Not done"

IN_TEXT = "(min-width: 800px) 720px, 100vw"
"""How wide a picture in a text is shown, for the choice among its forms: the column, or the whole of a small screen."""

_ALIGNMENT = {f"text-align:{side}": f"align-{side}" for side in ("left", "center", "right")}


def _fence(_: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
    token = tokens[idx]
    return _code_block(token.content, language_of(unescapeAll(token.info)), env["highlighter"])


def _indented_code(_: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
    return _code_block(tokens[idx].content, None, env["highlighter"])


def _code_block(code: str, language: str | None, highlighter: Highlighter) -> str:
    named = f' data-language="{escape(language)}"' if language else ""
    coloured = highlighter.highlight(code, language)
    return f'<div class="highlight"><pre{named} tabindex="0"><code>{coloured}</code></pre></div>\n'


def _image(renderer: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    attributes = tokens[idx].attrs
    url = str(attributes.get("src", ""))
    if forms := srcset(url):
        attributes.update(srcset=forms, sizes=IN_TEXT)
    if size := size_of(url):
        attributes.update(width=size[0], height=size[1])
    attributes.update(loading="lazy", decoding="async")
    return renderer.image(tokens, idx, options, env)


def _table_open(*_: object) -> str:
    return f'<div class="table-scroll" tabindex="0" role="region" aria-label="{TABLE_LABEL}">\n<table>\n'


def _table_close(*_: object) -> str:
    return "</table>\n</div>\n"


def _header_cell(_: RendererHTML, tokens: Sequence[Token], idx: int, *_rest: object) -> str:
    return f'<th scope="col"{_alignment(tokens[idx])}>'


def _cell(_: RendererHTML, tokens: Sequence[Token], idx: int, *_rest: object) -> str:
    return f"<td{_alignment(tokens[idx])}>"


def _alignment(token: Token) -> str:
    css_class = _ALIGNMENT.get(str(token.attrs.get("style", "")))
    return f' class="{css_class}"' if css_class else ""


def _list_item(renderer: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    item = renderer.renderToken(tokens, idx, options, env)
    is_done = tokens[idx].meta.get("checked")
    if is_done is None:
        return item
    state = f'checked aria-label="{DONE_LABEL}"' if is_done else f'aria-label="{NOT_DONE_LABEL}"'
    return f'{item}<input class="task-list-item-checkbox" type="checkbox" disabled {state}> '


def _footnote_reference(_: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
    number, again = tokens[idx].meta["id"] + 1, tokens[idx].meta["subId"]
    own_id = env["anchors"].marked(_reference_id(number, again))
    return f'<sup class="footnote-ref"><a href="#fn-{number}" id="{own_id}">[{number}]</a></sup>'


def _footnotes_open(*_: object) -> str:
    return f'<section class="footnotes" aria-label="{FOOTNOTES_LABEL}">\n<ol>\n'


def _footnotes_close(*_: object) -> str:
    return "</ol>\n</section>\n"


def _footnote_open(_: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
    own_id = env["anchors"].marked(f"fn-{tokens[idx].meta['id'] + 1}")
    return f'<li id="{own_id}">'


def _footnote_back(_: RendererHTML, tokens: Sequence[Token], idx: int, *_rest: object) -> str:
    target = _reference_id(tokens[idx].meta["id"] + 1, tokens[idx].meta["subId"])
    return f' <a class="footnote-back" href="#{target}" aria-label="{BACK_LABEL}">\u21a9\ufe0e</a>'


def _reference_id(number: int, again: int) -> str:
    return f"fnref-{number}-{again + 1}" if again else f"fnref-{number}"


BASIC_RULES: Mapping[str, Callable[..., str]] = {"fence": _fence, "code_block": _indented_code}
ARTICLE_RULES: Mapping[str, Callable[..., str]] = {
    "image": _image,
    "table_open": _table_open,
    "table_close": _table_close,
    "th_open": _header_cell,
    "td_open": _cell,
    "list_item_open": _list_item,
    "footnote_ref": _footnote_reference,
    "footnote_block_open": _footnotes_open,
    "footnote_block_close": _footnotes_close,
    "footnote_open": _footnote_open,
    "footnote_anchor": _footnote_back,
}
"""What differs from the parser's own HTML, by token type."""
