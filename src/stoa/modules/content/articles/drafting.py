"""From what people send to what is saved. Pure: knows neither database nor renderer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from stoa.modules.content.articles.inputs import ArticleChange, ArticleIn
from stoa.modules.content.articles.schemas import ArticleDraft, EditableArticle, RevisionAct, Status
from stoa.shared.markdown.document import Rendered
from stoa.shared.security import Actor
from stoa.shared.slugs import make_slug

_NEVER_NULL: Final = {
    "title", "body", "slug", "tags", "cover_alt", "language", "visibility", "kind", "has_comments",
}  # fmt: skip
_STAYING: Final = {"slug", "language", "visibility", "kind", "has_comments"}


def first_draft(
    actor: Actor, new: ArticleIn, rendered: Rendered, *, language: str, now: datetime, act: RevisionAct = "saved"
) -> ArticleDraft:
    """A new article of the caller's."""
    given = new.model_dump(exclude=_STAYING)
    return ArticleDraft(
        **given,
        slug=new.slug or make_slug(new.title, fallback="article"),
        language=new.language or language,
        visibility=new.visibility or "public",
        kind=new.kind or "article",
        has_comments=new.has_comments is not False,
        rendered=rendered,
        author_id=actor.user_id,
        published_at=None,
        updated_at=now,
        act=act,
        saved_by=actor.id,
    )


def given_in(change: ArticleChange) -> Mapping[str, Any]:
    """The fields that a change sets, with their new values."""
    sent = change.model_dump(exclude_unset=True)
    return {name: value for name, value in sent.items() if value is not None or name not in _NEVER_NULL}


def redrafted(seen: EditableArticle, rendered: Rendered, *, now: datetime, **given: Any) -> ArticleDraft:
    """The article as it is, but for the fields `given`; tags stay unless they are given."""
    as_it_is = ArticleDraft(
        id=seen.id,
        slug=seen.slug,
        title=seen.title,
        body=seen.body,
        rendered=rendered,
        author_id=seen.author.id,
        published_at=seen.published_at,
        updated_at=now,
        kind=seen.kind,
        status=seen.status,
        visibility=seen.visibility,
        has_comments=seen.has_comments,
        excerpt=seen.excerpt,
        summary=seen.summary,
        cover_url=seen.cover_url,
        cover_alt=seen.cover_alt,
        language=seen.language,
        canonical_url=seen.canonical_url,
        meta_title=seen.meta_title,
        meta_description=seen.meta_description,
        publish_at=seen.publish_at,
        tags=None,
    )
    return replace(as_it_is, **given)


def changes_nothing(seen: EditableArticle, given: Mapping[str, Any]) -> bool:
    """Whether saving this would leave the article as it is; the excerpt is the one that would be kept."""
    return all(_is_there(seen, name, value) for name, value in given.items())


def moved(
    seen: EditableArticle, rendered: Rendered, status: Status, *, now: datetime, publish_at: datetime | None = None
) -> ArticleDraft:
    """The article in another status. When it was first published stays, unless another time is set for it."""
    first = now if status == "published" else None
    at = seen.published_at or first
    return redrafted(seen, rendered, now=now, status=status, publish_at=publish_at, published_at=at)


def _is_there(seen: EditableArticle, name: str, value: Any) -> bool:
    if name == "tags":
        return {make_slug(tag, fallback="tag") for tag in value} == set(seen.tags)
    return bool(value == getattr(seen, name))
