"""What each of the author's tools asks a model, and what it does without one. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from stoa.modules.ai.features.editing.schemas import EditIn, Tool
from stoa.modules.ai.plain.keywords import fitting_tags, keywords
from stoa.modules.ai.plain.summary import summarise
from stoa.modules.ai.plain.text import prose, sentences, shortened
from stoa.modules.ai.plain.titles import titles
from stoa.modules.ai.templates.prompts import Prompt

META: Final = 155
ALT: Final = 125
_MOST_CHOICES: Final = 5
_MOST_TAGS: Final = 6
_MARK: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_BOLD: Final = re.compile(r"^\*\*(.+)\*\*$")
_QUOTES: Final = "\"'\u201c\u201d\u2018\u2019«»"
_WORDS: Final = re.compile(r"[\W_]+")
_HEXADECIMAL: Final = re.compile(r"(?:[0-9a-f]{16,}|img|dsc|image|screenshot|photo|\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EditTool:
    """`route` is the task whose models answer; `most_tokens` of an answer; `plainly` makes it without a model."""

    prompt: Prompt
    route: str
    most_tokens: int
    plainly: Callable[[EditIn], list[str]] | None = None
    gives_choices: bool = False
    reads: str = "all"
    """`all` of the text word for word, its `end`, or what is `weightiest` where all does not fit."""


def choices_of(tool: Tool, said: str) -> list[str]:
    """The lines of an answer without numbers, marks and quotation marks; for other tools the answer itself."""
    if not TOOLS[tool].gives_choices:
        text = said.strip()
        if tool in {"meta", "alt"}:
            text = shortened(text.strip(_QUOTES), META if tool == "meta" else ALT)
        return [text] if text else []
    lines = (_BOLD.sub(r"\1", _MARK.sub("", line).strip()).strip(_QUOTES) for line in said.splitlines())
    found = [part.strip() for line in lines for part in (line.split(",") if tool == "tags" else [line])]
    usable = [one for one in found if one and not one.endswith(":") and len(one) <= 120]
    return list(dict.fromkeys(usable))[: _MOST_TAGS if tool == "tags" else _MOST_CHOICES]


def _shorter(ask: EditIn) -> list[str]:
    """Half of its sentences, those that say most."""
    return _joined(summarise(ask.text, max(1, len(sentences(prose(ask.text))) // 2)))


def _meta(ask: EditIn) -> list[str]:
    return _joined(summarise(ask.text, 2), META)


def _joined(said: list[str], most: int | None = None) -> list[str]:
    text = " ".join(said)
    return [shortened(text, most) if most else text] if text else []


def _tags(ask: EditIn) -> list[str]:
    """Known ones first; then words of its own."""
    known = fitting_tags(ask.text, ask.known_tags, _MOST_TAGS, ask.title)
    there = {one.casefold() for one in known}
    own = [one for one in keywords(ask.text, _MOST_TAGS, ask.title) if one.casefold() not in there]
    return [*known, *own][:_MOST_TAGS]


def _alt(ask: EditIn) -> list[str]:
    """The words of a caption or of the file's name; nothing where the name says nothing."""
    given = ask.instruction.strip()
    is_file = bool(PurePosixPath(given).suffix) and " " not in given
    name = PurePosixPath(given).stem if is_file else given
    if not is_file:
        return [shortened(name, ALT)]
    words = [word for word in _WORDS.split(name) if word and not _HEXADECIMAL.fullmatch(word)]
    line = " ".join(words)
    return [shortened(f"{line[:1].upper()}{line[1:]}", ALT)] if line else []


_WRITER: Final = "You help an author to write. Answer with the text alone, in Markdown, without a word about it."
_LIST: Final = "You help an author to write. Answer with a plain list, each entry on a line of its own, nothing else."
_IN: Final = "{% if language %} Write in {{ language }}.{% else %} Keep the language of the text.{% endif %}"


def _prompt(tool: Tool, instructions: str, body: str, *more: str) -> Prompt:
    """`more` are further parameters; the first is what it works from."""
    first = "instruction" if tool in {"draft", "alt"} else "text"
    return Prompt(f"edit:{tool}", 1, "", instructions + _IN, body, (first, *more))


TOOLS: Final[Mapping[Tool, EditTool]] = {
    "draft": EditTool(
        _prompt(
            "draft", _WRITER,
            "Draft an article{% if title %} with the title {{ title }}{% endif %} from this topic or outline: "
            "{{ instruction }}\n{% if text %}This is written already; do not repeat it: {{ text }}\n{% endif %}"
            "Use headings, and invent no facts, names or numbers.",
            "title", "text",
        ),
        "long", 2_000, reads="end",
    ),
    "continue": EditTool(
        _prompt("continue", _WRITER, "Write the one or two paragraphs that follow this text, in its own voice. Do not "
                "repeat it.{% if instruction %} What comes next: {{ instruction }}{% endif %}\n\n{{ text }}",
                "instruction"),
        "long", 700, reads="end",
    ),
    "shorten": EditTool(
        _prompt("shorten", _WRITER, "Say the same in about half as many words. Keep names, numbers, links and Markdown."
                "\n\n{{ text }}"),
        "small", 2_000, _shorter,
    ),
    "tone": EditTool(
        _prompt("tone", _WRITER, "Say the same in a {{ tone }} tone. Keep facts, names, numbers, links and Markdown."
                "\n\n{{ text }}"),
        "small", 4_000,
    ),
    "titles": EditTool(
        _prompt("titles", _LIST, "Suggest five titles of at most 70 characters for this text.\n\n{{ text }}"),
        "small", 200, lambda ask: titles(ask.text, _MOST_CHOICES), gives_choices=True, reads="weightiest",
    ),
    "tags": EditTool(
        _prompt("tags", _LIST, "Suggest up to five tags of one or two words for this text."
                "{% if known %} Prefer these where they fit: {{ known }}{% endif %}\n\n{{ text }}", "known"),
        "small", 100, _tags, gives_choices=True, reads="weightiest",
    ),
    "summary": EditTool(
        _prompt("summary", _WRITER, "Tell readers in two plain sentences what this text says.\n\n{{ text }}"),
        "small", 200, lambda ask: _joined(summarise(ask.text, 2)), reads="weightiest",
    ),
    "meta": EditTool(
        _prompt("meta", _WRITER, f"Write one line of at most {META} characters that search engines show under "
                "the title of this text. No Markdown.\n\n{{ text }}"),
        "small", 120, _meta, reads="weightiest",
    ),
    "alt": EditTool(
        _prompt("alt", _WRITER, f"Describe a picture in at most {ALT} characters for people who do not see it. You "
                "know only its file name or caption, {{ instruction }}{% if text %}, and the text around it: {{ text }}"
                "{% endif %}\nClaim nothing that these do not say. No Markdown.", "text"),
        "small", 100, _alt, reads="end",
    ),
}  # fmt: skip
