"""From what somebody typed to what the index is asked: limits, and one `Reading` for each language. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stoa.shared.errors import InvalidInput, MalformedInput

from . import tsquery
from .schemas import DEEPEST, LONGEST_SEARCH, MOST_WORDS, SearchRequest


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of the words, for the articles of these configurations.

    `strict` is the search itself, `wanted` the same without what must not be found. `loose` finds at least as much
    from the index alone, `wide` any of the words. `pairs` are the neighbours of its phrases; `has_phrase` says whether
    `strict` must be asked of the rows, `has_several` whether words must come together.
    """

    configs: tuple[str, ...]
    strict: str
    wanted: str
    loose: str
    wide: str
    pairs: tuple[str, ...]
    has_phrase: bool
    has_several: bool
    words: tuple[str, ...]


def check(request: SearchRequest) -> None:
    """Raises InvalidInput or MalformedInput for what is out of bounds."""
    words = request.words
    if "\0" in words:
        raise MalformedInput("The search holds a NUL character. Take it out.")
    if any("\ud800" <= character <= "\udfff" for character in words):
        raise MalformedInput("The search holds half a character (a lone surrogate). Take it out.")
    if len(words) > LONGEST_SEARCH:
        raise InvalidInput(f"The search has {len(words):,} characters; {LONGEST_SEARCH} are allowed.")
    if request.skip > DEEPEST:
        raise InvalidInput(f"Search goes {DEEPEST:,} results deep. Add a word or a filter instead.")


def readings(understood: Iterable[tuple[str, str]]) -> list[Reading]:
    """One for each different meaning among (configuration, tsquery); none where there is no word to look for."""
    configs: dict[str, list[str]] = {}
    for config, query in understood:
        configs.setdefault(query, []).append(config)
    return [made for query, names in configs.items() if (made := _reading(query, names))]


def _reading(query: str, configs: Sequence[str]) -> Reading | None:
    node = tsquery.searchable(tsquery.parse(query))
    if node is None:
        return None
    words = tsquery.words(node)
    if len(words) > MOST_WORDS:
        raise InvalidInput(f"The search has {len(words)} words; {MOST_WORDS} are allowed.")
    return Reading(
        configs=tuple(configs),
        strict=tsquery.render(node),
        wanted=tsquery.render(tsquery.wanted(node)),
        loose=tsquery.render(tsquery.loosened(node)),
        wide=tsquery.render(tsquery.Any(tuple(map(tsquery.Word, words)))),
        pairs=tuple(f"{one} {other}" for one, other in tsquery.phrase_pairs(node)),
        has_phrase=tsquery.has_phrase(node),
        has_several=tsquery.has_several(tsquery.wanted(node)),
        words=tuple(words),
    )


def beginnings(found: Iterable[Reading]) -> str:
    """A regular expression for the beginnings of the words: a stem is seldom longer than the word by one letter."""
    stems = {word[:-1] if len(word) > 4 else word for reading in found for word in reading.words if word.isalnum()}
    return rf"\m({'|'.join(sorted(stems))})" if stems else "(?!)"
