"""A linear model over hashed words, pairs and triples of words and pieces of words; its weights are plain data. Pure.

A text is cut into windows of 64 tokens, half over each other; it scores what its highest window scores. That is the
logistic function of the bias and the sum of the features' weights, each once, divided by the root of their number.
"""

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final
from zlib import crc32

from stoa.modules.ai.guards.normalising import plain

WINDOW: Final = 64
STEP: Final = 32
_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s]")


def tokens(text: str) -> list[str]:
    """Words and signs of the text as it is judged; every number is `0`."""
    return ["0" if token.isdigit() else token[:40] for token in _TOKEN.findall(plain(text).text)]


def windows(text: str) -> Iterator[set[int]]:
    """The features of each window, as numbers of 32 bits; none where the text has no token."""
    before = ("<", "<")
    features: list[tuple[int, ...]] = []
    for token in tokens(text):
        pair = f"{before[1]} {token}"
        features.append((*_of_word(token), crc32(f"b{pair}".encode()), crc32(f"t{before[0]} {pair}".encode())))
        before = (before[1], token)
    for start in range(0, max(min(len(features), 1), len(features) - STEP), STEP):
        yield {feature for one in features[start : start + WINDOW] for feature in one}


@lru_cache(maxsize=20_000)
def _of_word(token: str) -> tuple[int, ...]:
    """What a token says by itself: the word, and its pieces of four letters."""
    if not token.isalnum():
        return ()
    padded = f" {token} "
    pieces = range(len(padded) - 3) if len(token) > 3 else ()
    return (crc32(f"u{token}".encode()), *(crc32(f"c{padded[at : at + 4]}".encode()) for at in pieces))


@dataclass(frozen=True, slots=True)
class Linear:
    """`weights[feature % len(weights)]` are whole numbers of `scale` each."""

    weights: Sequence[int]
    scale: float
    bias: float
    card: Mapping[str, Any]

    @classmethod
    def named(cls, name: str) -> "Linear":
        read = json.loads(files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
        weights = memoryview(base64.b85decode(read["weights"])).cast("b")
        return cls(weights, read["scale"], read["bias"], read["card"])

    def score(self, text: str) -> float:
        """From 0 to 1."""
        size = len(self.weights)
        sums = (
            sum(self.weights[feature % size] for feature in features) / math.sqrt(len(features))
            for features in windows(text)
        )
        highest = max(sums, default=None)
        return 0.0 if highest is None else 1 / (1 + math.exp(-(highest * self.scale + self.bias)))
