"""The reading SQL of comments. What a reader may not see leaves the database as a gap: its place, and nothing else.

Values of the reader: `viewer` (an id or none), `moderates` (everywhere), `writes` (may moderate below own articles).
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import aliased

from stoa.modules.content.articles.models import PUBLIC as PUBLIC_WORDS
from stoa.modules.content.articles.models import Article
from stoa.modules.content.comments.models import Comment
from stoa.modules.content.comments.schemas import ANSWERS_SHOWN
from stoa.modules.users import service as users
from stoa.shared.queries import Query, json_object

PUBLIC = text(" AND ".join(f"articles.{part}" for part in PUBLIC_WORDS.split(" AND ")))
_VIEWER = bindparam("viewer", type_=UuidType())
_MODERATES = bindparam("moderates", type_=Boolean())
_WRITES = bindparam("writes", type_=Boolean())
_KEY = bindparam("key", type_=TIMESTAMP(timezone=True))
_LAST = bindparam("last_id", type_=UuidType())
ID = bindparam("id", type_=UuidType())
_NAMED = ("id", "parent_id", "depth", "version", "created_at")
_SHOWN_ONLY = ("edited_at", "guest_name", "guest_url", "body", "html")


def is_public(comment: Any) -> ColumnElement[bool]:
    """Everybody sees it."""
    return and_(comment.status == literal_column("'visible'"), comment.deleted_at.is_(None))


def is_shown(comment: Any, *, known: bool) -> ColumnElement[bool]:
    """Whether the reader sees it; `known`: somebody is signed in."""
    if not known:
        return is_public(comment)
    theirs = or_(comment.author_id == _VIEWER, _MODERATES, and_(_WRITES, Article.author_id == _VIEWER))
    return and_(comment.deleted_at.is_(None), or_(is_public(comment), theirs))


def members(comment: Any, *, shown: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    """The members of CommentOut."""
    return {
        **{name: getattr(comment, name) for name in _NAMED},
        **{name: case((shown, getattr(comment, name)), else_=null()) for name in _SHOWN_ONLY},
        "status": case((shown, comment.status), else_=literal_column("'deleted'")),
        "author": case((shown, users.public_author(comment.author_id)), else_=null()),
    }


@lru_cache(maxsize=64)
def threads(
    sort: str, limit: int, *, known: bool, after: bool, also: tuple[tuple[str, ColumnElement[Any]], ...] = ()
) -> Query:
    """A row for each of up to `limit` + 1 threads below a public article, or one without a thread; value: `slug`."""
    newest = sort == "newest"
    first = _firsts(newest=newest, limit=limit, known=known, after=after).lateral("first")
    facts = (
        Article.comment_count.label("total"),
        Article.has_comments.label("has_comments"),
        Article.author_id.label("article_author_id"),
        *(expression.label(name) for name, expression in also),
    )
    order = [column.desc() if newest else column.asc() for column in (first.c.created_at, first.c.id)]
    found = select(first.c.item, first.c.answers, first.c.created_at, first.c.id, *facts)
    return Query(
        found.select_from(Article)
        .outerjoin(first, literal_column("true"))
        .where(Article.slug == bindparam("slug"), PUBLIC)
        .order_by(*order)
    )


def _firsts(*, newest: bool, limit: int, known: bool, after: bool) -> Select[*tuple[Any, ...]]:
    shown = is_shown(Comment, known=known)
    item = json_object(**members(Comment, shown=shown)).label("item")
    found = select(item, _answers(known=known).label("answers"), Comment.created_at, Comment.id)
    found = found.where(
        Comment.article_id == Article.id, Comment.root_id.is_(None), or_(shown, _has_public_answer())
    ).correlate(Article)
    columns = (Comment.created_at, Comment.id)
    if after:
        (at, identity) = columns
        older = or_(at < _KEY, and_(at == _KEY, identity < _LAST))
        younger = or_(at > _KEY, and_(at == _KEY, identity > _LAST))
        found = found.where(older if newest else younger)
    order = [column.desc() if newest else column.asc() for column in columns]
    return found.order_by(*order).limit(literal_column(str(limit + 1)))


def _answers(*, known: bool) -> ColumnElement[Any]:
    """The answers of a first comment by time, as JSON texts, one more than are shown."""
    answer = aliased(Comment, name="answer")
    found = (
        _answers_of(answer, Comment.id.expression, known=known)
        .order_by(answer.created_at, answer.id)
        .limit(literal_column(str(ANSWERS_SHOWN + 1)))
        .correlate(Comment, Article)
    )
    return func.array(found.scalar_subquery())


def _answers_of(answer: Any, root_id: ColumnElement[Any], *, known: bool) -> Select[*tuple[Any, ...]]:
    """A gap is of use only where something answers it."""
    below = aliased(Comment, name="below")
    shown = is_shown(answer, known=known)
    is_answered = select(below.id).where(below.parent_id == answer.id).exists()
    return select(json_object(**members(answer, shown=shown)).label("item")).where(
        answer.root_id == root_id, or_(shown, is_answered)
    )


def _has_public_answer() -> ColumnElement[bool]:
    below = aliased(Comment, name="seen_below")
    return select(below.id).where(below.root_id == Comment.id, is_public(below)).exists()


@lru_cache(maxsize=64)
def replies(limit: int, *, known: bool, after: bool) -> Query:
    """Rows of (item, created_at, id) of up to `limit` + 1 answers in the thread of the first comment `id`, by time."""
    answer = aliased(Comment, name="answer")
    found = (
        _answers_of(answer, ID, known=known)
        .add_columns(answer.created_at, answer.id)
        .join(Article, Article.id == answer.article_id)
        .where(PUBLIC)
    )
    if after:
        found = found.where(or_(answer.created_at > _KEY, and_(answer.created_at == _KEY, answer.id > _LAST)))
    return Query(found.order_by(answer.created_at, answer.id).limit(literal_column(str(limit + 1))))


@lru_cache(maxsize=2)
def one(*, known: bool) -> Query:
    """(item, version) of a comment that this reader sees."""
    shown = is_shown(Comment, known=known)
    own = or_(_MODERATES, Article.author_id == _VIEWER, Comment.author_id == _VIEWER) if known else false()
    item = json_object(**members(Comment, shown=shown)).label("item")
    return Query(
        select(item, Comment.version)
        .join(Article, Article.id == Comment.article_id)
        .where(Comment.id == ID, shown, Article.deleted_at.is_(None), or_(PUBLIC, own))
    )


@lru_cache(maxsize=256)
def queue(status: str, limit: int, skip: int, *, mine: bool, everywhere: bool, article: bool, after: bool) -> Query:
    """Up to `limit` + 1 rows of (item, created_at, id), newest first."""
    found = _queued(select(_queue_item(status), Comment.created_at, Comment.id), status, mine, everywhere, article)
    if after:
        found = found.where(or_(Comment.created_at < _KEY, and_(Comment.created_at == _KEY, Comment.id < _LAST)))
    return Query(
        found.order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(literal_column(str(limit + 1)))
        .offset(literal_column(str(skip)))
    )


@lru_cache(maxsize=64)
def queue_total(status: str, *, mine: bool, everywhere: bool, article: bool) -> Query:
    return Query(_queued(select(func.count()), status, mine, everywhere, article))


def _queue_item(status: str) -> ColumnElement[Any]:
    named = members(Comment, shown=true())
    if status == "deleted":
        named["status"] = literal_column("'deleted'")
    return json_object(
        **named,
        reason=Comment.reason.expression,
        score=Comment.score.expression,
        terms=Comment.terms.expression,
        judgement=Comment.judgement.expression,
        article=json_object(slug=Article.slug.expression, title=Article.title.expression),
        moderated_at=Comment.moderated_at.expression,
        deleted_at=Comment.deleted_at.expression,
    ).label("item")


def _queued(
    statement: Select[*tuple[Any, ...]], status: str, mine: bool, everywhere: bool, article: bool
) -> Select[*tuple[Any, ...]]:
    """In the bin lies what somebody may bring back: one's own, or what others than its writer deleted."""
    statement = statement.select_from(Comment).join(Article, Article.id == Comment.article_id)
    if status == "deleted":
        by_writer = Comment.deleted_by == Comment.author_id
        kept = by_writer if mine else or_(Comment.deleted_by.is_(None), Comment.author_id.is_(None), ~by_writer)
        statement = statement.where(Comment.deleted_at.is_not(None), Comment.body != literal_column("''"), kept)
    else:
        statement = statement.where(Comment.status == literal_column(f"'{status}'"), Comment.deleted_at.is_(None))
    if mine:
        statement = statement.where(Comment.author_id == _VIEWER)
    elif not everywhere:
        statement = statement.where(Article.author_id == _VIEWER)
    return statement.where(Article.slug == bindparam("article")) if article else statement


ALL_OF_WRITER = Query(
    select(
        Comment.id, Article.slug, Article.title, Comment.body,
        case((Comment.deleted_at.is_(None), Comment.status), else_=literal_column("'deleted'")).label("status"),
        Comment.reason, Comment.score, Comment.terms, Comment.created_at, Comment.edited_at, Comment.deleted_at,
    )
    .join(Article, Article.id == Comment.article_id)
    .where(Comment.author_id == bindparam("author_id", type_=UuidType()))
    .order_by(Comment.created_at, Comment.id)
)  # fmt: skip
