"""Text as people send it: bounded, normalised, without characters that cannot be stored or shown."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints


def clean_line(value: str) -> str:
    """One line in NFC with single spaces. Raises ValueError for control characters and broken ones."""
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise ValueError("must not hold control characters")
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _not_blank(value: str) -> str:
    if not value:
        raise ValueError("must not be blank")
    return value


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_line), AfterValidator(_not_blank)]
ShortLine = Annotated[str, StringConstraints(max_length=80), AfterValidator(clean_line), AfterValidator(_not_blank)]
