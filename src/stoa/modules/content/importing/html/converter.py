"""HTML to Markdown that shows the same words. The one entrance of this package; pure, and bounded in size and depth."""

from dataclasses import dataclass

from .blocks import Blocks
from .parsing import parse, words_of
from .warnings import Warnings


@dataclass(frozen=True, slots=True)
class Converted:
    """Markdown, and what was taken out."""

    text: str
    warnings: tuple[str, ...] = ()


def to_markdown(html: str, *, has_breaks: bool = False, is_plain: bool = False) -> Converted:
    """`has_breaks`: blank lines divide paragraphs and line ends stay, as WordPress shows plain text.

    `is_plain`: for comments, where a page shows neither HTML nor headings nor tables.

    Raises ItemRefused for more than 1 MB.
    """
    warnings = Warnings()
    text = Blocks(parse(html), warnings, has_breaks=has_breaks, is_plain=is_plain).all()
    return Converted(text, warnings.told)


def plain_words(html: str) -> str:
    """The words alone, on one line: for titles and excerpts."""
    return " ".join(words_of(parse(html)).split())
