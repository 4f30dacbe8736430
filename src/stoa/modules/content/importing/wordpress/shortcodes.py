"""WordPress's own shortcodes as HTML; those of plugins stay as they stand and are named. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape

from stoa.modules.content.importing.html.warnings import Warnings

_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
_PAIRED = re.compile(
    r"\[(?P<name>caption|wp_caption|embed|audio|video|code|sourcecode|source|playlist)\b(?P<attrs>[^\]\[]{0,2000})\]"
    r"(?:(?P<inner>(?:(?!\[(?P=name)\b).)*?)\[/(?P=name)\])?",
    re.DOTALL,
)
_SINGLE = re.compile(r"\[gallery\b(?P<attrs>[^\]\[]{0,2000})\]")
_UNKNOWN = re.compile(r"(?<!\[)\[([a-z][\w-]{1,40})(?=\s[\w-]+=[\"'\w]|\])[^\]\[]{0,2000}\]", re.IGNORECASE)
_ESCAPED = re.compile(r"\[(\[[\w/-][^\[\]]{0,2000}\])\]")
_IMAGE = re.compile(r"(?:<a\s[^<>]*>\s*)?<img\s[^<>]*>(?:\s*</a>)?", re.IGNORECASE)
_CODE_BLOCK = re.compile(r"<(pre|code)\b[^<>]*>(?:(?!<\1\b).)*?</\1>", re.IGNORECASE | re.DOTALL)
_MARK = "\ue000"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the media library."""

    id: str
    url: str
    alt: str = ""
    caption: str = ""


Gallery = Callable[[str], list[Image]]
"""Pictures by a list of ids, or those attached to the item when the list is empty."""


def expand(text: str, gallery: Gallery, warnings: Warnings) -> str:
    """The text with shortcodes replaced; inside `<pre>` and `<code>` all stay. Gives a private sign no meaning."""
    kept: list[str] = []

    def put_away(part: str) -> str:
        kept.append(part)
        return f"{_MARK}{len(kept) - 1}{_MARK}"

    text = text.replace(_MARK, "")
    text = _CODE_BLOCK.sub(lambda found: put_away(found[0]), text) if "<" in text else text
    text = _ESCAPED.sub(lambda found: put_away(found[1]), text)
    if "[/" in text or "[audio" in text or "[video" in text:
        text = _PAIRED.sub(lambda found: _paired(found, put_away), text)
    text = _SINGLE.sub(lambda found: _gallery(_attributes(found["attrs"]), gallery), text)
    _name_unknown(text, warnings)
    return re.sub(f"{_MARK}(\\d+){_MARK}", lambda found: _put_back(kept, int(found[1])), text)


def _put_back(kept: list[str], number: int) -> str:
    return re.sub(f"{_MARK}(\\d+){_MARK}", lambda found: kept[int(found[1])], kept[number])


def _paired(found: re.Match[str], put_away: Callable[[str], str]) -> str:
    name, attributes, inner = found["name"], _attributes(found["attrs"]), found["inner"]
    if name in {"audio", "video"}:
        return _player(name, attributes) or found[0]
    if inner is None:
        return found[0]
    match name:
        case "caption" | "wp_caption":
            return _captioned(attributes, inner)
        case "embed":
            return f"<p>{inner.strip()}</p>"
        case "code" | "sourcecode" | "source":
            return put_away(_code(attributes, inner))
    return found[0]


def _captioned(attributes: dict[str, str], inner: str) -> str:
    image = _IMAGE.search(inner)
    if image is None:
        return inner
    caption = attributes.get("caption") or inner[image.end() :].strip()
    return f"<figure>{image[0]}<figcaption>{caption}</figcaption></figure>" if caption else f"<p>{image[0]}</p>"


def _player(name: str, attributes: dict[str, str]) -> str:
    source = next(
        (attributes[key] for key in ("src", "mp3", "mp4", "m4a", "ogg", "wav", "webm") if key in attributes), ""
    )
    return f'<{name} src="{escape(source)}"></{name}>' if source else ""


def _code(attributes: dict[str, str], inner: str) -> str:
    language = attributes.get("lang") or attributes.get("language") or ""
    told = f' class="language-{escape(language)}"' if re.fullmatch(r"[\w+#.-]{1,40}", language) else ""
    return f"<pre><code{told}>{escape(unescape(inner), quote=False)}</code></pre>"


def _gallery(attributes: dict[str, str], gallery: Gallery) -> str:
    images = gallery(attributes.get("ids") or attributes.get("include") or "")
    return "\n\n" + "\n\n".join(_figure(image) for image in images) + "\n\n"


def _figure(image: Image) -> str:
    caption = f"<figcaption>{image.caption}</figcaption>" if image.caption else ""
    return f'<figure><img src="{escape(image.url)}" alt="{escape(image.alt)}">{caption}</figure>'


def _attributes(text: str) -> dict[str, str]:
    return {found[1].lower(): unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(text)}


def _name_unknown(text: str, warnings: Warnings) -> None:
    for name in _unknown(text):
        warnings.add(f"the shortcode [{name}] stays as it stands")


def _unknown(text: str) -> Iterator[str]:
    """What has an attribute or an end; a word in brackets alone may be a word in brackets."""
    for found in _UNKNOWN.finditer(text):
        if "=" in found[0] or f"[/{found[1]}]" in text:
            yield found[1]
