"""The words of an SMS: one line, plain characters where there are any, never longer than two messages and a bit."""

from typing import Final

LONGEST: Final = 320
_DOTS: Final = "..."
# One character outside the GSM alphabet more than doubles what a message costs: 70 fit instead of 160.
_PLAIN: Final = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"',
        "\u00bb": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2026": _DOTS,
        "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    }
)  # fmt: skip


def short_text(text: str, longest: int = LONGEST) -> str:
    """At most so many characters; what is cut ends after a word, with three dots."""
    line = " ".join(text.translate(_PLAIN).split())
    line = "".join(character for character in line if character.isprintable())
    if len(line) <= longest:
        return line
    kept = line[: longest - len(_DOTS)]
    words, space, _ = kept.rpartition(" ")
    return (words if space and line[len(kept)] != " " else kept).rstrip(" .,;:-") + _DOTS
