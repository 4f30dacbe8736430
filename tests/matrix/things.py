"""What stands in the paths of the matrix: made for one request, belonging to whom it should."""

from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
from pydantic import BaseModel
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.publisher import publish
from stoa.events.queue.registry import Run, task
from stoa.events.queue.service import enqueue
from stoa.events.repository import Inbox
from stoa.modules.ai.batches.models import AiBatch
from stoa.modules.ai.batches.repository import BatchRepository
from stoa.modules.ai.chat.models import Conversation
from stoa.modules.ai.chat.models import Message as Said
from stoa.modules.ai.ledger.models import AiCall
from stoa.modules.ai.managing.provider_keys import ProviderKeyService
from stoa.modules.ai.managing.providers import ProviderService
from stoa.modules.ai.managing.queries import PROVIDERS
from stoa.modules.ai.managing.schemas import KeyIn, ProviderIn
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.people.schemas import BanIn
from stoa.modules.auth.people.service import PeopleService
from stoa.modules.auth.roles.schemas import RoleIn
from stoa.modules.auth.roles.service import RoleService
from stoa.modules.content.comments.guarding import CommentGuard
from stoa.modules.content.comments.moderation import CommentModeration
from stoa.modules.content.comments.schemas import CommentIn
from stoa.modules.content.comments.service import CommentService
from stoa.modules.content.findings.schemas import FindingQuery
from stoa.modules.content.findings.service import FindingReads, FindingService
from stoa.modules.content.importing.repository import ImportRepository
from stoa.modules.content.moderation.judging import Judgement
from stoa.modules.content.tags.schemas import TagIn
from stoa.modules.content.tags.service import TagService
from stoa.modules.content.uploads.repository import UploadRepository
from stoa.modules.deliveries.models import Delivery
from stoa.modules.deliveries.schemas import Mail, Message
from stoa.modules.deliveries.service import DeliveryService
from stoa.modules.notifications.wording.repository import TemplateRepository
from stoa.modules.notifications.wording.schemas import Words
from stoa.modules.users.events import UserVerified
from stoa.modules.webhooks.schemas import EndpointIn
from stoa.modules.webhooks.service import WebhookReads, WebhookService
from stoa.shared.database import Database
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.render import render
from stoa.shared.security import Actor
from tests.matrix.table import BROWSER, COMPATIBLE, ENDPOINT
from tests.notifications.telling import tell
from tests.people import SHELL, People, Person


class Nothing(BaseModel):
    pass


@task("test.nothing", Nothing)
async def any_task(_: Nothing, session: AsyncSession, run: Run) -> None:
    """Never run here."""


_numbers = count(1)


_BEHIND = {
    "reaction": "/reactions/like",
    "webhook delivery": f"/deliveries/{uuid4()}",
    "revision": "/revisions/1",
    "pair of revisions": "/revisions/1/diff/1",
    "tag of an article": "/tags/one-of-all",
    "provider key": f"/keys/{uuid4()}",
}
"""The rest of the path behind the first name in it."""


class Things:
    """`foreign` is whose things are another's."""

    def __init__(self, people: People, database: Database, foreign: Person) -> None:
        self._people = people
        self._database = database
        self._foreign = foreign
        self._setup = people.app.state.engine.setup
        people.app.state.hub.end()  # so that streams end once they said what there is

    async def name_of(self, thing: str, target: str, owner: Person | None) -> str | None:
        """What to put into the path; None where the caller can have no such thing of their own."""
        if target == "missing":
            return f"{uuid4()}{_BEHIND.get(thing, '')}"
        whose = self._foreign if target.startswith("foreign") else owner
        make: Callable[[Person | None, str], Awaitable[str | None]] = getattr(self, f"_{thing.replace(' ', '_')}")
        return await make(whose, target)

    async def _article(self, owner: Person | None, target: str) -> str | None:
        if owner is None or owner.role == "viewer":
            return None
        async with await self._people.client_of(owner) as client:
            body = {"title": f"Article {next(_numbers)}", "body": "Some words.", "tags": ["one-of-all"]}
            made = (await client.post("/api/v1/articles", json=body)).json()
            if target == "foreign":
                await client.post(f"/api/v1/articles/{made['slug']}/publish")
        return str(made["slug"])

    async def _published_article(self, owner: Person | None, _: str) -> str | None:
        return await self._article(owner, "foreign")

    async def _reaction(self, owner: Person | None, _: str) -> str | None:
        slug = await self._article(owner, "foreign")
        return f"{slug}{_BEHIND['reaction']}" if slug else None

    async def _comment(self, owner: Person | None, _: str) -> str | None:
        """One that `owner` wrote below somebody else's article."""
        return await self._write(owner, await self._people.person("creator")) if owner else None

    async def _comment_below(self, owner: Person | None, _: str) -> str | None:
        """One that somebody else wrote below an article of `owner`."""
        if owner is None or owner.role == "viewer":
            return None
        return await self._write(await self._people.person("viewer"), owner)

    async def _held_comment_below(self, owner: Person | None, target: str) -> str | None:
        made = await self._comment_below(owner, target)
        if made:
            found = Judgement(1.0, is_held=True, reason="a test")
            await self._database.transact(lambda session: CommentGuard(session).hold(UUID(made), 1, found))
        return made

    async def _finding(self, owner: Person | None, _: str) -> str | None:
        """In an article that somebody else wrote."""
        author = await self._people.person("creator")
        slug = await self._article(author, "foreign")
        if owner is None or slug is None:
            return None
        async with await self._people.client_of(author) as client:
            article = UUID((await client.get(f"/api/v1/articles/{slug}")).json()["id"])

        async def put(session: AsyncSession) -> None:
            findings = FindingService(session)
            judged = await findings.to_judge(article)
            assert judged is not None
            await findings.settle(article, judged, Judgement(1.0, is_held=True, reason="a test"), is_held=True)

        await self._database.transact(put)
        items = (await FindingReads(self._database.reads).page(FindingQuery(limit=100))).items
        return next(str(one["id"]) for one in map(orjson.loads, items) if one["article"]["slug"] == slug)

    async def _deleted_comment(self, owner: Person | None, target: str) -> str | None:
        made = await self._comment(owner, target)
        if made and owner:
            me = Actor(owner.id, owner.username, owner.role, frozenset(), "token")
            await self._database.transact(lambda session: CommentModeration(session).delete(me, UUID(made)))
        return made

    async def _write(self, writer: Person, author: Person) -> str:
        slug = str(await self._article(author, "foreign"))
        me = Actor(writer.id, writer.username, writer.role, frozenset(), "token")
        rendered = render("Hello", COMMENT)
        made = await self._database.transact(
            lambda session: CommentService(session).create(me, slug, CommentIn(body="Hello"), rendered)
        )
        return str(made.id)

    async def _revision(self, owner: Person | None, target: str) -> str | None:
        slug = await self._article(owner, target)
        return f"{slug}{_BEHIND['revision']}" if slug else None

    async def _pair_of_revisions(self, owner: Person | None, target: str) -> str | None:
        slug = await self._article(owner, target)
        return f"{slug}{_BEHIND['pair of revisions']}" if slug else None

    async def _tag_of_an_article(self, owner: Person | None, target: str) -> str | None:
        slug = await self._article(owner, target)
        return f"{slug}{_BEHIND['tag of an article']}" if slug else None

    async def _session(self, owner: Person | None, _: str) -> str | None:
        if owner is None:
            return None
        async with await self._people.client_of(owner) as client:
            return await self._first(client, "/api/v1/sessions")

    async def _key(self, owner: Person | None, _: str) -> str | None:
        if owner is None:
            return None
        async with await self._people.client_of(owner) as client:
            await client.post("/api/v1/api-keys", json={"name": "A key"})
            return await self._first(client, "/api/v1/api-keys")

    async def _push_subscription(self, owner: Person | None, _: str) -> str | None:
        if owner is None:
            return None
        async with await self._people.client_of(owner) as client:
            browser = {**BROWSER, "endpoint": f"https://push.example.com/{owner.id}"}
            made = await client.post("/api/v1/notifications/push/subscriptions", json=browser)
            return str(made.json()["id"])

    async def _notification(self, owner: Person | None, _: str) -> str | None:
        if owner is None:
            return None
        await tell(self._people.app, "welcome", owner.id)
        async with await self._people.client_of(owner) as client:
            return await self._first(client, "/api/v1/notifications")

    async def _own_words(self, *_: object) -> str:
        words = Words("Welcome", "Welcome.", "Welcome.")
        await self._database.transact(lambda session: TemplateRepository(session).put("welcome", "en", words))
        return "welcome"

    async def _first(self, client: httpx.AsyncClient, path: str) -> str:
        found: dict[str, Any] = (await client.get(path)).json()
        return str(found["items"][0]["id"])

    async def _tag(self, *_: object) -> str:
        async def make(session: AsyncSession) -> str:
            await TagService(session).ensure(["The other tag"])
            return (await TagService(session).create(TagIn(name=f"Tag {next(_numbers)}"))).slug

        return await self._database.transact(make)

    async def _deleted_tag(self, *_: object) -> str:
        slug = await self._tag()
        await self._database.transact(lambda session: TagService(session).delete(slug, SHELL))
        return slug

    async def _role(self, *_: object) -> str:
        new = RoleIn(name=f"role-{next(_numbers)}", description="Of a test")
        return (await self._database.transact(lambda session: RoleService(session).create(new, SHELL))).name

    async def _person(self, *_: object) -> str:
        return (await self._people.person()).username

    async def _unverified_person(self, *_: object) -> str:
        return (await self._people.person(is_verified=False)).username

    async def _banned_person(self, *_: object) -> str:
        return (await banned(self._people, self._database, "viewer")).username

    async def _provider(self, *_: object) -> str:
        new = ProviderIn.model_validate({"name": f"p-{next(_numbers)}", **COMPATIBLE})

        async def make(session: AsyncSession) -> str:
            for one in orjson.loads(await self._database.reads.fetch_value(PROVIDERS)):  # there is room for fifty
                await ProviderService(session, self._setup).delete(one["name"], SHELL)
            return (await ProviderService(session, self._setup).create(new, SHELL)).name

        return await self._database.transact(make)

    async def _provider_key(self, *_: object) -> str:
        name = await self._provider()
        new = KeyIn.model_validate({"secret": "a secret of ours"})
        made = await self._database.transact(
            lambda session: ProviderKeyService(session, self._setup).add(name, new, SHELL)
        )
        return f"{name}/keys/{made}"

    async def _task(self, *_: object) -> str:
        return "long"

    async def _template(self, *_: object) -> str:
        return "article"

    async def _tier(self, *_: object) -> str:
        return "free"

    async def _mail(self, *_: object) -> str:
        return await self._failed(Mail("notice", "somebody@example.com", "Hello", "Words.").message())

    async def _dead_letter(self, *_: object) -> str:
        async def make(session: AsyncSession) -> str:
            event = UserVerified(user_id=self._foreign.id)
            await publish(session, event)
            await Inbox(session).bury("mail.welcome_mail", event.id, "ValueError: of a test", failures=5)
            return str(event.id)

        return await self._database.transact(make)

    async def _webhook(self, *_: object) -> str:
        """The only one, since there may be twenty at most."""
        there = orjson.loads(await WebhookReads(self._database.reads).all())

        async def make(session: AsyncSession) -> str:
            service = WebhookService(session, self._people.app.state.webhooks)
            for one in there:
                await service.delete(UUID(one["id"]), SHELL)
            return str((await service.create(EndpointIn.model_validate(ENDPOINT), SHELL)).id)

        return await self._database.transact(make)

    async def _webhook_delivery(self, *_: object) -> str:
        endpoint = await self._webhook()
        made = await self._failed(Message("webhook", "webhook.test", endpoint, {"type": "webhook.test"}))
        return f"{endpoint}/deliveries/{made}"

    async def _failed(self, message: Message) -> str:
        """A delivery that was tried and is given up."""

        async def make(session: AsyncSession) -> str:
            made = await DeliveryService(session).send(message)
            await session.execute(
                update(Delivery).where(Delivery.id == made).values(state="failed", tries=1, next_at=None)
            )
            return str(made)

        return await self._database.transact(make)

    async def _upload(self, owner: Person | None, _: str) -> str | None:
        """Of a picture like no other; who may bring none gets none."""
        if owner is None or owner.role == "viewer":
            return None
        fields = {"url": f"/media/{uuid4().hex[:2]}/{uuid4().hex}-2x1.png", "width": 2, "height": 1, "bytes": 70}
        bring = partial(_bring, owner=owner.id, fields=fields)
        return str(await self._database.transact(bring))

    async def _call(self, owner: Person | None, _: str) -> str | None:
        """One of a model that still runs."""
        if owner is None:
            return str(uuid4())
        call = AiCall(id=uuid4(), user_id=owner.id, feature="gateway", asked_model="stoa-chat")
        async with self._database.unit_of_work() as session:
            session.add(call)
        return str(call.id)

    async def _batch(self, owner: Person | None, _: str) -> str:
        if owner is None:
            return str(uuid4())
        batch = AiBatch(id=uuid4(), user_id=owner.id, total=1)
        async with self._database.unit_of_work() as session:
            await BatchRepository(session).add(batch, [{"number": 1, "call": "moderate", "body": {"text": "Hello."}}])
        return str(batch.id)

    async def _chat(self, owner: Person | None, _: str) -> str:
        """A conversation in which nothing was said."""
        return str((await self._conversation_of(owner)).id) if owner else str(uuid4())

    async def _chat_answer(self, owner: Person | None, _: str) -> str:
        if owner is None:
            return str(uuid4())
        conversation = await self._conversation_of(owner)
        answer = Said(id=uuid4(), conversation_id=conversation.id, role="assistant", content="An answer.")
        async with self._database.unit_of_work() as session:
            session.add(answer)
        return str(answer.id)

    async def _conversation_of(self, owner: Person) -> Conversation:
        conversation = Conversation(id=uuid4(), user_id=owner.id)
        async with self._database.unit_of_work() as session:
            session.add(conversation)
        return conversation

    async def _import(self, *_: object) -> str:
        return await self._import_that_is("finished")

    async def _tried_import(self, *_: object) -> str:
        return await self._import_that_is("finished")

    async def _waiting_import(self, *_: object) -> str:
        return await self._import_that_is("waiting")

    async def _import_that_is(self, status: str) -> str:
        job_id = uuid4()

        async def make(session: AsyncSession) -> None:
            imports = ImportRepository(session)
            await imports.add_job(id=job_id, source=str(job_id), title="notes", file="x/notes.zip", is_trial=True)
            await imports.change_job(job_id, status=status)

        await self._database.transact(make)
        return str(job_id)

    async def _queued_task(self, owner: Person | None, _: str) -> str | None:
        if owner is None:
            return None
        made = await self._database.transact(lambda session: enqueue(session, any_task, Nothing(), asked_by=owner.id))
        return str(made)


async def banned(people: People, database: Database, role: str, **fields: Any) -> Person:
    person = await people.person(role, **fields)
    parts: AuthParts = people.app.state.auth
    all_rights = await parts.matrix.permissions(database.reads, "admin", -1)
    actor = Actor(None, "shell", "admin", all_rights, "shell")
    ban = BanIn(reason="Spam")
    await database.transact(lambda session: PeopleService(session, parts.life).ban(person.username, ban, actor))
    return person


async def _bring(session: AsyncSession, *, owner: UUID, fields: dict[str, Any]) -> UUID:
    made, _ = await UploadRepository(session).add(owner, **fields)
    return made.id
