"""How a mail looks: one column of words, the accent for links, the same in plain text and HTML."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


class MailLayout:
    """`site` is the site's name, `url` its public URL without a slash at the end."""

    def __init__(self, site: str, url: str, accent: str) -> None:
        environment = Environment(
            loader=PackageLoader("stoa.modules.deliveries"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._template = environment.get_template("mail.html")
        self._site = {"name": site, "url": url, "accent": accent}

    def text(self, content: Mapping[str, Any]) -> str:
        """The words, with the site's name and how to get no more of them below."""
        parts = [str(content["text"]).rstrip(), "", "-- ", self._site["name"], self._site["url"]]
        if unsubscribe_url := content.get("unsubscribe_url"):
            parts.append(f"No more mails of this kind: {unsubscribe_url}")
        return "\n".join(parts) + "\n"

    def html(self, content: Mapping[str, Any]) -> str:
        """A whole document; the content's own HTML in place of its words, where it has any."""
        html = content.get("html")
        return self._template.render(
            site=self._site,
            subject=content["subject"],
            paragraphs=[part.strip() for part in str(content["text"]).split("\n\n") if part.strip()],
            html=Markup(html) if html else None,  # noqa: S704 # rendered by the notices' own templates, which escape
            unsubscribe_url=content.get("unsubscribe_url"),
        )
