"""Text that would run, in every field there is and on every page that shows it: nothing of it runs in Chromium.

The browser is told to ignore our Content-Security-Policy, which would hide a fault of the pages themselves.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import BrowserContext, Page, Request, expect
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.main import create_app
from stoa.modules.content.comments.guarding import CommentGuard
from stoa.modules.content.comments.imported.schemas import ImportedComment
from stoa.modules.content.comments.imported.service import ImportedComments
from stoa.modules.content.comments.schemas import CommentIn
from stoa.modules.content.comments.service import CommentService
from stoa.modules.content.importing.items import Row
from stoa.modules.content.importing.repository import ImportRepository
from stoa.modules.content.moderation.judging import Judgement, Term
from stoa.shared.clock import utc_now
from stoa.shared.ids import new_id
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.render import render
from stoa.shared.security import Actor
from stoa.shared.settings import Settings
from tests.content.importing.building import png
from tests.handling import handle_events
from tests.matrix.table import API, ENDPOINT
from tests.people import People, Person
from tests.rights.scripts import SCRIPTS
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
TABS: Final = 4
ADDRESSES: Final = ("javascript:hit()", " JAVASCRIPT:hit()", "https://a.example/'\"><x onclick=hit()>")
MARK: Final = "window.hit = () => console.log('a script ran');"
SUSPECTS: Final = """() => {
  const found = [];
  const OWN = ["reading-progress"];
  const WORDS = ["value", "content", "title", "alt"];
  const FOREIGN = ["iframe", "object", "embed", "base", "frame", "applet", "style", "math"];
  const isOurs = (url) => url.startsWith(`${location.origin}/static/`);
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    for (const { name: attribute, value } of element.attributes) {
      const bare = value.replace(/[\\u0000-\\u0020]/g, "").toLowerCase();
      if (attribute.startsWith("on") || attribute === "srcdoc") found.push(`${name} ${attribute}`);
      if (attribute === "style" && !OWN.includes(element.className)) found.push(`${name} ${attribute}`);
      if (/^(javascript|vbscript|data):/.test(bare) && !WORDS.includes(attribute)) {
        found.push(`${name} ${attribute}=${value}`);
      }
    }
    if (FOREIGN.includes(name)) found.push(name);
    if (name === "meta" && element.httpEquiv) found.push(`meta ${element.httpEquiv}`);
    if (name === "script" && element.type === "application/ld+json") JSON.parse(element.textContent);
    else if (name === "script" && !isOurs(element.src)) found.push(`script ${element.src}`);
    if (name === "link" && element.relList.contains("stylesheet") && !isOurs(element.href)) {
      found.push(`link ${element.href}`);
    }
    if (name === "form" && new URL(element.getAttribute("action") ?? "", location.href).origin !== location.origin) {
      found.push(`form ${element.getAttribute("action")}`);
    }
  }
  for (const own of ["body", "cookie", "forms", "currentScript", "getElementById", "querySelector", "location"]) {
    if (document[own] instanceof Element && document[own] !== document.querySelector("html > body")) {
      found.push(`document.${own}`);
    }
  }
  if (typeof window.hit !== "function") found.push("window.hit");
  return found;
}"""


@dataclass
class Faults:
    """What a page must not do. `own` is where it may ask for things."""

    own: str
    found: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", lambda said: self.note("ran", said.page) if said.text == "a script ran" else None)
        context.on("dialog", lambda dialog: asyncio.ensure_future(self._dialog(dialog)))
        context.on("request", self._asked)

    def note(self, what: str, page: Page | None) -> None:
        self.found.append(f"{what}: {page.url if page else ''}")

    async def _dialog(self, dialog: Any) -> None:
        self.note(f"dialog {dialog.message}", dialog.page)
        await dialog.dismiss()

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self.own and parts.scheme not in {"data", "blob"}:
            self.found.append(f"asked for {request.url}: {request.frame.url}")


@dataclass(slots=True)
class Attack:
    """A site that carries the corpus, and the addresses where it is shown to whom."""

    public: list[str] = field(default_factory=list)
    private: list[str] = field(default_factory=list)
    slugs: list[str] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)


class Attacker:
    """Writes the corpus into a site as a creator, a reader, a guest, and an admin do."""

    def __init__(self, app: FastAPI, people: People) -> None:
        self._app, self._people = app, people
        self._database = app.state.database
        self.attack = Attack()
        self._picture = ""

    async def strike(self) -> Attack:
        writer = await self._people.person("admin", display_name=SCRIPTS[8])
        reader = await self._people.person("viewer", display_name=SCRIPTS[49])
        client = await self._people.client_of(writer)
        async with client, await self._people.client_of(reader) as other:
            await self._profile(client)
            await self._uploads(client)
            for number, script in enumerate(SCRIPTS):
                await self._article(client, number, script)
                await self._comments(reader, self.attack.slugs[-1], script)
            await self._imports()
            await self._webhooks(client)
            await other.put(f"{API}/users/{writer.username}/follow")
            await self._rename_tags(client)
            await self._schedule(client)
        await handle_events(self._app)
        await self._places(writer)
        return self.attack

    async def _profile(self, client: httpx.AsyncClient) -> None:
        for link in ("javascript:hit()", 'https://a.example/"onmouseover=hit()', "data:text/html,hit()"):
            refused = await client.put(f"{API}/users/me", json={"website": link})
            assert refused.status_code == 422, link
        link = "https://a.example/?javascript:hit()&#34;onclick=hit()"
        fields = {"bio": "".join(SCRIPTS[:12]), "website": link, "social_links": [link]}
        assert (await client.put(f"{API}/users/me", json=fields)).status_code == 200

    async def _article(self, client: httpx.AsyncClient, number: int, script: str) -> None:
        line = " ".join(script.split())
        slug = f"case-{number}"
        fields = {
            "title": line[:200], "body": f"before\n\n{script}", "slug": slug, "excerpt": line, "summary": line,
            "cover_alt": line, "cover_url": self._picture, "meta_title": line,
            "meta_description": line, "tags": [line[:80]] if number % 3 == 0 else [],
        }  # fmt: skip
        made = await client.post(f"{API}/articles", json=fields)
        assert made.status_code == 201, (script, made.text)
        changed = await client.patch(
            f"{API}/articles/{slug}", json={"body": f"{script}\n\nafter"}, headers={"if-match": "*"}
        )
        assert changed.status_code == 200, changed.text
        assert (await client.post(f"{API}/articles/{slug}/publish")).status_code == 200
        for name, value in (
            () if number % 8 else (("slug", line), ("canonical_url", line), ("cover_url", line), ("language", line))
        ):
            refused = await client.patch(f"{API}/articles/{slug}", json={name: value}, headers={"if-match": "*"})
            assert refused.status_code == 422, (name, script)
        self.attack.slugs.append(slug)

    async def _comments(self, reader: Person, slug: str, script: str) -> None:
        me = Actor(reader.id, reader.username, reader.role, frozenset(), "token")
        rendered = render(script, COMMENT)

        async def write(session: AsyncSession) -> None:
            comments = CommentService(session)
            first = await comments.create(me, slug, CommentIn(body=script), rendered)
            await comments.create(me, slug, CommentIn(body=f"{script}\n\nx", parent_id=first.id), rendered)
            held = await comments.create(me, slug, CommentIn(body=f"{script}\n\ny"), rendered)
            found = Judgement(0.9, is_held=True, reason=script, terms=(Term(script, script, 0, len(script)),))
            await CommentGuard(session).hold(held.id, held.version, found)

        async def import_(session: AsyncSession) -> None:
            article: dict[str, Any] = await self._reader_sees(slug)
            guests = [
                ImportedComment(
                    f"{slug}-{at}", None, None, None, script[:80], address, script, rendered, utc_now()
                )
                for at, address in enumerate((script, *ADDRESSES))
            ]  # fmt: skip
            await ImportedComments(session).save(UUID(article["id"]), guests)

        await self._database.transact(write)
        await self._database.transact(import_)

    async def _reader_sees(self, slug: str) -> dict[str, Any]:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            found: dict[str, Any] = (await client.get(f"{API}/articles/{slug}")).json()
        return found

    async def _uploads(self, client: httpx.AsyncClient) -> None:
        for number, script in enumerate(SCRIPTS[:5]):
            name = script.replace("/", "").replace('"', "")
            made = await client.post(f"{API}/uploads", files={"file": (name, png(2 + number, 2), "image/png")})
            assert made.status_code == 201, made.text
            assert made.json()["url"].startswith("/media/")
            assert "<" not in made.json()["url"]
            self._picture = made.json()["url"]
        svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='hit()'/>"
        refused = await client.post(f"{API}/uploads", files={"file": ("x.png", svg, "image/png")})
        assert refused.status_code == 422, refused.text

    async def _imports(self) -> None:
        async def make(session: AsyncSession) -> None:
            imports = ImportRepository(session)
            for script in SCRIPTS[::6]:
                job = new_id()
                await imports.add_job(id=job, source=script, title=script, choices={"author": script})
                rows = [Row(one, "failed", one, one, "case-0", (one,)) for one in SCRIPTS]
                await imports.add_rows(job, 0, rows)
                await imports.close_job(job, "failed", script)
                self.attack.private.append(f"/studio/import/{job}")

        await self._database.transact(make)

    async def _webhooks(self, client: httpx.AsyncClient) -> None:
        for script in SCRIPTS[:3]:
            made = await client.post(f"{API}/webhooks", json={**ENDPOINT, "description": " ".join(script.split())})
            assert made.status_code == 201, made.text
            self.attack.private.append(f"/admin/webhooks/{made.json()['id']}")

    async def _rename_tags(self, client: httpx.AsyncClient) -> None:
        tags = (await client.get(f"{API}/tags", params={"limit": 100})).json()["items"]
        assert tags
        for number, tag in enumerate(tags):
            script = f"{' '.join(SCRIPTS[-1 - number].split())[:76]} {number}"
            renamed = await client.patch(f"{API}/tags/{tag['slug']}", json={"name": script})
            assert renamed.status_code == 200, (script, renamed.text)
            slug = renamed.json()["slug"]
            self.attack.public.append(f"/tags/{slug}")
            merging = f"/studio/tags/{slug}/merge?into={tags[number - 1]['slug']}" if number else f"/studio/tags/{slug}"
            self.attack.private += [f"/studio/tags/{slug}", merging, f"/studio/tags/{slug}/delete"]

    async def _schedule(self, client: httpx.AsyncClient) -> None:
        for script in SCRIPTS[::10]:
            fields = {"title": " ".join(script.split())[:200], "body": script}
            slug = (await client.post(f"{API}/articles", json=fields)).json()["slug"]
            when = {"publish_at": f"{utc_now().year + 1}-01-01T08:00:00Z"}
            assert (await client.post(f"{API}/articles/{slug}/schedule", json=when)).status_code == 200
            link = await client.post(f"{API}/articles/{slug}/preview-link", json={"days": 2})
            self.attack.public.append(urlsplit(link.json()["url"]).path)
            self.attack.private += [f"/studio/articles/{slug}", f"/articles/{slug}"]

    async def _places(self, writer: Person) -> None:
        attack, pages = self.attack, range(1, len(SCRIPTS) // 20 + 2)
        attack.public += [f"/?page={page}" for page in pages]
        attack.public += ["/tags", "/styleguide", *(f"/authors/{writer.username}?page={page}" for page in pages)]
        attack.public += [f"/articles/{slug}" for slug in attack.slugs]
        attack.public += [f"/search?q={quote(' '.join(script.split())[:200])}" for script in SCRIPTS]
        attack.private += [f"/studio?page={page}" for page in pages]
        attack.private += [f"/studio?q={quote(script[:80])}&tag={quote(script[:80])}" for script in SCRIPTS[::9]]
        for slug in attack.slugs:
            editor = f"/studio/articles/{slug}"
            attack.private += [editor, f"{editor}/revisions/compare?before=1&after=2"]
        for slug in attack.slugs[::8]:
            editor = f"/studio/articles/{slug}"
            attack.private += [
                f"{editor}/revisions", f"{editor}/revisions/1", f"{editor}/revisions/1/restore", f"{editor}/delete",
                f"{editor}/preview-links", f"/articles/{slug}",
            ]  # fmt: skip
        year = utc_now().year
        attack.private += [
            "/studio/calendar", f"/studio/calendar?month={year + 1}-01", "/studio/comments", "/studio/comments?page=2",
            "/studio/comments?show=visible", "/studio/tags", "/studio/import", "/admin/webhooks", "/notifications",
            "/following", "/settings", "/settings/data", "/admin/mail", "/studio/new",
        ]  # fmt: skip
        cookies = await self._people.client_of(writer, by="cookie")
        attack.cookies = dict(cookies.cookies)


@pytest.fixture
async def struck(
    own_database_url: str, redis_url: str, tmp_path: Path, settings: Settings
) -> AsyncIterator[tuple[str, Attack]]:
    app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=tmp_path)
    async with app.router.lifespan_context(app):
        attack = await Attacker(app, People(app)).strike()
    with served(own_database_url, redis_url, tmp_path) as site:
        yield site, attack


async def seen(context: BrowserContext, site: str, paths: Iterable[str], faults: Faults) -> None:
    """Open all of them, some at a time, and note whatever is there that should not be."""
    waiting = list(paths)

    async def read() -> None:
        page = await context.new_page()
        while waiting:
            path = waiting.pop()
            answer = await page.goto(f"{site}{path}", wait_until="load")
            if answer is None or answer.status != 200:
                faults.note(f"not shown, {answer.status if answer else 0}, {path}", page)
            await look(page, faults)
        await page.close()

    await asyncio.gather(*(read() for _ in range(TABS)))


async def look(page: Page, faults: Faults) -> None:
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for suspect in await page.evaluate(SUSPECTS):
        faults.note(suspect, page)


async def opened(browser: Any, site: str, cookies: dict[str, str] | None = None) -> tuple[BrowserContext, Faults]:
    context = await browser.new_context(bypass_csp=True)
    await context.add_init_script(MARK)
    await context.add_cookies([{"name": name, "value": value, "url": site} for name, value in (cookies or {}).items()])
    faults = Faults(site)
    faults.watch(context)
    return context, faults


async def test_nothing_runs_on_any_page(struck: tuple[str, Attack]) -> None:
    site, attack = struck
    async with launched_browser() as browser:
        context, faults = await opened(browser, site)
        await seen(context, site, attack.public, faults)
        await search_at_once(context, site, faults)
        await as_feed_readers(context, site, faults)
        assert faults.found == []
        context, faults = await opened(browser, site, attack.cookies)
        await seen(context, site, attack.private, faults)
        await preview_while_writing(context, site, SCRIPTS, faults)
        assert faults.found == []


async def search_at_once(context: BrowserContext, site: str, faults: Faults) -> None:
    """Results while typing show titles and texts."""
    page = await context.new_page()
    await page.goto(f"{site}/search")
    for words in ("hit", "script", "onerror", "evil example"):
        await page.locator("#page-search").fill(words)
        await expect(page.get_by_role("option").first).to_be_visible()
        await look(page, faults)


async def as_feed_readers(context: BrowserContext, site: str, faults: Faults) -> None:
    """What feeds carry as HTML, put into a page as careless readers do."""
    page = await context.new_page()
    feed = await (await context.request.get(f"{site}/feed.json")).json()
    await page.goto(f"{site}/styleguide")
    for item in feed["items"]:
        await page.evaluate("(html) => { document.body.innerHTML = html; }", item["content_html"])
        await look(page, faults)


async def preview_while_writing(context: BrowserContext, site: str, scripts: Sequence[str], faults: Faults) -> None:
    """The preview beside the editor, and its heads, as one types."""
    page = await context.new_page()
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()) if dialog.type == "beforeunload" else None)
    await page.goto(f"{site}/studio/new")
    for at in range(0, len(scripts), 12):
        await page.get_by_label("Title", exact=True).fill(" ".join(scripts[at].split()))
        start = f"the text of {at}"
        text = "\n\n".join(script for script in scripts[at : at + 12] if not script.startswith(("<!--", "```")))
        await page.get_by_label("Text", exact=True).fill(f"{start}\n\n{text}")
        await expect(page.locator("[data-preview-prose]")).to_contain_text(start)
        await look(page, faults)
    await page.close(run_before_unload=False)


UNSAFE: Final = (
    "<img src=x onerror=hit()>",
    "<script>hit()</script>",
    "<img src=https://evil.example/x.png>",
    "<a href=' java\tscript:hit()'>x</a>",
    "<base href=//evil.example/>",
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize("html", UNSAFE)
async def test_a_careless_page_is_caught(html: str) -> None:
    """The check can fail: a page that lets the text through is noticed."""
    site = "http://careless.example"
    async with launched_browser() as browser:
        context, faults = await opened(browser, site)
        await context.route(
            "**/*", lambda route: route.fulfill(body=f"<!doctype html>{html}", content_type="text/html")
        )
        await seen(context, site, ["/"], faults)
        assert faults.found
