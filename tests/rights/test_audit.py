"""Exactly one audit row for each privileged act, and none for reading, refusals and what is one's own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest

from stoa.shared.database import Database
from tests.auth.calls import API
from tests.auth.conftest import LINK_TOKEN
from tests.content.articles.calls import act, change, delete, write, write_and_publish
from tests.handling import handle_events
from tests.people import PASSWORD, People, Person

NEW_PASSWORD = "another long password"


@dataclass(frozen=True, slots=True)
class Scene:
    """An admin, a moderator, and somebody to whom things are done, who does things in person too."""

    people: People
    anybody: httpx.AsyncClient
    admin: httpx.AsyncClient
    moderator: httpx.AsyncClient
    own: httpx.AsyncClient
    person: Person

    @property
    def account(self) -> str:
        return f"{API}/admin/users/{self.person.username}"


Act = Callable[[Scene], Awaitable[object]]


async def sent(answer: Awaitable[httpx.Response]) -> httpx.Response:
    done = await answer
    assert done.is_success, done.text
    return done


async def end_key(scene: Scene) -> None:
    made = (await sent(scene.own.post(f"{API}/api-keys", json={"name": "A key"}))).json()
    await sent(scene.own.delete(f"{API}/api-keys/{made['id']}"))


async def reset_password(scene: Scene) -> None:
    await sent(scene.anybody.post(f"{API}/password/forgot", json={"email": scene.person.email}))
    await handle_events(scene.people.app)
    mails = await sent(scene.admin.get(f"{API}/admin/mail", params={"recipient": scene.person.email}))
    link = LINK_TOKEN.search(mails.json()["items"][0]["text"])
    assert link
    await sent(scene.anybody.post(f"{API}/password/reset", json={"token": link[1], "password": NEW_PASSWORD}))


async def ban_and_lift(scene: Scene) -> None:
    await sent(scene.admin.post(f"{scene.account}/ban", json={"reason": "Spam"}))
    await sent(scene.admin.delete(f"{scene.account}/ban"))


async def a_role_from_its_beginning_to_its_end(scene: Scene) -> None:
    roles = f"{API}/admin/roles"
    await sent(scene.admin.post(roles, json={"name": "helper", "description": "Helps"}))
    await sent(scene.admin.patch(f"{roles}/helper", json={"permissions": ["create:tag", "edit:tag"]}))
    await sent(scene.admin.delete(f"{roles}/helper"))


async def moderate(scene: Scene) -> None:
    slug = (await write(scene.own))["slug"]
    await act(scene.moderator, slug, "publish")
    await change(scene.moderator, slug, title="Cleaned")
    await act(scene.moderator, slug, "unpublish")
    await delete(scene.moderator, slug)
    await act(scene.moderator, slug, "restore")


async def keep_to_ones_own(scene: Scene) -> None:
    slug = (await write_and_publish(scene.own))["slug"]
    await change(scene.own, slug, title="Better")
    await delete(scene.own, slug)
    await sent(scene.own.put(f"{API}/users/me", json={"bio": "Writes."}))
    await sent(scene.own.get(f"{API}/users/me/export"))


async def read(scene: Scene) -> None:
    for path in ("audit", "mail", "roles", "permissions", f"users/{scene.person.username}"):
        await sent(scene.admin.get(f"{API}/admin/{path}"))
    await sent(scene.admin.get(f"{API}/users"))
    await sent(scene.moderator.get(f"{API}/articles", params={"status": "all"}))


async def be_refused(scene: Scene) -> None:
    """Not allowed, not possible, not readable, not there."""
    for client, status in ((scene.own, 403), (scene.moderator, 403), (scene.anybody, 401)):
        assert (await client.patch(scene.account, json={"role": "admin"})).status_code == status
        assert (await client.post(f"{scene.account}/ban", json={"reason": "Spam"})).status_code == status
    assert (await scene.admin.delete(f"{API}/admin/roles/viewer")).status_code == 409
    assert (await scene.admin.post(f"{scene.account}/ban", json={"reason": ""})).status_code == 422
    assert (await scene.admin.post(f"{API}/admin/users/nobody/sign-out")).status_code == 404
    assert (await scene.admin.patch(scene.account, json={})).status_code == 200


ACTS: dict[str, tuple[Act, list[str]]] = {
    "make an API key": (
        lambda scene: sent(scene.own.post(f"{API}/api-keys", json={"name": "A key"})),
        ["api_key.created"],
    ),
    "end an API key": (end_key, ["api_key.created", "api_key.ended"]),
    "change the password": (
        lambda scene: sent(
            scene.own.post(f"{API}/password/change", json={"current_password": PASSWORD, "password": NEW_PASSWORD})
        ),
        ["password.changed"],
    ),
    "set a forgotten password": (reset_password, ["password.reset_requested", "password.reset"]),
    "erase one's account": (
        lambda scene: sent(scene.own.request("DELETE", f"{API}/users/me", json={"password": PASSWORD})),
        ["account.erased"],
    ),
    "give another role": (
        lambda scene: sent(scene.admin.patch(scene.account, json={"role": "moderator"})),
        ["user.changed"],
    ),
    "give another tier": (lambda scene: sent(scene.admin.patch(scene.account, json={"tier": "pro"})), ["user.changed"]),
    "give both": (
        lambda scene: sent(scene.admin.patch(scene.account, json={"tier": "pro", "role": "viewer"})),
        ["user.changed"],
    ),
    "ban and lift the ban": (ban_and_lift, ["user.banned", "user.unbanned"]),
    "sign somebody out": (lambda scene: sent(scene.admin.post(f"{scene.account}/sign-out")), ["user.signed_out"]),
    "send the mail again": (
        lambda scene: sent(scene.admin.post(f"{scene.account}/resend-verification")),
        ["user.verification_sent"],
    ),
    "edit roles": (a_role_from_its_beginning_to_its_end, ["role.created", "role.changed", "role.deleted"]),
    "moderate": (
        moderate,
        [f"article.{what}" for what in ("published", "changed", "unpublished", "deleted", "restored")],
    ),
    "keep to one's own": (keep_to_ones_own, []),
    "read": (read, []),
    "be refused": (be_refused, []),
}


@pytest.fixture
async def scene(people: People, client: httpx.AsyncClient, admin: httpx.AsyncClient) -> Scene:
    person = await people.person("creator", with_password=True, is_verified=False)
    moderator = await people.client("moderator")
    return Scene(people, client, admin, moderator, await people.client_of(person), person)


async def events(db: Database) -> list[tuple[str, str]]:
    async with db.reads.connection() as connection:
        rows = await connection.fetch("SELECT action, actor_kind FROM audit.events ORDER BY position")
    return [(row["action"], row["actor_kind"]) for row in rows]


@pytest.mark.parametrize("name", ACTS)
async def test_leaves_these_rows_and_no_other(name: str, scene: Scene, db: Database) -> None:
    do, actions = ACTS[name]
    before = len(await events(db))
    await do(scene)
    new = (await events(db))[before:]
    assert [action for action, _ in new] == actions
    nobody = {"password.reset_requested", "password.reset"}  # whoever opens a link is not signed in
    assert all(kind == ("nobody" if action in nobody else "token") for action, kind in new)
