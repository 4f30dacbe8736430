"""Names in addresses: made from titles in any script, checked when people choose them. Uniqueness is the caller's."""

import re
from collections.abc import Collection
from typing import Final

from slugify import slugify

from stoa.shared.errors import InvalidInput

SLUG_LENGTH: Final = 80
SLUG_PATTERN: Final = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"

_LONGEST_TITLE = 1_000
_DIGITS = range(1, 7)
_SLUG = re.compile(SLUG_PATTERN.removesuffix("$") + r"\Z")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019\u02bc](?=\w)")
_LANGUAGE_NAMES = ((re.compile(r"\b([A-Za-z])\+\+"), r"\1pp"), (re.compile(r"\b([A-Za-z])#(?!\w)"), r"\1-sharp"))


def make_slug(title: str, *, fallback: str, reserved: Collection[str] = ()) -> str:
    """A slug of at most 80 characters, cut between words; `fallback` where the title has no letter or digit.

    One of `reserved` gets a number. Raises ValueError when `fallback` gives no slug either.
    """
    slug = _slug_of(title) or _slug_of(fallback)
    if not slug:
        raise ValueError(f"the fallback {fallback!r} holds no letter or digit")
    return numbered(slug, 2) if slug in reserved else slug


def numbered(slug: str, number: int) -> str:
    """The slug itself for 1, else the slug with `-number` behind it, still within the length."""
    if number == 1:
        return slug
    ending = f"-{number}"
    return slug[: SLUG_LENGTH - len(ending)].rstrip("-") + ending


def stems(slug: str) -> set[str]:
    """What stands before the number in any that `numbered` makes of the slug: shorter where that is near its end."""
    return {slug, *(numbered(slug, 10**digits - 1).rpartition("-")[0] for digits in _DIGITS)}


def check_slug(value: str) -> str:
    """The value itself when it is a slug, else InvalidInput with what is wrong."""
    if len(value) > SLUG_LENGTH:
        raise InvalidInput(f"A name in an address has at most {SLUG_LENGTH} characters, this one {len(value)}.")
    if not _SLUG.match(value):
        raise InvalidInput("A name in an address is made of a-z, 0-9 and single hyphens between them.")
    return value


def _slug_of(text: str) -> str:
    spoken = _APOSTROPHE.sub("", text[:_LONGEST_TITLE])
    for name, replacement in _LANGUAGE_NAMES:
        spoken = name.sub(replacement, spoken)
    return slugify(
        spoken,
        entities=False,
        decimal=False,
        hexadecimal=False,
        max_length=SLUG_LENGTH,
        word_boundary=True,
        save_order=True,
        algorithm="modern",
    )
