"""Setting providers up through the API, as a real call then sees it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import httpx
import pytest

from stoa.modules.ai.setup.snapshot import ProviderSetup, Snapshot
from stoa.modules.ai.terms import Target
from tests.ai.site import AiSite, Caller

HERE = "/api/v1/admin/ai/providers"
_numbers = count(1)


@pytest.fixture
async def owner(site: AiSite) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client(await site.caller("admin", scopes=("manage:ai", "use:gateway", "view:audit"))) as client:
        yield client


def new(site: AiSite, **fields: object) -> dict[str, object]:
    named = {"name": f"made-{next(_numbers)}", "kind": "compatible", "base_url": f"{site.upstream_address}/v1"}
    return {**named, **fields}


async def made(owner: httpx.AsyncClient, site: AiSite, **fields: object) -> dict[str, object]:
    answer = await owner.post(HERE, json=new(site, **fields))
    assert answer.status_code == 201, answer.text
    told: dict[str, object] = answer.json()
    return told


class TestProvider:
    async def test_answers_as_soon_as_it_is_set_up_and_no_more_once_it_is_off(
        self, owner: httpx.AsyncClient, site: AiSite
    ) -> None:
        asker = await site.caller()
        one = await made(owner, site)
        through = replace(site, provider=str(one["name"]))
        assert (await through.ask(asker)).status_code == 200
        read = await owner.get(f"{HERE}/{one['name']}")
        changed = await owner.patch(
            f"{HERE}/{one['name']}", json={"is_enabled": False}, headers={"if-match": read.headers["etag"]}
        )
        assert (changed.status_code, changed.json()["version"]) == (200, 2)
        assert await self._refused(through, asker)
        stale = await owner.patch(
            f"{HERE}/{one['name']}", json={"is_enabled": True}, headers={"if-match": read.headers["etag"]}
        )
        assert stale.status_code == 412
        assert (await owner.patch(f"{HERE}/{one['name']}", json={})).status_code == 428
        assert (await owner.delete(f"{HERE}/{one['name']}")).status_code == 204
        assert (await owner.get(f"{HERE}/{one['name']}")).status_code == 404

    async def _refused(self, site: AiSite, asker: Caller) -> bool:
        for _ in range(40):  # every process reads it anew once it hears of it
            if (await site.ask(asker)).status_code == 404:
                return True
        return False

    async def test_of_the_settings_is_listed_and_told_apart(self, owner: httpx.AsyncClient) -> None:
        listed = (await owner.get(HERE)).json()
        openai = next(one for one in listed["items"] if one["name"] == "openai")
        assert openai["is_from_settings"]
        assert openai["keys"][0]["ending"] == "irst"
        assert "sk-first" not in str(listed)
        assert {"openai", "gemini", "compatible", "gguf", "embedded"} <= set(listed["kinds"])
        assert (await owner.delete(f"{HERE}/openai")).status_code == 404

    @pytest.mark.parametrize(
        ("fields", "field", "words"),
        [
            ({"kind": "magic"}, "body.kind", "compatible"),
            ({"base_url": None}, "body.base_url", "needs the address"),
            ({"base_url": "ftp://x"}, "body.base_url", "https://"),
            ({"base_url": "http://user:pass@host/v1"}, "body.base_url", "user name"),
            ({"base_url": "http://host/v1?key=1"}, "body.base_url", "after ?"),
            ({"kind": "gguf", "options": {}}, "body.options", "GGUF"),
            ({"options": {"price_as": "nobody"}}, "body.options", "nobody"),
            ({"options": {"price_as": ["openai"]}}, "body.options.price_as", "string"),
            ({"options": {"x": 1}}, "body.options.x", ""),
            ({"name": "Not A Name"}, "body.name", ""),
            ({"extra": 1}, "body.extra", ""),
        ],
    )
    async def test_that_cannot_be_is_refused_at_its_field(
        self, owner: httpx.AsyncClient, site: AiSite, fields: dict[str, object], field: str, words: str
    ) -> None:
        answer = await owner.post(HERE, json=new(site, **fields))
        assert answer.status_code == 422
        assert field in [fault["field"] for fault in answer.json()["errors"]]
        assert words in answer.text

    @pytest.mark.parametrize(
        ("kind", "options", "target"),
        [
            ("embedded", {}, Target("own", "smollm2-135m")),
            ("gguf", {"file": "/models/Own-Model.gguf"}, Target("own", "own-model")),
            ("vectors", {}, Target("own", "multilingual-e5-small")),
        ],
    )
    async def test_of_this_machine_needs_no_name_of_its_model(
        self, site: AiSite, kind: str, options: dict[str, str], target: Target
    ) -> None:
        async with site.client(await site.caller("admin", scopes=("manage:ai",))) as owner:
            await made(owner, site, kind=kind, base_url=None, options=options)
            for what in ("routes", "prices"):
                assert (await owner.get(f"/api/v1/admin/ai/{what}")).status_code == 200
        assert (await site.ask(await site.caller())).status_code == 200
        alone = Snapshot({"own": ProviderSetup("own", kind, options=options)})
        assert alone.route("embed" if kind == "vectors" else "chat") == [target]

    async def test_of_a_name_that_is_taken_is_a_conflict(self, owner: httpx.AsyncClient, site: AiSite) -> None:
        one = await made(owner, site)
        assert (await owner.post(HERE, json=new(site, name=one["name"]))).status_code == 409

    async def test_is_tried_and_says_what_is_wrong(self, owner: httpx.AsyncClient, site: AiSite) -> None:
        good = await made(owner, site)
        told = (await owner.post(f"{HERE}/{good['name']}/try")).json()
        assert told["is_good"]
        assert "fake-ok" in told["models"]
        nobody = await made(owner, site, base_url="http://127.0.0.1:9/v1")
        told = (await owner.post(f"{HERE}/{nobody['name']}/try")).json()
        assert (told["is_good"], told["models"]) == (False, [])
        assert told["fault"]
        assert (await owner.post(f"{HERE}/never-was/try")).status_code == 404


class TestKey:
    async def test_is_used_at_once_and_never_told(self, owner: httpx.AsyncClient, site: AiSite) -> None:
        one = await made(owner, site)
        keys = f"{HERE}/{one['name']}/keys"
        added = await owner.post(keys, json={"secret": "sk-a-secret-of-ours", "label": "Work", "weight": 3})
        assert added.status_code == 201
        asker = await site.caller()
        for _ in range(40):
            assert (await replace(site, provider=str(one["name"])).ask(asker)).status_code == 200
            if site.upstream.bill.calls[-1].key == "sk-a-secret-of-ours":
                break
        assert site.upstream.bill.calls[-1].key == "sk-a-secret-of-ours"
        shown = (await owner.get(f"{HERE}/{one['name']}")).json()["keys"]
        assert shown == [{"id": added.json()["id"], "label": "Work", "ending": "ours", "weight": 3, "is_enabled": True}]
        audited = (await owner.get("/api/v1/admin/audit?action=ai.key_added")).text
        assert "sk-a-secret" not in audited
        assert str(one["name"]) in audited
        assert "sk-a-secret" not in str(await site.rows("SELECT secret FROM ai_provider_keys"))

    async def test_is_changed_and_ended(self, owner: httpx.AsyncClient, site: AiSite) -> None:
        one = await made(owner, site)
        keys = f"{HERE}/{one['name']}/keys"
        key = (await owner.post(keys, json={"secret": "sk-another-of-ours"})).json()["id"]
        assert (await owner.patch(f"{keys}/{key}", json={"weight": 7, "is_enabled": False})).status_code == 204
        shown = (await owner.get(f"{HERE}/{one['name']}")).json()["keys"]
        assert (shown[0]["weight"], shown[0]["is_enabled"]) == (7, False)
        assert (await owner.delete(f"{keys}/{key}")).status_code == 204
        assert (await owner.delete(f"{keys}/{key}")).status_code == 404
        assert (await owner.post(keys, json={"secret": "short"})).status_code == 422
        assert (await owner.post(f"{HERE}/openai/keys", json={"secret": "sk-another-of-ours"})).status_code == 404
