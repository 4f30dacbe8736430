"""The prompts in docs/ai.md, made from the code: `python -m stoa.modules.ai.prompts_table docs/ai.md`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from stoa.modules.ai.chat.context import INSTRUCTIONS
from stoa.modules.ai.chat.grounding import Passage, with_passages
from stoa.modules.ai.features.classifying import PROMPT as CLASSIFY
from stoa.modules.ai.features.editing.tools import TOOLS
from stoa.modules.ai.features.summarising import PROMPT as SUMMARIZE
from stoa.modules.ai.templates.prompts import BUILT_IN, COMMON, DATA, Prompt

BEGIN, END = "<!-- made from the prompts: begin -->", "<!-- made from the prompts: end -->"
_PASSAGE: Final = Passage(1, "TITLE", "", "HEADING", "TEXT OF THE PASSAGE")
_MARK_CHARACTERS: Final = 8


def table() -> str:
    """Every prompt word for word."""
    common = ", ".join(f"`{name}`" for name in COMMON)
    said = (
        f"What is typed stands between `<data>` and `</data>`, which it cannot close. {common} go with every template."
    )
    lines = [
        BEGIN,
        "",
        f"{said} Behind the instructions of each prompt stands:",
        "",
        *_block(DATA),
        "### Of templates",
        "",
        *(line for prompt in BUILT_IN.values() for line in _told(prompt.name, prompt)),
        "### Of summaries and labels",
        "",
        *_told("summarize", SUMMARIZE),
        *_told("classify", CLASSIFY),
        "### Of the assistant",
        "",
        *(line for name, tool in TOOLS.items() for line in _told(name, tool.prompt)),
        "### Of chats",
        "",
        "The instructions, where a conversation has none of its own:",
        "",
        *_block(INSTRUCTIONS),
        "A question that is answered from the articles; MARK is drawn anew for every question:",
        "",
        *_block(_grounded()),
    ]
    return "\n".join([*lines, END])


def _told(name: str, prompt: Prompt) -> Iterator[str]:
    given = ", ".join(f"`{parameter}`" for parameter in prompt.parameters)
    yield f"`{name}`, version {prompt.version}, from {given}:"
    yield ""
    yield from _block(f"{prompt.instructions}\n\n{prompt.body}")


def _grounded() -> str:
    asked = with_passages("WHAT WAS ASKED", [_PASSAGE])
    at = asked.index("<<<") + 3
    return asked.replace(asked[at : at + _MARK_CHARACTERS], "MARK")


def _block(text: str) -> list[str]:
    return ["```text", text, "```", ""]


def main() -> None:
    """Put them into the document."""
    path = Path(sys.argv[1])
    text = path.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    path.write_text(before + table() + after, encoding="utf-8")


if __name__ == "__main__":
    main()
