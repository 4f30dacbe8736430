"""Made-up articles: the same for the same seed, with words as frequent as words are, and no two texts alike.

Pure; what is stored of them is in `corpus.py`.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from stoa.modules.content.search.schemas import SearchEntry, reach_of

NEWEST = datetime(2026, 6, 1, tzinfo=UTC)
SPAN = timedelta(days=8 * 365)
SIZES = (120, 180, 240, 280, 300, 340, 400, 560)  # units of one or two words; about 2.4 KB in the mean

GLUE = (
    "the of and to in a is that for it as was with be by on not he this are or his from at which but have an had "
    "they you were their one all we can her has there been if more when will would who so no she other its may "
    "these what them than some him"
)
# In the order of their frequency: the first fifty stand in about half of all articles each.
FREQUENT = (
    "time people year work day way life part world place case week company system program question point number "
    "night hand group problem fact house water room mother area money story month study book word business issue "
    "side kind head service friend father power hour game line member law car city community name president team "
    "minute idea body information school face level office door health person art war history party result change "
    "morning reason research girl guy moment air teacher force education foot boy age policy music market sense "
    "nation plan college interest experience death course effort type class building field paper picture garden "
    "kitchen river mountain forest harbour bridge station village winter summer autumn spring letter language "
    "reader writer editor article chapter sentence grammar poem novel library museum theatre camera photograph "
    "film colour light shadow paint canvas sculpture craft wood iron stone glass cotton wool leather thread "
    "needle pattern fabric bread butter cheese salt pepper sugar coffee tea apple orange onion potato tomato "
    "recipe oven knife table chair window garage engine wheel bicycle train railway boat sail wind storm cloud "
    "rain snow sun moon star planet orbit telescope physics chemistry biology cell gene virus vaccine doctor "
    "nurse hospital medicine patient sleep exercise muscle bone heart brain memory attention habit emotion anger "
    "joy sadness trust friendship marriage family child parent baby toy puzzle chess football tennis running "
    "swimming climbing journey ticket passport hotel island beach ocean fish bird horse dog cat wolf bear insect "
    "bee flower seed root leaf tree soil farm harvest wheat rice corn tractor factory machine robot sensor "
    "battery cable circuit computer keyboard screen software database server network protocol password encryption "
    "privacy browser website archive folder document spreadsheet calendar meeting agenda decision budget invoice "
    "payment tax bank loan insurance contract court judge lawyer crime police prison election vote parliament "
    "minister mayor citizen border"
)
ONSETS = "b bl br c ch cl d dr f fl g gr h j k l m n p pl qu r s sh sp st t th tr v w z"
NUCLEI = "a a e e i i o o u ai ea ou"
CODAS = ("", "", "", "", "", "n", "r", "l", "s", "t", "m", "nd", "st", "x")
ENDINGS = ("", "", "", "", "", "s", "ed", "ing", "er", "ation")


@dataclass(slots=True)
class Units:
    """Words and short phrases with their running weights, ready for `random.choices`."""

    texts: list[str]
    cumulative: list[float]

    def draw(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self.texts, cum_weights=self.cumulative, k=count)


@dataclass(slots=True)
class Language:
    """Everything articles are drawn from: common units, one set of units per tag, and the words without glue."""

    common: Units
    topics: list[Units]
    words: list[str]
    shuffles: dict[int, list[Any]] = field(default_factory=dict)


def _zipf(texts: list[str], exponent: float = 1.0, offset: float = 2.0) -> Units:
    weights = (1 / (rank + offset) ** exponent for rank in range(1, len(texts) + 1))
    return Units(texts, list(itertools.accumulate(weights)))


def _syllable(rng: random.Random) -> str:
    return rng.choice(ONSETS.split()) + rng.choice(NUCLEI.split()) + rng.choice(CODAS)


def _vocabulary(rng: random.Random, size: int) -> list[str]:
    """Real words first, then pronounceable ones, most frequent first, none twice."""
    words = dict.fromkeys(FREQUENT.split())
    while len(words) < size:
        syllables = rng.choice((1, 2, 2) if len(words) < 8_000 else (2, 2, 3))  # frequent words are short
        stem = "".join(_syllable(rng) for _ in range(syllables))
        words[stem + rng.choice(ENDINGS)] = None
    return list(words)


def _topic(rng: random.Random, words: list[str]) -> Units:
    """A tag's own words, from frequent to rare, and phrases of two that belong together."""
    own = [words[int(len(words) ** rng.uniform(0.35, 1.0)) - 1] for _ in range(150)]
    pairs = [f"{rng.choice(own[:60])} {rng.choice(own)}" for _ in range(60)]
    mixed = list(itertools.chain.from_iterable(itertools.zip_longest(own, pairs)))
    return _zipf([text for text in mixed if text])


def make_language(rng: random.Random, *, tags: int, size: int = 60_000) -> Language:
    words = _vocabulary(rng, size)
    phrases = [f"{rng.choice(words[:150])} {rng.choice(words[:400])}" for _ in range(400)]
    common = words[:30] + [text for pair in zip(words[30:430], phrases, strict=True) for text in pair] + words[430:]
    language = Language(_zipf([*GLUE.split(), *common]), [_topic(rng, words) for _ in range(tags)], words)
    for size_ in SIZES:
        orders = [rng.sample(range(size_), size_) for _ in range(8)]
        language.shuffles[size_] = [itemgetter(*order) for order in orders]
    return language


def _units(rng: random.Random, language: Language, topics: list[int]) -> tuple[str, ...]:
    """About two thirds common words, a quarter of the topics, and a few words the article keeps coming back to."""
    size = rng.choice(SIZES)
    own = Units(language.common.draw(rng, 8), [float(n) for n in range(1, 9)]).draw(rng, size // 14)
    share = size // (4 * len(topics))
    drawn = own + [text for topic in topics for text in language.topics[topic].draw(rng, share)]
    drawn += language.common.draw(rng, size - len(drawn))
    ordered: tuple[str, ...] = rng.choice(language.shuffles[size])(drawn)
    return ordered


def _title(rng: random.Random, language: Language, topics: list[int], units: tuple[str, ...]) -> str:
    glue = set(GLUE.split())
    inner = [unit for unit in rng.sample(units, 8) if unit not in glue][: rng.choice((1, 2, 3))]
    own = [language.topics[topic].draw(rng, 1)[0] for topic in topics]
    words = dict.fromkeys([*own, *inner, *language.common.draw(rng, 1)])
    return " ".join(words).capitalize()


def _paragraphs(rng: random.Random, units: tuple[str, ...]) -> list[str]:
    sentences, start = [], 0
    while start < len(units):
        length = rng.choice((7, 9, 11, 13, 16))
        sentences.append(" ".join(units[start : start + length]).capitalize() + ".")
        start += length
    return [" ".join(sentences[n : n + 5]) for n in range(0, len(sentences), 5)]


@dataclass(frozen=True, slots=True)
class Made:
    """One article, its tags by number, and what is stored of it."""

    id: UUID
    number: int
    author: int
    tags: list[int]
    title: str
    paragraphs: list[str]
    is_published: bool
    moment: datetime
    comments: int

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    def row(self, authors: Sequence[UUID]) -> tuple[Any, ...]:
        html = "".join(f"<p>{paragraph}</p>\n" for paragraph in self.paragraphs)
        status = "published" if self.is_published else "draft"
        published_at = self.moment if self.is_published else None
        slug = f"{self.title.lower().replace(' ', '-')[:60]}-{self.number}"
        minutes = 1 + len(self.text) // 1_300
        times = (published_at, self.moment, self.moment)
        excerpt = self.paragraphs[0][:200]
        texts = (slug, self.title, self.text, html, excerpt)
        return (self.id, *texts, authors[self.author], status, *times, minutes, self.comments)

    def entry(self, authors: Sequence[UUID]) -> SearchEntry:
        return SearchEntry(
            article_id=self.id,
            title=self.title,
            text=self.text,
            language="en",
            author_id=authors[self.author],
            published_at=self.moment if self.is_published else None,
            reach=reach_of("published" if self.is_published else "draft", "public"),
        )


def make_articles(rng: random.Random, language: Language, count: int, *, authors: int) -> Iterator[Made]:
    """Nine in ten published, over eight years, more of them lately; two or three tags each."""
    popularity = [1 / (rank + 20) for rank in range(len(language.topics))]
    for number in range(count):
        topics = list(dict.fromkeys(rng.choices(range(len(popularity)), popularity, k=rng.choice((2, 3)))))
        units = _units(rng, language, topics)
        moment = NEWEST - SPAN * rng.random() ** 1.3
        yield Made(
            uuid7(rng, moment),
            number,
            rng.randrange(authors),
            topics,
            _title(rng, language, topics, units),
            _paragraphs(rng, units),
            rng.random() < 0.9,
            moment,
            int(rng.expovariate(1 / 6.7)),
        )


def uuid7(rng: random.Random, moment: datetime) -> UUID:
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62))
