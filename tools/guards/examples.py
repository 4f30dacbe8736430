"""The sentences of examples.toml, made of its forms and lists."""

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_NAME: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    is_attack: bool
    weight: float


def examples() -> list[Example]:
    read: dict[str, Any] = tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))
    return [
        Example(text[0].upper() + text[1:], kind == "attack", form.get("weight", 1))
        for kind in ("harmless", "attack")
        for form in read[kind]
        for text in _some(form, read["lists"])
    ]


def _some(form: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> list[str]:
    made = list(_filled(form["form"], lists))
    random.Random(form["form"]).shuffle(made)  # noqa: S311 # a draw that is the same each time
    return made[: form.get("most", len(made))]


def _filled(form: str, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    name = _NAME.search(form)
    if name is None:
        yield form
        return
    for entry in lists[name[1]]:
        yield from _filled(form[: name.start()] + entry + form[name.end() :], lists)
