"""Turns the template tags of Hugo, Jekyll, Hexo and Zola that stand in a text into Markdown; names those it cannot."""

import re
from collections.abc import Callable

from .prose import change_prose

_LONGEST = 1000
_HUGO = re.compile(rf"\{{\{{[<%]\s*+(/?[\w./-]+)([^{{}}]{{0,{_LONGEST}}}?)\s*/?[%>]\}}\}}")
_LIQUID = re.compile(rf"\{{%-?\s*+(\w+)([^{{}}%]{{0,{_LONGEST}}})-?%\}}")
_OUTPUT = re.compile(
    r"\{\{-?\s*+(?:site\.(?:baseurl|url)|(?P<quote>[\"'])(?P<path>[^\"'{}]{1,500})(?P=quote)\s*\|\s*"
    r"(?:relative_url|absolute_url|prepend:\s*site\.(?:base)?url)[^{}]{0,100}?)\s*-?\}\}"
)
_ZOLA = re.compile(rf"\{{\{{\s*+(\w+)\(([^(){{}}]{{0,{_LONGEST}}})\)\s*\}}\}}")
_ARGUMENT = re.compile(r"(?:(\w+)\s*=\s*)?(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`|([^\s,\"'=]+))")
_FENCE = "````"

Arguments = tuple[list[str], dict[str, str]]


def translate(text: str) -> tuple[str, list[str]]:
    """The text with the known tags as Markdown, and the names of those left as they stand."""
    unknown: dict[str, None] = {}
    if "{{" not in text and "{%" not in text:
        return text, []

    def change(prose: str) -> str:
        prose = _OUTPUT.sub(lambda found: found["path"] or "", prose)
        prose = _HUGO.sub(lambda found: _known(found, unknown, is_hugo=True), prose)
        prose = _LIQUID.sub(lambda found: _known(found, unknown, is_hugo=False), prose)
        return _ZOLA.sub(lambda found: _known(found, unknown, is_hugo=False), prose)

    return change_prose(text, change), list(unknown)


def _known(found: re.Match[str], unknown: dict[str, None], *, is_hugo: bool) -> str:
    name = found[1].lower()
    make = _TAGS.get(name)
    made = make(_arguments(found[2])) if make else None
    if made is not None:
        return made
    if is_hugo or name in _NAMED_WHEN_LEFT:
        unknown[name.lstrip("/")] = None
    return found[0]


def _arguments(written: str) -> Arguments:
    listed: list[str] = []
    named: dict[str, str] = {}
    for name, *values in _ARGUMENT.findall(written):
        value = next((value for value in values if value), "")
        if name:
            named[name.lower()] = value
        else:
            listed.append(value)
    return listed, named


def _link_target(arguments: Arguments) -> str | None:
    listed, named = arguments
    return named.get("path") or (listed[0] if listed else None)


def _post_target(arguments: Arguments) -> str | None:
    listed, _ = arguments
    return f"{listed[0].rpartition('/')[2]}.md" if listed else None


def _page_target(arguments: Arguments) -> str | None:
    listed, _ = arguments
    return f"/{listed[0].lstrip('/')}" if listed else None


def _figure(arguments: Arguments) -> str | None:
    listed, named = arguments
    source = named.get("src") or (listed[0] if listed else "")
    caption = named.get("caption") or named.get("title") or ""
    return _image(source, named.get("alt") or caption, caption) if source else None


def _asset_image(arguments: Arguments) -> str | None:
    listed, _ = arguments
    words = " ".join(part for part in listed[1:] if not part.isdigit())
    return _image(listed[0], words, "") if listed else None


def _image(source: str, alternative: str, caption: str) -> str:
    alternative = re.sub(r"[\[\]\\]", "", alternative)
    caption = caption.replace('"', "'")
    return f'![{alternative}](<{source}> "{caption}")' if caption else f"![{alternative}](<{source}>)"


def _video(arguments: Arguments) -> str | None:
    listed, named = arguments
    video = named.get("id") or (listed[0] if listed else "")
    return f"<https://www.youtube.com/watch?v={video}>" if re.fullmatch(r"[\w-]{5,20}", video) else None


def _begin_code(arguments: Arguments) -> str:
    listed, _ = arguments
    language = listed[0] if listed and re.fullmatch(r"[\w+#.-]{1,30}", listed[0]) else ""
    return f"{_FENCE}{language}"


_TAGS: dict[str, Callable[[Arguments], str | None]] = {
    "ref": _link_target,
    "relref": _link_target,
    "post_url": _post_target,
    "link": _page_target,
    "figure": _figure,
    "asset_img": _asset_image,
    "youtube": _video,
    "highlight": _begin_code,
    "/highlight": lambda _: _FENCE,
    "endhighlight": lambda _: _FENCE,
    "raw": lambda _: "",
    "endraw": lambda _: "",
}
_NAMED_WHEN_LEFT = {
    "include",
    "include_relative",
    "gist",
    "embed",
    "asset_path",
    "asset_link",
    "codeblock",
    "blockquote",
}
