"""Who may do what to a comment, and which ones wait for somebody to look at them. Pure."""

from typing import Final, Literal
from uuid import UUID

from stoa.shared.security import Actor

MODERATE: Final = "moderate:comment"
WRITE: Final = "create:comment"
OWN_ARTICLES: Final = "create:article"
Mode = Literal["open", "first", "all", "off"]


def may_moderate(actor: Actor | None, article_author_id: UUID) -> bool:
    """Whoever moderates comments may everywhere, a writer of articles below their own."""
    if actor is None:
        return False
    return actor.can(MODERATE) or (actor.id == article_author_id and actor.can(OWN_ARTICLES))


def reason_to_hold(mode: Mode, *, links: int, most_links: int, is_moderator: bool, has_been_shown: bool) -> str | None:
    """Why a comment waits, in words for those who decide; None where it is shown at once."""
    if is_moderator:
        return None
    if mode == "all":
        return "every comment waits for approval here"
    if mode == "first" and not has_been_shown:
        return "the first comment of this person"
    if links > most_links:
        return f"{links} links, and more than {most_links} are looked at first"
    return None


def links_in(html: str) -> int:
    """How many links a rendered comment has."""
    return html.count("<a href=")


def may_restore(actor: Actor, *, writer_id: UUID | None, deleted_by: UUID | None, article_author_id: UUID) -> bool:
    """What its writer took back comes back by the writer alone, what somebody else deleted by those who moderate."""
    if writer_id is not None and deleted_by == writer_id:
        return actor.id == writer_id
    return may_moderate(actor, article_author_id)
