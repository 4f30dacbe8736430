"""Reads a WXR file in pieces with expat. Keeps one element at a time; never builds the file's tree, expands nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from stoa.modules.content.importing.errors import SourceRefused

LARGEST_ITEM = 10 * 1024 * 1024
VERSIONS = ("1.0", "1.1", "1.2")
_PIECE = 64 * 1024
_LONGEST_TAG = 8 * 1024 * 1024
_SHORT = 20_000
_DEEPEST = 100
_MOST_FIELDS = 200
_MOST_NAMES = 5_000  # the parser keeps every name it ever saw
_PART = 100  # what an empty part of an item counts for: it takes memory too
_SURVEY_WHOLE = 200_000
_CONTENT = {"content:encoded", "comment_content"}
_COMMENT = {"comment_id", "comment_author", "comment_approved", "comment_type", "comment_parent"}
_KEPT = {"item", "author", "category", "tag", "term"}
_HEAD = {"title", "link", "language", "wxr_version", "base_site_url", "base_blog_url"}


@dataclass(slots=True)
class Element:
    """One child of the channel. `start` and `end` are where it lies in the file, without its end tag."""

    name: str
    start: int = 0
    end: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    metas: dict[str, str] = field(default_factory=dict)
    terms: list[tuple[str, str, str]] = field(default_factory=list)  # domain, nicename, name
    comments: list[dict[str, str]] = field(default_factory=list)
    is_too_large: bool = False

    def get(self, name: str) -> str:
        return self.fields.get(name, "").strip()


class WxrReader:
    """Hands each element to `take` as it ends. `keeps_content` is for one item; a survey leaves the texts."""

    def __init__(self, take: Callable[[Element], None], *, keeps_content: bool = False) -> None:
        self.head: dict[str, str] = {}
        self.namespaces: dict[str, str] = {}
        self._take = take
        self._keeps_content = keeps_content
        self._path: list[str] = []
        self._element: Element | None = None
        self._part: dict[str, str] | None = None
        self._text: list[str] | None = None
        self._size = self._kept = 0
        self._attributes: Mapping[str, str] = {}
        self._parser = self._made()

    def read(self, file: IO[bytes], step: Callable[[int], None] = lambda _: None) -> None:
        """Read the file to its end. Raises SourceRefused."""
        fed = 0
        try:
            while piece := file.read(_PIECE):
                self._parser.Parse(piece, False)
                fed += len(piece)
                if len(self._parser.intern) > _MOST_NAMES:
                    raise SourceRefused("The XML has thousands of different tags: it is no export of WordPress.")
                if fed - max(self._parser.CurrentByteIndex, 0) > _LONGEST_TAG:
                    raise SourceRefused("The file has a tag of more than 8 MB. That is no export of WordPress.")
                step(fed)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "no XML")
            raise SourceRefused(f"The XML is broken in line {error.lineno}: {reason}. Export the site again.") from None

    def feed(self, content: bytes) -> None:
        """Read a document that is at hand whole, made of a piece of a file that was read before."""
        self._parser.Parse(content, True)

    def _made(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.XmlDeclHandler = _check_encoding
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words
        return parser

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        if not self._path and prefix and uri:
            self.namespaces[prefix] = uri

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        name = _short_name(full_name)
        self._path.append(name)
        depth = len(self._path)
        if depth > _DEEPEST:
            raise SourceRefused(f"The XML is nested more than {_DEEPEST} levels deep: it is no export of WordPress.")
        if depth == 1 and name != "rss":
            raise SourceRefused(f"The file is no export of WordPress: it begins with <{name[:40]}>, not with <rss>.")
        if depth == 3:
            self._text, self._size, self._kept = None, 0, 0
            if name in _KEPT and (name == "item" or not _is_plain_category(full_name)):
                if "wxr_version" not in self.head:
                    raise SourceRefused("The file says no wxr_version before its items: it is no export of WordPress.")
                self._element = Element(name, start=self._parser.CurrentByteIndex)
            elif name in _HEAD and name not in self.head:
                self._text = []
        elif self._element is not None and depth == 4:
            self._grow(_PART)
            self._part = {} if name in {"postmeta", "comment"} else None
            self._attributes = attributes
            self._text = [] if self._part is None else None
        elif self._element is not None and depth == 5 and self._part is not None:
            self._text = []

    def _words(self, text: str) -> None:
        self._grow(len(text))
        if self._text is not None and self._wants(self._path[-1]):
            self._kept += len(text)
            self._text.append(text)

    def _grow(self, size: int) -> None:
        if self._element is not None:
            self._size += size
            self._element.is_too_large |= self._size > LARGEST_ITEM

    def _wants(self, name: str) -> bool:
        if self._keeps_content:
            return True
        if self._path[-2] == "comment":
            return name in _COMMENT  # of every comment of an item: its row is made of them
        return name not in _CONTENT and self._kept < _SURVEY_WHOLE

    def _end(self, _: str) -> None:
        name, depth = self._path.pop(), len(self._path) + 1
        text = "".join(self._text or ())
        element = self._element
        if depth == 3:
            if element is not None:
                element.end = self._parser.CurrentByteIndex
                self._element = None
                self._take(element)
            elif self._text is not None:
                self._note_head(name, text.strip())
            self._text = None
        elif element is not None and depth == 4:
            self._close_part(element, name, text)
            self._part = self._text = None
        elif element is not None and depth == 5 and self._part is not None:
            _keep(self._part, name, self._cut(text))
            self._text = None

    def _close_part(self, element: Element, name: str, text: str) -> None:
        is_listed = self._part is not None or (name == "category" and element.name == "item")
        if is_listed and element.is_too_large:
            return
        if self._part is None:
            if is_listed:
                told = self._attributes.get("domain", ""), self._attributes.get("nicename", "")
                element.terms.append((*told, text.strip()))
            else:
                _keep(element.fields, name, self._cut(text))
        elif name == "comment":
            element.comments.append(self._part)
        else:
            element.metas.setdefault(self._part.get("meta_key", ""), self._part.get("meta_value", ""))

    def _cut(self, text: str) -> str:
        return text if self._keeps_content else text[:_SHORT]

    def _note_head(self, name: str, text: str) -> None:
        if name == "wxr_version" and text not in VERSIONS:
            raise SourceRefused(f"The export is of wxr_version '{text[:20]}'; {', '.join(VERSIONS)} can be read.")
        self.head.setdefault(name, text[:1000])


def _keep(fields: dict[str, str], name: str, text: str) -> None:
    """The first of a name; no export has many names."""
    if len(fields) < _MOST_FIELDS:
        fields.setdefault(name, text)


def _short_name(full: str) -> str:
    """`https://wordpress.org/export/1.2/ post_id` -> `post_id`; two names come in two namespaces."""
    uri, _, name = full.rpartition(" ")
    if name == "encoded":
        return "excerpt:encoded" if "excerpt" in uri else "content:encoded"
    return name


def _is_plain_category(full: str) -> bool:
    """RSS has a `category` and an `author` of its own, without a namespace."""
    return " " not in full


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding or "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise SourceRefused(f"The file is written in {str(encoding)[:40]}. Save it as UTF-8.")


def _refuse_doctype(*_: object) -> None:
    raise SourceRefused("The file declares a document type or entities. No export of WordPress does: take it out.")
