"""The cards of Ghost's editors as HTML or Markdown; both editors know the same ones. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from stoa.modules.content.importing.html.warnings import Warnings

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text, in the language it is written in."""

    kind: Literal["html", "markdown"]
    text: str


NOT_SHOWN = {"email", "email-cta", "emailCta", "paywall", "signup", "members-only"}


def card(name: str, fields: Fields, warnings: Warnings) -> Part:
    """What a card shows; one that is not known leaves a warning."""
    if name in {"markdown", "card-markdown"}:
        return Part("markdown", _text(fields, "markdown"))
    if name in NOT_SHOWN:
        return Part("html", "")
    make = _CARDS.get(name)
    if make is None:
        warnings.add(f"the card '{name[:60]}' is not known here and was left out")
        return Part("html", "")
    return Part("html", make(fields))


def _text(fields: Fields, *names: str) -> str:
    """The first of these fields that holds words."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _image(fields: Fields) -> str:
    picture = f'<img src="{escape(_text(fields, "src"))}" alt="{escape(_text(fields, "alt", "altText"))}">'
    if href := _text(fields, "href"):
        picture = f'<a href="{escape(href)}">{picture}</a>'
    return _figure(picture, fields)


def _figure(inner: str, fields: Fields) -> str:
    caption = _text(fields, "caption")
    return f"<figure>{inner}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def _gallery(fields: Fields) -> str:
    images = fields.get("images")
    found = [image for image in images[:100] if isinstance(image, Mapping)] if isinstance(images, list) else []
    caption = _text(fields, "caption")
    return "".join(map(_image, found)) + (f"<p>{caption}</p>" if caption else "")


def _code(fields: Fields) -> str:
    language = escape(_text(fields, "language"))
    code = escape(str(fields.get("code") or ""), quote=False)
    caption = _text(fields, "caption")
    return f'<pre data-language="{language}"><code>\n{code}\n</code></pre>' + (f"<p>{caption}</p>" if caption else "")


def _embed(fields: Fields) -> str:
    told = fields.get("metadata")
    title = _text(told, "title") if isinstance(told, Mapping) else ""
    url = _text(fields, "url")
    shown = _link(url, title or url) if url else _text(fields, "html")
    caption = _text(fields, "caption")
    return f"<p>{shown}</p>" + (f"<p>{caption}</p>" if caption else "")


def _bookmark(fields: Fields) -> str:
    told = fields.get("metadata")
    about: Fields = told if isinstance(told, Mapping) else {}
    url = _text(fields, "url") or _text(about, "url")
    description = escape(_text(about, "description"))
    caption = _text(fields, "caption")
    lines = [_link(url, _text(about, "title") or url), description, caption]
    return f"<p>{'<br>'.join(line for line in lines if line)}</p>"


def _callout(fields: Fields) -> str:
    emoji = escape(_text(fields, "calloutEmoji"))
    return f"<blockquote><p>{emoji} {_unwrapped(_text(fields, 'calloutText'))}</p></blockquote>"


def _toggle(fields: Fields) -> str:
    heading = _unwrapped(_text(fields, "heading"))
    return f"<details><summary>{heading}</summary>{_text(fields, 'content')}</details>"


def _unwrapped(html: str) -> str:
    """The inside of the one paragraph that the editor puts around such words."""
    text = html.strip()
    is_one = text.startswith("<p>") and text.endswith("</p>") and text.count("<p") == 1
    return text[3:-4] if is_one else text


def _button(fields: Fields) -> str:
    url = _text(fields, "buttonUrl")
    return f"<p>{_link(url, _text(fields, 'buttonText') or url)}</p>"


def _file(fields: Fields) -> str:
    source = _text(fields, "src")
    name = _text(fields, "fileTitle", "title", "fileName") or source
    told = " ".join(part for part in (_text(fields, "fileCaption"), _text(fields, "caption")) if part)
    return f"<p>{_link(source, name)}{f'<br>{told}' if told else ''}</p>"


def _header(fields: Fields) -> str:
    heading, more = _unwrapped(_text(fields, "heading", "header")), _unwrapped(_text(fields, "subheading", "subheader"))
    button = _button(fields) if _text(fields, "buttonUrl") and fields.get("buttonEnabled") else ""
    return f"<h2>{heading}</h2>{f'<p>{more}</p>' if more else ''}{button}"


def _product(fields: Fields) -> str:
    title, about = _unwrapped(_text(fields, "productTitle")), _text(fields, "productDescription")
    image = f'<img src="{escape(_text(fields, "productImageSrc"))}" alt="">' if fields.get("productImageSrc") else ""
    url = _text(fields, "productUrl")
    button = f"<p>{_link(url, _text(fields, 'productButton') or url)}</p>" if url else ""
    return f"{image}<h4>{title}</h4><div>{about}</div>{button}"


def _call(fields: Fields) -> str:
    button = _button(fields) if _text(fields, "buttonUrl") else ""
    return f"<div>{_text(fields, 'textValue')}</div>{button}"


def _link(url: str, words: str) -> str:
    return f'<a href="{escape(url)}">{escape(words, quote=False)}</a>'


_CARDS: Mapping[str, Callable[[Fields], str]] = {
    "image": _image,
    "image-card": _image,
    "gallery": _gallery,
    "html": lambda fields: _text(fields, "html"),
    "card-html": lambda fields: _text(fields, "html"),
    "code": _code,
    "codeblock": _code,
    "embed": _embed,
    "bookmark": _bookmark,
    "hr": lambda _: "<hr>",
    "card-hr": lambda _: "<hr>",
    "horizontalrule": lambda _: "<hr>",
    "callout": _callout,
    "toggle": _toggle,
    "button": _button,
    "video": _file,
    "audio": _file,
    "file": _file,
    "header": _header,
    "product": _product,
    "call-to-action": _call,
}
