"""Where one person writes: the services and the pages, for who it is. Knows forms, but no route."""

from typing import Annotated, Final

from fastapi import Depends, Request
from markupsafe import Markup

from stoa.modules.content.articles.inputs import ArticleChange, ArticleIn
from stoa.modules.content.articles.previews import PreviewLinks
from stoa.modules.content.articles.revisions import Revisions
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.modules.content.articles.writing import FARTHEST, ArticleWriting, SaveAct
from stoa.shared.clock import utc_now
from stoa.shared.database import database_of, reads_of
from stoa.shared.errors import FieldFault, InvalidInput, MalformedInput, Moved
from stoa.shared.if_match import IfMatch
from stoa.shared.markdown.document import MAX_SOURCE
from stoa.shared.security import Actor, ActorDep
from stoa.web.forms import Form, read_form
from stoa.web.studio.contexts import ArticleFields
from stoa.web.studio.covers import COVER_FILE
from stoa.web.studio.fields import NAMES, checked, time_of, typed_fields
from stoa.web.studio.pages import StudioPages

ACTS: Final = ("save", "preview", "publish", "schedule", "unpublish", "archive")
MOVES: Final = frozenset({"publish", "schedule", "unpublish", "archive"})
_LONGEST: Final = {"body": 2 * MAX_SOURCE}


class Desk:
    """Where one person writes: the services, the pages, and who it is."""

    def __init__(self, request: Request, actor: ActorDep) -> None:
        state = request.app.state
        database = database_of(request)
        self.actor: Actor = actor
        self.writing = ArticleWriting(database, state.markdown, language=state.settings.site.language)
        self.revisions = Revisions(database, state.markdown)
        self.links = PreviewLinks(database)
        self.pages = StudioPages(self.writing, reads_of(request), actor)

    async def opened(self, slug: str) -> EditableArticle:
        """The article that has or had this slug."""
        try:
            return await self.writing.editable(self.actor, slug)
        except Moved as moved:
            return await self.writing.editable(self.actor, moved.slug)

    async def preview(self, body: str) -> Markup:
        return Markup((await self.writing.preview(body)).html)  # noqa: S704 # sanitised by the renderer

    async def create(self, typed: ArticleFields, act: SaveAct = "saved") -> EditableArticle:
        return await self.writing.create(self.actor, checked(ArticleIn, typed), act=act)

    async def change(self, slug: str, typed: ArticleFields, version: int, act: SaveAct = "saved") -> EditableArticle:
        """Save what was typed. Raises StaleArticle, and nothing is saved."""
        change = checked(ArticleChange, typed)
        return await self.writing.change(self.actor, slug, change, IfMatch.exactly(version), act=act)

    async def move(self, saved: EditableArticle, act: str, publish_at: str) -> EditableArticle:
        """After saving: publish, schedule, withdraw it, or nothing of that."""
        at = (self.actor, saved.slug)
        as_saved = IfMatch.exactly(saved.version)
        match act:
            case "publish":
                return await self.writing.publish(*at, as_saved)
            case "schedule":
                return await self.writing.schedule(*at, time_of(publish_at), as_saved)
            case "unpublish":
                return await self.writing.unpublish(*at, as_saved)
            case "archive":
                return await self.writing.archive(*at, as_saved)
        return saved

    def check(self, act: str, publish_at: str) -> None:
        """What can be refused before anything is saved."""
        if act in MOVES and not self.actor.can("moderate:article"):
            self.actor.demand("publish:article")
        if act == "schedule" and not utc_now() < time_of(publish_at) <= utc_now() + FARTHEST:
            fault = FieldFault("body.publish_at", "This must lie ahead, by 10 years at most.")
            raise InvalidInput(f"Nothing is saved yet. It is {utc_now():%Y-%m-%d %H:%M} UTC.", faults=(fault,))


DeskDep = Annotated[Desk, Depends()]


async def sent_article(request: Request) -> tuple[Form, ArticleFields]:
    """The form of an article as it was sent."""
    known = {*NAMES, "act", "version", "publish_at"}
    form = await read_form(request, known, longest=_LONGEST, files=(COVER_FILE,))
    return form, typed_fields(form.texts)


def act_of(form: Form) -> str:
    act = form["act"] or "save"
    if act not in ACTS:
        raise MalformedInput(f"What to do is one of {', '.join(ACTS)}.")
    return act


def version_of(form: Form) -> int:
    sent = form["version"]
    if not sent.isascii() or not sent.isdigit() or len(sent) > 9:
        raise MalformedInput("The form does not say which version was read. Load the page again.")
    return int(sent)
