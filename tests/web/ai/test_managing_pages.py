"""The pages that set models up, as a browser without scripts uses them."""

import httpx
import pytest

from tests.web.ai.test_usage_page import page, words
from tests.web.forms import Shown, send

PROVIDERS = "/admin/ai/providers"
NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture
async def browser(owner: httpx.AsyncClient) -> httpx.AsyncClient:
    del owner.headers["x-csrf-token"]  # a browser's forms carry it themselves
    return owner


async def added(browser: httpx.AsyncClient, name: str = "mine", **fields: str) -> str:
    """The path of a provider that was set up by the form."""
    typed = {"kind": "compatible", "name": name, "base_url": NOWHERE, **fields}
    answer = await send(browser, f"{PROVIDERS}/new", typed)
    assert answer.status_code == 303, answer.text[:500]
    return answer.headers["location"].partition("?")[0]


class TestProvider:
    async def test_is_set_up_with_its_key_changed_and_deleted(self, browser: httpx.AsyncClient) -> None:
        path = await added(browser, models="small-1\nbig-1\n", secret="sk-a-secret-of-ours")
        told = words(await page(browser, f"{path}?done=provider-added"))
        assert "The provider is added. Try it now." in told
        assert "…ours" in told
        assert "sk-a-secret" not in await page(browser, path)
        form = Shown(await page(browser, path))
        assert form.typed["models"] == "small-1\nbig-1"
        changed = {"base_url": NOWHERE, "models": "small-1", "version": form.typed["version"]}
        answer = await send(browser, path, changed)
        assert answer.headers["location"] == f"{path}?done=saved"
        stale = await send(browser, path, {**changed, "is_enabled": "on"})
        assert stale.status_code == 412
        assert "Somebody changed this provider" in words(stale.text)
        assert "compatible, 1 key Off" in words(await page(browser, "/admin/ai"))
        gone = await send(browser, f"{path}/delete", {})
        assert gone.headers["location"] == "/admin/ai?done=provider-deleted"
        assert (await browser.get(path)).status_code == 404

    async def test_is_refused_at_the_field_and_keeps_what_was_typed(self, browser: httpx.AsyncClient) -> None:
        answer = await send(
            browser, f"{PROVIDERS}/new", {"kind": "compatible", "name": "mine", "base_url": "", "secret": "sk-12345678"}
        )
        form = Shown(answer.text)
        assert (answer.status_code, form.typed["name"], form.typed["secret"]) == (422, "mine", "")
        assert "needs the address" in form.error("base_url")
        bad = await send(browser, f"{PROVIDERS}/new", {"kind": "compatible", "name": "Not so", "base_url": NOWHERE})
        assert Shown(bad.text).error("name")
        short = {"kind": "compatible", "name": "mine", "base_url": NOWHERE, "secret": "short"}
        assert Shown((await send(browser, f"{PROVIDERS}/new", short)).text).error("secret")
        assert "mine" not in words(await page(browser, "/admin/ai"))

    async def test_is_tried_and_says_what_is_wrong(self, browser: httpx.AsyncClient) -> None:
        path = await added(browser)
        answer = await send(browser, f"{path}/try", {}, page=path)
        assert answer.status_code == 200
        assert 'class="toast toast-danger"' in answer.text

    async def test_of_the_settings_cannot_be_changed_here(self, browser: httpx.AsyncClient) -> None:
        path = f"{PROVIDERS}/embedded"
        assert "This provider comes from the settings" in words(await page(browser, path))
        answer = await send(browser, path, {"version": "0"}, page=f"{PROVIDERS}/new")
        assert answer.status_code == 404


class TestKeys:
    async def test_are_added_weighed_rested_and_ended(self, browser: httpx.AsyncClient) -> None:
        path = await added(browser)
        answer = await send(
            browser, f"{path}/keys", {"secret": "sk-number-one", "label": "One", "weight": "2"}, page=path
        )
        assert answer.headers["location"] == f"{path}?done=key-added"
        html = await page(browser, path)
        assert "One …-one" in words(html)
        key = html.partition(f"{path}/keys/")[2].partition('"')[0]
        assert (await send(browser, f"{path}/keys/{key}", {"weight": "9"}, page=path)).status_code == 303
        html = await page(browser, path)
        assert 'value="9"' in html
        assert "compatible, 1 key" not in words(await page(browser, "/admin/ai"))
        assert "…-one of mine is not used any more" in words(await page(browser, f"{path}/keys/{key}/end"))
        assert (await send(browser, f"{path}/keys/{key}/end", {})).status_code == 303
        assert "…-one" not in words(await page(browser, path))
        empty = await send(browser, f"{path}/keys", {"secret": "", "weight": "1"}, page=path)
        assert Shown(empty.text).error("secret")


class TestRoutes:
    async def test_are_set_told_and_go_back_to_the_usual_order(self, browser: httpx.AsyncClient) -> None:
        await added(browser, models="big-1")
        here = "/admin/ai/routes"
        targets = "mine/big-1\nembedded/smollm2-135m"
        answer = await send(browser, f"{here}/long", {"targets": targets}, page=here)
        assert answer.headers["location"] == f"{here}?done=route-saved"
        assert "mine/big-1, then embedded/smollm2-135m" in words(await page(browser, "/admin/ai"))
        for wrong, said in (("nobody/x", "no provider"), ("mine", "is not a model"), ("mine/other", "has no model")):
            refused = await send(browser, f"{here}/long", {"targets": wrong}, page=here)
            assert refused.status_code == 422
            assert said in words(refused.text), wrong
            assert wrong in refused.text
        back = await send(browser, f"{here}/long", {"targets": ""}, page=here)
        assert back.headers["location"] == f"{here}?done=route-usual"
        assert "mine/big-1, then" not in words(await page(browser, "/admin/ai"))


class TestPrices:
    async def test_are_set_in_dollars_and_removed(self, browser: httpx.AsyncClient) -> None:
        await added(browser, models="org/big-1")
        here = "/admin/ai/prices"
        assert "mine/org/big-1 ? ? ? nobody knows" in words(await page(browser, here))
        price = {"target": "mine/org/big-1", "input": "0.25", "cached_input": "", "output": "$2"}
        assert (await send(browser, here, price)).headers["location"] == f"{here}?done=price-set"
        assert "mine/org/big-1 $0.25 $0.25 $2.00 yours" in words(await page(browser, here))
        refused = await send(browser, here, {**price, "input": "a lot"})
        assert "Write dollars such as 0.25" in Shown(refused.text).error("input")
        named = {"provider": "mine", "model": "org/big-1"}
        assert (await send(browser, f"{here}/remove", named, page=here)).status_code == 303
        assert "nobody knows" in words(await page(browser, here))


class TestLimits:
    async def test_budgets_are_set_for_the_site_and_for_one_person(self, browser: httpx.AsyncClient) -> None:
        here = "/admin/ai/limits"
        whole = {"kind": "site", "username": "", "period": "month", "limit": "12.50"}
        assert (await send(browser, "/admin/ai/budgets", whole, page=here)).status_code == 303
        assert "The whole site, a month" in words(await page(browser, here))
        nobody = await send(
            browser, "/admin/ai/budgets", {**whole, "kind": "user", "username": "nobody-at-all"}, page=here
        )
        assert "Nobody here is called" in Shown(nobody.text).error("username")
        blank = await send(browser, "/admin/ai/budgets", {**whole, "kind": "user"}, page=here)
        assert Shown(blank.text).error("username")
        named = {"scope": "site", "period": "month"}
        assert (await send(browser, "/admin/ai/budgets/remove", named, page=here)).status_code == 303
        assert "The whole site, a month" not in words(await page(browser, here))

    async def test_tiers_are_changed_within_bounds(self, browser: httpx.AsyncClient) -> None:
        here = "/admin/ai/limits"
        limits = {"requests_per_minute": "7", "tokens_per_minute": "9000", "streams": "2"}
        assert (await send(browser, "/admin/ai/tiers/free", limits, page=here)).status_code == 303
        assert 'value="9000"' in await page(browser, here)
        refused = await send(browser, "/admin/ai/tiers/free", {**limits, "streams": "0"}, page=here)
        assert (refused.status_code, 'id="streams-free-error"' in refused.text) == (422, True)
