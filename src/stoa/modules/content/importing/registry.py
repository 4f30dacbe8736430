"""Which importers there are. A new one is a class and a line here."""

import os
from pathlib import Path

from stoa.shared.errors import InvalidInput

from .errors import SourceRefused
from .ghost.importer import GhostImporter
from .items import Importer
from .markdown_importer import MarkdownImporter
from .own.importer import OwnImporter
from .values import web_address_of
from .wordpress.importer import WordPressImporter

IMPORTERS: tuple[type[Importer], ...] = (OwnImporter, WordPressImporter, GhostImporter, MarkdownImporter)


def importer_for(path: Path, *, old_site: str | None = None) -> Importer:
    """The importer that reads `path`. Raises SourceRefused when there is nothing, or nothing that any can read."""
    if old_site is not None and web_address_of(old_site) is None:
        raise InvalidInput(f"The old site '{old_site}' must be an address like https://example.org.")
    if not os.path.exists(path):  # noqa: PTH110 # unlike Path.exists, False also for what may not be looked at
        raise SourceRefused(f"There is no file or folder '{path}'.")
    for importer in IMPORTERS:
        if importer.accepts(path):
            return importer(path, old_site=old_site)
    raise SourceRefused(f"'{path}' is neither a folder or .zip of Markdown, nor WordPress's .xml, nor Ghost's .json.")
