"""Text as people send it: bounded, normalised, without characters that cannot be stored or shown."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_JOINERS = {"\u200c", "\u200d"}  # scripts and emoji need them


def clean_line(value: str) -> str:
    """One line in NFC with single spaces. Raises ValueError for control characters and broken ones."""
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise ValueError("must not hold control characters")
    return unicodedata.normalize("NFC", " ".join(value.split()))


def clean_name(value: str) -> str:
    """A line without invisible characters: what turns the direction of text makes one name look like another."""
    line = clean_line(value)
    if any(unicodedata.category(character) == "Cf" and character not in _JOINERS for character in line):
        raise ValueError("must not hold invisible characters")
    return line


def clean_lines(value: str) -> str:
    """Several lines in NFC. Raises ValueError for control characters other than line ends and tabs."""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t" for character in text):
        raise ValueError("must not hold control characters")
    return unicodedata.normalize("NFC", text).strip()


def _not_blank(value: str) -> str:
    if not value:
        raise ValueError("must not be blank")
    return value


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_line), AfterValidator(_not_blank)]
ShortLine = Annotated[str, StringConstraints(max_length=80), AfterValidator(clean_line), AfterValidator(_not_blank)]
PersonName = Annotated[str, StringConstraints(max_length=80), AfterValidator(clean_name), AfterValidator(_not_blank)]
