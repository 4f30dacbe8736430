"""Exports of 60 MB are read in a process of its own whose memory stays where it was."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .ghost.export import USER, post
from .wordpress.wxr import head, item

_ITEMS, _MOST_GROWN_MB = 300, 40
_BODY = "<p>" + "Some words to read. " * 10_000 + "</p>"
_READ = """
import resource, sys
from pathlib import Path
from stoa.modules.content.importing.progress import Silence
from stoa.modules.content.importing.registry import importer_for
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
with importer_for(Path(sys.argv[1])) as importer:
    before = peak()
    survey = importer.survey(Silence())
    slugs = {outline.key: outline.slug for outline in survey.outlines}
    for outline in survey.outlines[-3:]:
        assert importer.read(outline, slugs).body.startswith("Some words")
    print(len(survey.outlines), peak() - before)
"""


def grown(path: Path) -> tuple[int, int]:
    """How many items there are, and by how many MB reading them raised the peak."""
    ran = subprocess.run([sys.executable, "-c", _READ, path], capture_output=True, text=True, check=True)
    count, size = map(int, ran.stdout.split())
    return count, size


def wxr() -> Iterator[str]:
    yield head()
    yield from (item(number, _BODY) for number in range(1, _ITEMS + 1))
    yield "</channel></rss>"


def ghost() -> Iterator[str]:
    yield json.dumps({"meta": {"version": "5.0"}, "data": {"users": [USER]}})[:-2] + ', "posts": ['
    yield from (("," if number else "") + json.dumps(post(number + 1, html=_BODY)) for number in range(_ITEMS))
    yield "]}}"


@pytest.mark.slow
class TestLargeExports:
    @pytest.mark.parametrize(("name", "parts"), [("s.xml", wxr), ("s.json", ghost)])
    def test_memory_stays_flat(self, tmp_path: Path, name: str, parts: Callable[[], Iterator[str]]) -> None:
        path = tmp_path / name
        with path.open("w", encoding="utf-8") as file:
            file.writelines(parts())

        assert path.stat().st_size > 60_000_000
        count, megabytes = grown(path)

        assert count == _ITEMS
        assert megabytes < _MOST_GROWN_MB
