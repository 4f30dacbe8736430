"""Tables that Markdown can say: one row of headings, as many cells in every row, one line in each cell."""

from bs4.element import Tag

from .inline import BREAK, Inline
from .parsing import BLOCKS

_MOST_CELLS = 20_000


def pipe_table(table: Tag, inline: Inline, blocky: set[int]) -> str | None:
    """The table in Markdown, or None when it needs HTML."""
    rows = list(table.find_all("tr"))
    cells = [[cell for cell in row.children if isinstance(cell, Tag) and cell.name in {"td", "th"}] for row in rows]
    if not _is_plain(table, cells, blocky):
        return None
    lines = ["| " + " | ".join(_cell(cell, inline) for cell in row) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * len(cells[0]), *lines[1:]])


def _is_plain(table: Tag, cells: list[list[Tag]], blocky: set[int]) -> bool:
    if not cells or not cells[0] or sum(map(len, cells)) > _MOST_CELLS or table.find(["caption", "table", "tfoot"]):
        return False
    if any(cell.name != "th" for cell in cells[0]) or any(len(row) != len(cells[0]) for row in cells):
        return False
    flat = [cell for row in cells for cell in row]
    if any(cell.name == "th" for row in cells[1:] for cell in row):
        return False
    return not any(
        id(cell) in blocky
        or cell.name not in BLOCKS
        or cell.get("colspan", "1") != "1"
        or cell.get("rowspan", "1") != "1"
        for cell in flat
    )


def _cell(cell: Tag, inline: Inline) -> str:
    text = inline.run(cell.children).strip(" \n")
    return text.removesuffix("\\").replace(BREAK, "<br>").replace("\n", " ").replace("|", "\\|")
