"""The one gate: nothing reaches a page but what this allows, whoever wrote it and whatever the parser made of it."""

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import unquote

import nh3

from .code import TOKEN_CLASSES
from .html import BACK_LABEL, DONE_LABEL, FOOTNOTES_LABEL, NOT_DONE_LABEL, TABLE_LABEL
from .links import COMMENT_REL, OUTWARD_REL, SCHEMES, Links, is_https_or_relative
from .raw_html import SWALLOWING
from .structure import HEADING_PREFIX, Anchors

_IN_COMMENTS = "a blockquote br code del div em hr li ol p pre s span strong ul"
_IN_ARTICLES = (
    "abbr audio b bdi bdo caption cite col colgroup dd details dfn dl dt figcaption figure h2 h3 h4 h5 h6 i img input "
    "ins kbd mark picture q rp rt ruby samp section small source sub summary sup table tbody td tfoot th thead time tr "
    "track u var video wbr"
)
COMMENT_TAGS = frozenset(_IN_COMMENTS.split())
ARTICLE_TAGS = COMMENT_TAGS.union(_IN_ARTICLES.split())

_SIZE = {"width", "height"}
_ATTRIBUTES: Mapping[str, set[str]] = {
    "*": {"title", "lang", "dir", "id"},
    "a": {"href"},
    "audio": {"src", "loop", "muted", "preload"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "srcset", "sizes", "loading", "decoding", *_SIZE},
    "input": {"type", "checked", "disabled"},
    "li": {"value"},
    "ol": {"start", "reversed"},
    "pre": {"data-language"},
    "source": {"src", "srcset", "sizes", "media", "type", *_SIZE},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "video": {"src", "poster", "loop", "muted", "preload", "playsinline", *_SIZE},
}
_VALUES: Mapping[str, Mapping[str, set[str]]] = {
    "a": {"rel": {OUTWARD_REL, COMMENT_REL}, "aria-label": {BACK_LABEL, "Link to this section"}},
    "div": {"role": {"region"}, "tabindex": {"0"}, "aria-label": {TABLE_LABEL}},
    "input": {"aria-label": {DONE_LABEL, NOT_DONE_LABEL}},
    "pre": {"tabindex": {"0"}},
    "section": {"aria-label": {FOOTNOTES_LABEL}},
}
_SET: Mapping[str, Mapping[str, str]] = {
    "audio": {"controls": ""},
    "img": {"loading": "lazy", "decoding": "async"},
    "input": {"type": "checkbox", "disabled": ""},
    "video": {"controls": ""},
}
_ALIGNED = {"align-left", "align-center", "align-right"}
CLASSES: Mapping[str, set[str]] = {
    "a": {"heading-anchor", "footnote-back"},
    "div": {"highlight", "table-scroll"},
    "input": {"task-list-item-checkbox"},
    "li": {"task-list-item"},
    "ol": {"contains-task-list"},
    "section": {"footnotes"},
    "span": set(TOKEN_CLASSES),
    "sup": {"footnote-ref"},
    "td": _ALIGNED,
    "th": _ALIGNED,
    "ul": {"contains-task-list"},
}
"""Every class an article can carry, by element. The stylesheet owes each of them a look."""

Rules = TypeVar("Rules")

_MEDIA = {"audio", "video", "source", "track"}
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
_AUTHORS_ID = re.compile(r"[\w.:-]{1,100}")


class Sanitiser:
    """Cleans the HTML of one document; `anchors` knows the ids that were given to it."""

    def __init__(self, *, tags: frozenset[str], links: Links, anchors: Anchors) -> None:
        self._links = links
        self._mark = anchors.mark
        self._taken = anchors.taken
        self._cleaner = nh3.Cleaner(
            tags=tags,
            clean_content_tags=set(SWALLOWING),
            attributes=_of(tags, _ATTRIBUTES),
            attribute_filter=self._attribute,
            link_rel=None,
            tag_attribute_values=_of(tags, _VALUES),
            set_tag_attribute_values=_of(tags, _SET),
            url_schemes=set(SCHEMES),
            allowed_classes=_of(tags, CLASSES),
        )

    def clean(self, html: str) -> str:
        return self._cleaner.clean(html)

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        """The value to keep, or None. Called for every attribute that the lists above let pass."""
        match name:
            case "id":
                return self._id(value)
            case "href":
                return self._href(value)
            case "src" | "poster":
                source = self._links.destination(value)
                return source if tag not in _MEDIA or is_https_or_relative(source) else None
            case "srcset":
                return self._srcset(value)
            case "data-language":
                return value if _LANGUAGE.fullmatch(value) else None
        return value

    def _id(self, value: str) -> str | None:
        if value.startswith(self._mark):
            return value.removeprefix(self._mark)
        own = HEADING_PREFIX + value
        if own in self._taken or not _AUTHORS_ID.fullmatch(value):
            return None
        self._taken.add(own)
        return own

    def _href(self, value: str) -> str:
        target = self._links.destination(value)
        if not target.startswith("#") or target == "#" or target[1:] in self._taken:
            return target
        for known in (unquote(target[1:]), unquote(target[1:]).lower()):
            if HEADING_PREFIX + known in self._taken:
                return f"#{HEADING_PREFIX}{known}"
        return f"#{HEADING_PREFIX}{target[1:]}"

    def _srcset(self, value: str) -> str | None:
        candidates = [candidate.split() for candidate in value.split(",")]
        if not all(candidate and is_https_or_relative(candidate[0]) for candidate in candidates):
            return None
        return ", ".join(" ".join([self._links.destination(url), *size]) for url, *size in candidates)


def _of(tags: frozenset[str], rules: Mapping[str, Rules]) -> dict[str, Rules]:
    return {tag: rule for tag, rule in rules.items() if tag in tags or tag == "*"}
