"""Reads a source with its importer alone, and compares words whatever the blanks between them."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

from stoa.modules.content.importing.items import Importer, Row, SourceArticle, Survey
from stoa.modules.content.importing.links import rewrite
from stoa.modules.content.importing.progress import Silence
from stoa.modules.content.importing.registry import importer_for
from stoa.shared.markdown.render import render

REAL_INPUT = Path(os.environ.get("TESTS_REAL_INPUT", "/nowhere"))
_NO_WORDS = ["script", "style", "iframe"]


@dataclass(frozen=True, slots=True)
class Found:
    """All that an importer says of a source."""

    survey: Survey
    articles: dict[str, SourceArticle]

    @property
    def rows(self) -> dict[str, Row]:
        return {row.key: row for row in self.survey.rows}


def read_all(path: Path, *, old_site: str | None = None) -> Found:
    with importer_for(path, old_site=old_site) as importer:
        survey = importer.survey(Silence())
        return Found(survey, read_each(importer, survey))


def read_each(importer: Importer, survey: Survey) -> dict[str, SourceArticle]:
    slugs = {outline.key: outline.slug for outline in survey.outlines}
    return {outline.key: importer.read(outline, slugs) for outline in survey.outlines}


def shown(article: SourceArticle) -> str:
    """The HTML of an article, its links where they lead here."""
    return render(rewrite(article.body, article.links)).html


def letters(html: str) -> str:
    """All that can be read, without blanks."""
    soup = BeautifulSoup(f"<body>{html}", "html.parser")
    for tag in soup.find_all(_NO_WORDS):
        tag.decompose()
    return re.sub(r"\s+", "", soup.get_text())
