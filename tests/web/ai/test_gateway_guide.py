"""The part of the page of API keys that leads to the gateway."""

import ast
import html
import re

import httpx

from tests.people import People
from tests.web.forms import send

HERE = "/settings/api-keys"


def example(page: str, name: str) -> str:
    found = re.search(rf'<code id="{name}">(.*?)</code>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


class TestGuide:
    async def test_names_this_sites_address_in_every_example(self, ada: httpx.AsyncClient) -> None:
        page = (await ada.get(HERE)).text
        assert example(page, "base-url") == "http://localhost:8000/v1"
        assert example(page, "key-export") == "export STOA_KEY=stoa_..."
        assert "http://localhost:8000/v1/chat/completions" in example(page, "example-curl")
        for name in ("python", "langchain"):
            assert ast.parse(example(page, f"example-{name}")).body
            assert 'base_url="http://localhost:8000/v1"' in example(page, f"example-{name}")
        assert 'baseURL: "http://localhost:8000/v1"' in example(page, "example-node")

    async def test_holds_a_new_key_once(self, ada: httpx.AsyncClient) -> None:
        made = await send(ada, HERE, {"name": "Assistant", "life": "30", "scopes": ["use:gateway"]})
        assert made.status_code == 201
        key = example(made.text, "new-key")
        assert example(made.text, "key-export") == f"export STOA_KEY={key}"
        assert key not in (await ada.get(HERE)).text

    async def test_a_link_for_it_has_the_right_ticked_already(self, ada: httpx.AsyncClient) -> None:
        ticked = re.compile(r'value="use:gateway" checked')
        assert ticked.search((await ada.get(f"{HERE}?scope=use:gateway")).text)
        assert not ticked.search((await ada.get(HERE)).text)
        assert (await ada.get(f"{HERE}?scope=manage:users&scope=<b>")).status_code == 200

    async def test_is_not_for_those_who_may_not_use_it(self, people: People) -> None:
        viewer = await people.client("viewer", by="cookie")
        page = (await viewer.get(HERE)).text
        assert "/v1" not in page
        assert 'value="use:gateway"' not in page
