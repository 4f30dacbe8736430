"""What an article was before: the list, one save, two side by side, and writing an old one again."""

from difflib import SequenceMatcher
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from stoa.modules.content.articles.diffing import DiffRow
from stoa.modules.content.articles.errors import StaleArticle
from stoa.modules.content.articles.revised import FieldDifference, RevisionListItem, RevisionOut
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.shared.errors import NotFound
from stoa.shared.if_match import IfMatch
from stoa.shared.pagination import PageQuery
from stoa.shared.parameters import SlugPath
from stoa.shared.security import require
from stoa.web.forms import read_form
from stoa.web.paging import pager
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.contexts import Difference
from stoa.web.studio.desk import Desk, DeskDep, version_of
from stoa.web.studio.fields import LABELS
from stoa.web.studio.pages import shown_article
from stoa.web.studio.revision_contexts import ComparePage, Parts, RestorePage, RevisionPage, RevisionsPage, SideRow

router = APIRouter(prefix="/studio/articles/{slug}/revisions", include_in_schema=False)
PER_PAGE: Final = 30
LONGEST_MARKED: Final = 400
"""Characters of a line in which changed words are marked; comparing takes up to their square."""
MOST_MARKED: Final = 200
Number = Annotated[int, Path(ge=1, le=1_000_000_000)]
Wanted = Annotated[int, Query(ge=1, le=1_000_000_000)]
PageNumber = Annotated[int, Query(ge=1, le=300)]
_LABELS: Final = {**LABELS, "summary": "Lead"}


@router.get("", **require("edit:article"))
async def revisions(request: Request, slug: SlugPath, desk: DeskDep, page: PageNumber = 1) -> Response:
    """The saves of an article, newest first."""
    article = await desk.writing.editable(desk.actor, slug)
    found = await desk.revisions.page(desk.actor, slug, PageQuery(limit=PER_PAGE, skip=(page - 1) * PER_PAGE))
    if page > 1 and not found.items:
        raise NotFound("The list ends before this page.")
    shown = RevisionsPage(
        meta=private_meta(request, f"Revisions: {article.title}"),
        article=shown_article(article),
        revisions=tuple(RevisionListItem.model_validate_json(item) for item in found.items),
        pager=pager(f"{shown_article(article).edit_url}/revisions", page, more=found.next_cursor is not None),
    )
    return await private_page(request, shown)


@router.get("/compare", **require("edit:article"))
async def compare(request: Request, slug: SlugPath, desk: DeskDep, before: Wanted = 1, after: Wanted = 1) -> Response:
    """Two saves side by side, the older one first."""
    diff = await desk.revisions.diff(desk.actor, slug, min(before, after), max(before, after))
    shown = ComparePage(
        meta=private_meta(request, f"Compare: {diff.after.title}"),
        edit_url=f"/studio/articles/{quote(slug, safe='')}",
        before=diff.before,
        after=diff.after,
        differences=tuple(_difference(one) for one in diff.fields),
        rows=None if diff.rows is None else tuple(_sides(diff.rows)),
    )
    return await private_page(request, shown)


@router.get("/{number}", **require("edit:article"))
async def revision(request: Request, slug: SlugPath, number: Number, desk: DeskDep) -> Response:
    """One save, as text and as readers would see it."""
    article = await desk.writing.editable(desk.actor, slug)
    found = await _one(desk, article, number)
    shown = RevisionPage(
        meta=private_meta(request, f"Revision {number}: {article.title}"),
        article=shown_article(article),
        revision=found,
        html=await desk.preview(found.body),
    )
    return await private_page(request, shown)


@router.get("/{number}/restore", **require("edit:article"))
async def ask_to_restore(request: Request, slug: SlugPath, number: Number, desk: DeskDep) -> Response:
    """Ask before an article is written again as it was."""
    article = await desk.writing.editable(desk.actor, slug)
    return await private_page(request, await _asked(request, desk, article, number))


@router.post("/{number}/restore", **require("edit:article"))
async def restore(request: Request, slug: SlugPath, number: Number, desk: DeskDep) -> Response:
    """Write an article again as it was; what is there now stays among the revisions."""
    form = await read_form(request, {"version"})
    try:
        saved = await desk.revisions.restore(desk.actor, slug, number, IfMatch.exactly(version_of(form)))
    except StaleArticle as fault:
        article = await desk.opened(slug)
        words = "It was saved in between. Look at its newest revision before you restore this one."
        return await private_page(request, await _asked(request, desk, article, number, notice=words), fault=fault)
    return see_other(f"{shown_article(saved).edit_url}?done=reverted")


async def _one(desk: Desk, article: EditableArticle, number: int) -> RevisionOut:
    return RevisionOut.model_validate_json(await desk.revisions.one(desk.actor, article.slug, number))


async def _asked(request: Request, desk: Desk, article: EditableArticle, number: int, notice: str = "") -> RestorePage:
    return RestorePage(
        meta=private_meta(request, f"Restore revision {number}?"),
        article=shown_article(article),
        revision=await _one(desk, article, number),
        version=article.version,
        notice=notice,
    )


def _difference(one: FieldDifference) -> Difference:
    return Difference(_LABELS.get(one.name, one.name), _text(one.before), _text(one.after))


def _text(value: str | list[str] | None) -> str:
    return ", ".join(value) if isinstance(value, list) else value or ""


def _sides(rows: list[DiffRow]) -> list[SideRow]:
    """The changed words are marked in the first of the changed lines, as far as that is cheap."""
    left = MOST_MARKED
    made = []
    for row in rows:
        before, after = row.before or "", row.after or ""
        if row.kind == "changed" and left and max(len(before), len(after)) <= LONGEST_MARKED:
            left -= 1
            made.append(SideRow(row, *_marked(before, after)))
        else:
            made.append(SideRow(row, ((before, False),), ((after, False),)))
    return made


def _marked(before: str, after: str) -> tuple[Parts, Parts]:
    old, new = _words(before), _words(after)
    steps: list[Any] = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    one = tuple(("".join(old[i1:i2]), kind != "equal") for kind, i1, i2, _, _ in steps if i1 < i2)
    other = tuple(("".join(new[j1:j2]), kind != "equal") for kind, _, _, j1, j2 in steps if j1 < j2)
    return one, other


def _words(line: str) -> list[str]:
    """Words with the space behind them."""
    words = line.split(" ")
    return [f"{word} " for word in words[:-1]] + words[-1:]
